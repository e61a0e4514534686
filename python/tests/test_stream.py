"""Recordings that arrive piece by piece."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import voxline
from conftest import Dripping, wav


@pytest.mark.parametrize("size", [1, 1000, 65_537, 10_000_000])
def test_any_cutting_gives_the_bytes_of_the_whole(mp3: bytes, size: int) -> None:
    content = mp3[:20_000] if size == 1 else mp3
    preparer, pieces = voxline.Preparer("chat-16k"), []
    for start in range(0, len(content), size):
        preparer.push(content[start : start + size])
        pieces.append(preparer.pull())
    report = preparer.finish()
    while piece := preparer.pull():
        pieces.append(piece)
    whole = voxline.prepare(content, profile="chat-16k")
    assert b"".join(pieces) == whole.data
    assert report == whole.report
    assert preparer.source_frames == report.source.frames


def test_samples_of_each_output(call_wav: Path) -> None:
    expected = voxline.load(call_wav, channels="keep")
    for channels, outputs in [("keep", 1), ("split", 2)]:
        preparer = voxline.Preparer(options=voxline.Options(encoding="pcm"), channels=channels)  # type: ignore[arg-type]
        assert preparer.outputs is None
        assert preparer.pull_samples().shape == (0,)
        preparer.push(bytearray(call_wav.read_bytes()))
        preparer.finish()
        assert preparer.outputs == outputs
        parts = []
        for output in range(outputs):
            got = [preparer.pull_samples(output)]
            while len(got[-1]):
                got.append(preparer.pull_samples(output))
            parts.append(np.concatenate(got[:-1]))
        got_all = parts[0] if channels == "keep" else np.stack(parts, axis=1)
        np.testing.assert_array_equal(got_all, expected)
        with pytest.raises(voxline.InvalidArgumentError, match="does not exist"):
            preparer.pull(2)


def test_the_header_of_a_streamed_wav_is_put_right(call_wav: Path) -> None:
    preparer = voxline.Preparer()
    preparer.push(call_wav.read_bytes())
    out = bytearray()
    while piece := preparer.pull():
        out += piece
    assert preparer.wav_header() is None
    preparer.finish()
    while piece := preparer.pull():
        out += piece
    assert struct.unpack_from("<I", out, 40) == (0xFFFFFFFF,)
    header = preparer.wav_header()
    assert header is not None
    out[: len(header)] = header
    assert bytes(out) == voxline.prepare(call_wav).data


def test_calls_out_of_order_are_refused() -> None:
    preparer = voxline.Preparer()
    preparer.push(wav([1]))
    preparer.finish()
    with pytest.raises(voxline.InvalidStateError, match="finish"):
        preparer.push(b"x")
    with pytest.raises(voxline.InvalidStateError):
        preparer.finish()
    broken = voxline.Preparer()
    with pytest.raises(voxline.UnsupportedFormatError):
        broken.push(b"%PDF-1.7 " + bytes(10_000))
        broken.finish()
    with pytest.raises(voxline.InvalidStateError):
        broken.push(b"x")
    with pytest.raises(TypeError, match="str"):
        voxline.Preparer().push("text")  # type: ignore[arg-type]


def test_a_stream_takes_every_source_and_any_iterable(call_mp3: Path, mp3: bytes) -> None:
    whole = voxline.prepare(mp3, profile="chat-8k")

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(mp3), 777):
            yield mp3[start : start + 777]

    for source in (call_mp3, str(call_mp3), mp3, bytearray(mp3), io.BytesIO(mp3), Dripping(mp3, 5000), pieces()):
        stream = voxline.stream(source, profile="chat-8k")
        assert stream.report is None
        assert b"".join(stream) == whole.data
        assert stream.report == whole.report


def test_a_stream_gives_before_the_input_ends(mp3: bytes) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield mp3[:100_000]

    stream = voxline.stream(endless(), encoding="pcm")
    assert len(next(stream)) > 1000
    assert taken <= 2
    stream.close()
    assert list(stream) == [] and stream.report is None


def test_a_stream_fails_at_once_where_it_can(tmp_path: Path, mp3: bytes) -> None:
    with pytest.raises(FileNotFoundError):
        voxline.stream(tmp_path / "missing")
    with pytest.raises(voxline.InvalidArgumentError, match="Preparer"):
        voxline.stream(mp3, channels="split")
    with pytest.raises(voxline.InvalidArgumentError, match="Preparer"):
        voxline.stream(mp3, options=voxline.Options(channels="split"))
