"""Recordings that arrive piece by piece."""

from __future__ import annotations

import array
import gc
import io
import os
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

    unsigned = np.frombuffer(mp3, dtype=np.uint8)
    memory = (mp3, bytearray(mp3), memoryview(mp3), array.array("B", mp3), unsigned)
    for source in (call_mp3, str(call_mp3), *memory, io.BytesIO(mp3), Dripping(mp3, 5000), pieces()):
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


def test_a_stream_fails_as_prepare_does(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(voxline.InputOutputError) as streamed:
            list(voxline.stream(path))
        with pytest.raises(voxline.InputOutputError) as prepared:
            voxline.prepare(path)
        ours, theirs = streamed.value, prepared.value
        assert type(ours) is type(theirs)
        assert (str(ours), ours.status, ours.filename) == (str(theirs), theirs.status, theirs.filename)
        assert (ours.kind, ours.context, ours.retryable) == (theirs.kind, theirs.context, theirs.retryable)


@pytest.mark.parametrize("source", [array.array("h", [1, 2]), memoryview(bytes(8))[::2], 7, io.StringIO("RIFF"), io.StringIO()])
def test_a_stream_of_anything_else_is_a_type_error(source: object) -> None:
    with pytest.raises(TypeError):
        list(voxline.stream(source))  # type: ignore[arg-type]


def test_a_source_with_nothing_yet_is_not_at_its_end(mp3: bytes) -> None:
    class Dry(Dripping):
        def read(self, count: int = -1) -> bytes:
            return super().read(count) or None  # type: ignore[return-value]

    stream = voxline.stream(Dry(mp3[:100_000], 5000), encoding="pcm")
    with pytest.raises(BlockingIOError, match="None"):
        list(stream)
    assert stream.report is None


def test_memory_is_taken_piece_by_piece_and_free_afterwards(call_wav: Path) -> None:
    content = bytearray(call_wav.read_bytes())
    assert len(content) > 200_000
    stream = voxline.stream(content, encoding="pcm")
    assert len(next(stream)) < 200_000
    with pytest.raises(BufferError):
        content.append(0)
    stream.close()
    content.append(0)


def open_files(path: Path) -> int:
    found = 0
    for entry in os.listdir("/proc/self/fd"):
        try:
            found += os.readlink(f"/proc/self/fd/{entry}") == str(path)
        except OSError:
            pass
    return found


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs the files of Linux")
@pytest.mark.thread_unsafe
def test_the_file_of_a_stream_is_closed(call_wav: Path, tmp_path: Path) -> None:
    path = tmp_path.resolve() / "call.wav"
    path.write_bytes(call_wav.read_bytes())
    for taken in (0, 1):
        stream = voxline.stream(path)
        for _ in range(taken):
            next(stream)
        assert open_files(path) == 1
        stream.close()
        assert open_files(path) == 0 and list(stream) == []
        with voxline.stream(path) as stream:
            for _ in range(taken):
                next(stream)
        assert open_files(path) == 0
        # Left alone, without a word: the suite makes a ResourceWarning an error.
        gc.disable()
        try:
            stream = voxline.stream(path)
            for _ in range(taken):
                next(stream)
            del stream
            assert open_files(path) == 0
        finally:
            gc.enable()
    stream = voxline.stream(path)
    assert list(stream) and open_files(path) == 0 and stream.report is not None


def test_blocks_of_several_channels_can_be_put_together(mp3: bytes) -> None:
    preparer = voxline.Preparer(channels="keep", encoding="pcm")
    blocks = []
    for start in range(0, len(mp3), 997):
        preparer.push(mp3[start : start + 997])
        if preparer.outputs is not None:
            blocks.append(preparer.pull_samples())
    preparer.finish()
    blocks.append(preparer.pull_samples())
    assert (np.concatenate(blocks) == voxline.load(mp3, channels="keep")).all()
    assert preparer.pull_samples().shape == (0, 2)
