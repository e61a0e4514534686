"""What can be handed in as a recording."""

from __future__ import annotations

import array
import io
import mmap
import os
import threading
from pathlib import Path

import pytest
import voxline
from conftest import Dripping, wav


@pytest.fixture(scope="module")
def whole(mp3: bytes) -> bytes:
    return voxline.prepare(mp3).data


def test_every_kind_of_source_gives_the_same_bytes(call_mp3: Path, mp3: bytes, whole: bytes) -> None:
    class Pathlike:
        def __fspath__(self) -> str:
            return str(call_mp3)

    with open(call_mp3, "rb") as file, open(call_mp3, "rb", buffering=0) as raw, open(call_mp3, "rb") as mapped:
        with mmap.mmap(mapped.fileno(), 0, access=mmap.ACCESS_READ) as memory:
            sources = {
                "str": str(call_mp3),
                "Path": call_mp3,
                "PathLike": Pathlike(),
                "bytes": mp3,
                "bytearray": bytearray(mp3),
                "memoryview": memoryview(mp3),
                "array": array.array("B", mp3),
                "mmap": memory,
                "BytesIO": io.BytesIO(mp3),
                "file": file,
                "raw file": raw,
                "a little at a time": Dripping(mp3, 1000),
                "more than asked for": Dripping(mp3, 200_000),
            }
            for name, source in sources.items():
                assert voxline.prepare(source).data == whole, name  # type: ignore[arg-type]


def test_a_reader_may_give_any_bytes_like(mp3: bytes, whole: bytes) -> None:
    class Reader:
        def __init__(self, kind: type) -> None:
            self.file, self.kind = io.BytesIO(mp3), kind

        def read(self, count: int) -> bytes:
            return self.kind(self.file.read(count))  # type: ignore[no-any-return]

    assert voxline.prepare(Reader(bytearray)).data == whole
    assert voxline.prepare(Reader(memoryview)).data == whole


def test_a_bytearray_is_free_again_after_the_call() -> None:
    content = bytearray(wav([1, 2, 3]))
    voxline.load(content)
    content.append(0)


def test_a_file_is_read_from_where_it_stands_and_left_open(tmp_path: Path) -> None:
    path = tmp_path / "behind.bin"
    path.write_bytes(b"in front" + wav([5, 6]))
    with open(path, "rb") as file:
        file.seek(8)
        assert voxline.load(file).tolist() == [5, 6]
        assert not file.closed


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(wav([7, 8, 9])))
    writer.start()
    assert voxline.load(pipe).tolist() == [7, 8, 9]
    writer.join()


@pytest.mark.parametrize("source", [None, 7, ["a"], object(), array.array("h", [1, 2]), memoryview(bytes(8))[::2]])
def test_anything_else_is_a_type_error(source: object) -> None:
    with pytest.raises(TypeError, match="path"):
        voxline.info(source)  # type: ignore[arg-type]


def test_what_a_reader_raises_goes_on_as_it_is() -> None:
    class Fault(Exception):
        pass

    class Broken:
        def read(self, count: int) -> bytes:
            raise Fault(count)

    with pytest.raises(Fault, match="65536"):
        voxline.prepare(Broken())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.thread_unsafe
def test_a_failing_close_does_not_hide_what_went_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Not a BytesIO: those close themselves once more when they go.
    class Bad:
        def __init__(self, content: bytes) -> None:
            self.read = io.BytesIO(content).read

        def close(self) -> None:
            raise LookupError("close")

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = b"%PDF-1.7 " + bytes(10_000)
    monkeypatch.setattr(io, "open", lambda *_: Bad(content))
    with pytest.raises(voxline.UnsupportedFormatError):
        voxline.load(pipe)
    content = wav([7])
    with pytest.raises(LookupError, match="close"):
        voxline.load(pipe)


def test_a_text_file_and_a_dry_file_say_what_is_wrong() -> None:
    with pytest.raises(TypeError, match="binary mode"):
        voxline.prepare(io.StringIO("RIFF"))  # type: ignore[arg-type]

    class Dry:
        def read(self, count: int) -> None:
            return None

    with pytest.raises(BlockingIOError):
        voxline.prepare(Dry())
