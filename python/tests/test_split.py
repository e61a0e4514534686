"""Long recordings in parts."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
import textwrap
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import voxline
from conftest import Dripping
from test_concurrency import HEARING, check_interrupt

FIVE: dict[str, Any] = {"profile": "chat-16k", "split_max_duration_s": 5}


@pytest.fixture(scope="module")
def parts(mp3: bytes) -> list[voxline.Part]:
    return voxline.split(mp3, **FIVE)


def test_parts_joined_are_the_whole(mp3: bytes, parts: list[voxline.Part]) -> None:
    whole = voxline.prepare(mp3, profile="chat-16k")
    assert len(parts) >= 4 and b"".join(part.data for part in parts) == whole.data
    at = 0
    for index, part in enumerate(parts):
        assert (part.index, part.start_frame, part.overlap_frames) == (index, at, 0)
        assert part.end_frame == at + part.frames and 0 < part.frames <= 80_000 and len(part.data) == 2 * part.frames
        assert (part.start_s, part.end_s) == (at / 16_000, part.end_frame / 16_000)
        assert (part.sample_rate_hz, part.channel_count, part.encoding) == (16_000, 1, "pcm")
        assert part.outputs == (part.data,) and bytes(part) == part.data and part.packet_bytes is None
        at = part.end_frame
    assert at == whole.report.target.frames
    assert parts[-1].cut == "end" and {part.cut for part in parts[:-1]} <= {"pause", "short_pause", "speech"}
    (one,) = voxline.split(mp3, profile="chat-16k", limits_max_output_bytes=None, limits_max_base64_bytes=None)
    assert one.data == whole.data and one.base64() == whole.base64() and one.cut == "end"


def test_every_way_gives_the_same_parts(call_mp3: Path, mp3: bytes, parts: list[voxline.Part]) -> None:
    sources: list[Any] = [call_mp3, str(call_mp3), bytearray(mp3), io.BytesIO(mp3), Dripping(mp3, 7000)]
    for source in sources:
        assert voxline.split(source, **FIVE) == parts
        if isinstance(source, io.BytesIO | Dripping):
            continue
        assert list(voxline.stream_parts(source, **FIVE)) == parts
    pieces = (mp3[start : start + 777] for start in range(0, len(mp3), 777))
    stream = voxline.stream_parts(pieces, **FIVE)
    assert stream.report is None
    assert list(stream) == parts and stream.report is not None
    report = voxline.prepare(mp3, profile="chat-16k").report
    assert (stream.report.source, stream.report.target.frames) == (report.source, report.target.frames)
    for size in (1000, 10_000_000):
        splitter, got = voxline.Splitter(**FIVE), []
        for start in range(0, len(mp3), size):
            splitter.push(mp3[start : start + size])
            while (part := splitter.pull()) is not None:
                got.append(part)
        assert splitter.finish() == stream.report
        while (part := splitter.pull()) is not None:
            got.append(part)
        assert got == parts and splitter.source_frames == report.source.frames


def test_parts_are_values(parts: list[voxline.Part]) -> None:
    first, second = parts[:2]
    again = pickle.loads(pickle.dumps(first))
    assert again == first != second and hash(again) == hash(first) and {first, again, second} == {first, second}
    assert first != first.data and again.base64() == first.base64()
    assert repr(first).startswith("<voxline.Part 0 0.000 to ") and "pcm 16000 Hz" in repr(first)
    one, other = voxline.split(bytes(64_000), input_raw_format="s16le", encoding="pcm", split_max_duration_s=2)
    assert one.data == other.data and one != other
    with pytest.raises(AttributeError):
        first.index = 3  # type: ignore[misc]


def test_each_part_is_encoded_by_itself(mp3: bytes) -> None:
    at = 0
    wavs = voxline.split(mp3, encoding="wav", sample_rate=8000, split_max_duration_s=6, split_overlap_ms=500)
    for part in wavs:
        with wave.open(io.BytesIO(part.data)) as file:
            assert (file.getnframes(), file.getframerate()) == (part.frames, 8000)
        assert part.start_frame + part.overlap_frames == at and part.overlap_frames == (4000 if part.index else 0)
        at = part.end_frame
    assert at == 123_249
    sides = voxline.split(mp3, channels="split", encoding="pcm", split_max_duration_s=6)
    whole = voxline.prepare(mp3, channels="split", encoding="pcm").outputs
    assert tuple(b"".join(side) for side in zip(*(part.outputs for part in sides), strict=True)) == whole
    speex = voxline.split(mp3, profile="chat-speex", limits_max_output_bytes=10_000)
    assert len(speex) > 2 and all(len(part.data) <= 10_000 and part.packet_bytes == 39 for part in speex)
    text = voxline.split(mp3, encoding="pcm", base64=True, limits_max_base64_bytes=100_000)
    assert all(part.is_base64 and part.base64().encode() == part.data and len(part.data) <= 100_000 for part in text)


def test_a_part_comes_before_the_input_ends(mp3: bytes) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield mp3[:100_000]

    with voxline.stream_parts(endless(), **FIVE) as stream:
        assert next(stream).index == 0 and taken <= 2
    assert list(stream) == [] and stream.report is None


def test_memory_does_not_follow_the_length() -> None:
    program = textwrap.dedent("""
        import resource, voxline
        def peak():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        def sizes(hours):
            pieces = (bytes(range(256)) * 250 for _ in range(hours * 450))
            keywords = {"limits_max_duration_s": None, "limits_max_input_bytes": None}
            stream = voxline.stream_parts(
                pieces, encoding="pcm", sample_rate=8000, input_raw_format="alaw", split_max_duration_s=60, **keywords)
            return sum(part.frames for part in stream)
        assert sizes(1) == 28_800_000
        before = peak()
        assert sizes(3) == 86_400_000
        print(peak() - before < 8, peak() - before)
    """)
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, timeout=120, check=True)
    assert done.stdout.startswith("True"), done.stdout


def test_what_is_wrong_is_told_as_by_prepare(tmp_path: Path, mp3: bytes) -> None:
    for call in (voxline.split, voxline.stream_parts):
        with pytest.raises(FileNotFoundError) as caught:
            call(tmp_path / "missing")
        assert caught.value.filename == str(tmp_path / "missing")
        with pytest.raises(voxline.UnsupportedFormatError):
            list(call(b"%PDF-1.7 " + bytes(10_000)))
        with pytest.raises(voxline.LimitError):
            list(call(mp3, encoding="wav", limits_max_output_bytes=44))
        with pytest.raises(voxline.InvalidArgumentError, match="overlap"):
            list(call(mp3, split_max_duration_s=1, split_overlap_ms=500))
        with pytest.raises(voxline.UnknownOptionError):
            call(mp3, split_seconds=3)  # type: ignore[call-arg]
    splitter = voxline.Splitter()
    splitter.push(mp3)
    splitter.end_input()
    with pytest.raises(voxline.InvalidStateError, match="end of the input"):
        splitter.push(mp3)
    splitter.finish()
    with pytest.raises(voxline.InvalidStateError):
        splitter.finish()
    with pytest.raises(TypeError):
        splitter.push("text")  # type: ignore[arg-type]


def test_progress_is_told_and_may_end_it(mp3: bytes) -> None:
    heard: list[tuple[int, int | None, int]] = []
    voxline.split(mp3, **FIVE, progress=lambda *state: heard.append(state))
    assert heard == sorted(heard) and heard[-1][:2] == (len(mp3), len(mp3))

    def stop(*_: object) -> None:
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        voxline.split(mp3, **FIVE, progress=stop)


def test_the_name_of_a_file_counts_where_that_is_asked_for(tmp_path: Path) -> None:
    line = tmp_path / "line.sln16"
    line.write_bytes(bytes(64_000))
    named: dict[str, Any] = {"input_raw_by_name": True, "encoding": "pcm"}
    expected = voxline.prepare(line, **named).data
    assert len(expected) == 64_000
    assert b"".join(voxline.stream(line, **named)) == expected
    assert [part.data for part in voxline.stream_parts(line, **named)] == [expected]
    assert [part.data for part in voxline.split(line, **named)] == [expected]
    with pytest.raises(voxline.UnsupportedFormatError):
        list(voxline.stream(line, encoding="pcm"))


LIMITS = "limits_max_duration_s=None, limits_max_input_bytes=None, input_raw_format='s8', split_max_duration_s=9"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("call", [f"voxline.split(Endless(), {LIMITS})", f"list(voxline.stream_parts(Endless(), {LIMITS}))"])
def test_ctrl_c_ends_it(call: str) -> None:
    check_interrupt(textwrap.dedent(f"""
        import voxline

        class Endless:
            def read(self, count):
                return bytes(count)

        print("ready", flush=True)
        try:
            {call}
        except KeyboardInterrupt:
            print("interrupted", flush=True)
    """))


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_finish_which_can_go_on() -> None:
    program = textwrap.dedent("""
        import voxline
        def splitter():
            made = voxline.Splitter(input_raw_format="alaw", encoding="pcm", split_max_duration_s=2)
            made.push(bytes(range(128, 256)) * 100_000)
            return made
        def rest(splitter):
            parts = []
            while (part := splitter.pull()) is not None:
                parts.append(part)
            return parts
        plain, other = splitter(), splitter()
        def handler(number, frame):
            seen.append(other.source_frames)
            raise KeyboardInterrupt
        signal.signal(signal.SIGALRM, handler)
        seen = []
        while True:
            signal.setitimer(signal.ITIMER_REAL, 0.05 if len(seen) < 2 else 0)
            try:
                report = other.finish()
                break
            except KeyboardInterrupt:
                pass
        assert 0 < seen[0] < seen[1] < report.source.frames, seen
        assert report == plain.finish() and rest(other) == rest(plain)
        print("same")
    """)
    done = subprocess.run([sys.executable, "-c", HEARING + program], stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    assert done.stdout == "same\n"
