"""Does every case of the table that Rust, C and Python share and prints what came out, as the Rust test does.

python cases.py TABLE ASSETS
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import voxline

PIECE_BYTES = 997
KEYWORDS = {key: keyword for keyword, key, *_ in voxline.option_table()}
WORDS: dict[str, Any] = {"on": True, "off": False, "none": None}


def hashed(count: int, data: bytes) -> str:
    """A count and the CRC-32 of the bytes."""
    return f"{count}:{zlib.crc32(data):08x}"


def source(text: str, assets: Path) -> tuple[bytes | None, Path | None]:
    """The input as bytes, unless it is missing, and its path when it is a whole file."""
    if text.startswith("zeros:"):
        return bytes(int(text.removeprefix("zeros:"))), None
    if text.startswith("hex:"):
        digits, rest = text.removeprefix("hex:").split("+", 1)
        return bytes.fromhex(digits) + (source(rest, assets)[0] or b""), None
    if text.startswith("text:"):
        return text.removeprefix("text:").encode(), None
    cut = re.fullmatch(r"(.*):(\d+)-(\d+)", text)
    if cut:
        return (assets / cut[1]).read_bytes()[int(cut[2]) : int(cut[3])], None
    path = assets / text
    return (path.read_bytes() if path.exists() else None), path


def value(word: str) -> Any:
    """What the word means to Python."""
    if word.isdigit():
        return int(word)
    return float(word) if re.fullmatch(r"\d+\.\d+", word) else WORDS.get(word, word)


def options(text: str) -> voxline.Options:
    """The options that the words ask for."""
    pairs = dict(word.split("=", 1) for word in text.split())
    profile = pairs.pop("profile", None)
    keywords: Any = {KEYWORDS.get(key, key.replace(".", "_")): value(word) for key, word in pairs.items()}
    return voxline.Options(profile, **keywords)


def all_outputs(outputs: tuple[bytes, ...]) -> str:
    return " ".join(hashed(len(output), output) for output in outputs)


def push(data: bytes, wanted: voxline.Options) -> str:
    preparer = voxline.Preparer(options=wanted)
    outputs: list[bytearray] = []

    def pull() -> None:
        while len(outputs) < (preparer.outputs or 0):
            outputs.append(bytearray())
        for index, output in enumerate(outputs):
            output += preparer.pull(index)

    for start in range(0, len(data), PIECE_BYTES):
        preparer.push(data[start : start + PIECE_BYTES])
        pull()
    preparer.finish()
    pull()
    header = preparer.wav_header()
    for output in outputs:
        output[: len(header or b"")] = header or b""
    return all_outputs(tuple(bytes(output) for output in outputs))


def samples(data: bytes, wanted: voxline.Options) -> str:
    array = voxline.load(data, options=wanted)
    return hashed(array.size, array.astype("<i2").tobytes())


def found(data: bytes, wanted: voxline.Options) -> str:
    report = voxline.info(data, options=wanted)
    s = report.source
    warnings = "+".join(f"{warning.code}*{warning.count}" for warning in report.warnings) or "-"
    kind = f"{s.container}/{s.codec} {s.sample_rate_hz} Hz {s.channel_count} ch"
    return f"{kind} {s.frames} frames {s.bad_frames} bad {warnings}"


def split(data: bytes, wanted: voxline.Options) -> str:
    def cut(part: voxline.Part) -> str:
        return f"{part.start_frame}+{part.frames}/{part.overlap_frames} {part.cut} {all_outputs(part.outputs)}"

    return " ".join(map(cut, voxline.split(data, options=wanted)))


def doctor(data: bytes, wanted: voxline.Options) -> str:
    diagnosis = voxline.doctor(data, options=wanted)
    found = [f"{one.severity}:{one.name}:{','.join(map(str, one.channels))}" for one in diagnosis.findings]
    return " ".join([diagnosis.worst or "-", *found])


def outcome(way: Callable[[], str]) -> str:
    try:
        return way()
    except voxline.VoxlineError as error:
        return str(error.status)


def ways(data: bytes | None, path: Path | None, words: str) -> Iterator[tuple[str, str]]:
    """What each way of doing the case gave."""
    try:
        wanted = options(words)
    except voxline.VoxlineError as error:
        yield "options", str(error.status)
        return
    if data is not None:
        yield "bytes", outcome(lambda: all_outputs(voxline.prepare(data, options=wanted).outputs))
        yield "push", outcome(lambda: push(data, wanted))
    if path is not None:
        yield "path", outcome(lambda: all_outputs(voxline.prepare(path, options=wanted).outputs))
    if data is not None and wanted.channels != "split":
        yield "samples", outcome(lambda: samples(data, wanted))
    if data is not None:
        yield "found", outcome(lambda: found(data, wanted))
        if "split." in words:
            yield "split", outcome(lambda: split(data, wanted))
        if "target." not in words:
            yield "doctor", outcome(lambda: doctor(data, wanted))


def main(table: str, assets: str) -> None:
    for line in Path(table).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, text, words, _ = line.split("\t")
        for way, result in ways(*source(text, Path(assets)), words):
            print(f"{name}\t{way}\t{result}")


if __name__ == "__main__":
    main(*sys.argv[1:])
