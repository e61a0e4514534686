"""A recording prepared piece by piece, as an iterator."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from ._errors import InvalidArgumentError, from_os
from ._voxline import Part, Preparer, Splitter, _gathered

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Self, Unpack

    from typing_extensions import Buffer

    from ._keywords import Keywords
    from ._report import Report
    from ._voxline import Options, _Reads

_PIECE_BYTES = 64 * 1024


_T_co = TypeVar("_T_co", covariant=True)


class _Streamed(Iterator[_T_co]):
    """What comes out while a recording is read, and at the end the report."""

    report: Report | None = None
    """What was found and done; ``None`` until the last piece was taken."""

    _file: Any = None

    def __init__(self, ready: Generator[_T_co, None, Report], file: Any) -> None:
        """`file` is what was opened for it."""
        self._file = file
        # It does not know of this object, which therefore goes as soon as nobody has it any more.
        self._ready = ready

    def __next__(self) -> _T_co:
        try:
            return next(self._ready)
        except StopIteration as end:
            if end.value is not None:
                self.report = end.value
            raise

    def close(self) -> None:
        """Ends before the end; a file that was opened by its path is closed."""
        self._ready.close()
        # One that was never begun does not do it.
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()


class Stream(_Streamed[bytes]):
    """What :func:`stream` gives: prepared bytes as they become ready, and at the end the report.

    A file that was opened by its path is closed at the end, with :meth:`close` or a ``with`` block before.
    """


class PartStream(_Streamed[Part]):
    """What :func:`stream_parts` gives: parts as they become ready, and at the end the report.

    A file that was opened by its path is closed at the end, with :meth:`close` or a ``with`` block before.
    """


def _run(pieces: Iterator[bytes], preparer: Preparer, file: Any) -> Generator[bytes, None, Report]:
    with _closing(pieces, file):
        for piece in pieces:
            preparer.push(piece)
            while ready := preparer.pull():
                yield ready
    report = preparer.finish()
    while ready := preparer.pull():
        yield ready
    return report


def _run_parts(pieces: Iterator[bytes], splitter: Splitter, file: Any) -> Generator[Part, None, Report]:
    with _closing(pieces, file):
        for piece in pieces:
            splitter.push(piece)
            while (part := splitter.pull()) is not None:
                yield part
    splitter.end_input()
    while (part := splitter.pull()) is not None:
        yield part
    return splitter.finish()


@contextlib.contextmanager
def _closing(pieces: Iterator[bytes], file: Any) -> Iterator[None]:
    try:
        yield
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
        if file is not None:
            file.close()


def stream(
    src: str | os.PathLike[str] | Buffer | _Reads | Iterable[bytes],
    *,
    profile: str | None = None,
    options: Options | None = None,
    **keywords: Unpack[Keywords],
) -> Stream:
    """Prepares a recording of any length in bounded memory.

    Takes what :func:`prepare` takes, and any iterable of bytes (a download, a generator); memory that can change is read
    while the stream is. The pieces joined are the
    bytes of ``prepare``, except that a WAV header states its sizes as unknown (0xFFFFFFFF): ask for ``encoding="pcm"``,
    or write :meth:`Preparer.wav_header` over it. With ``channels="split"`` use :class:`Preparer`.

    >>> import voxline
    >>> pieces = voxline.stream([bytes(4000)] * 4, profile="chat-8k", input_raw_format="alaw")
    >>> sum(len(piece) for piece in pieces), pieces.report.target.frames
    (32000, 16000)
    """
    chosen = _chosen(src, profile, options, keywords)
    if chosen.channels == "split":
        raise InvalidArgumentError('a stream has one output: with channels="split" use Preparer')
    preparer = Preparer(options=chosen)
    pieces, file = _opened(src)
    return Stream(_run(pieces, preparer, file), file)


def stream_parts(
    src: str | os.PathLike[str] | Buffer | _Reads | Iterable[bytes],
    *,
    profile: str | None = None,
    options: Options | None = None,
    **keywords: Unpack[Keywords],
) -> PartStream:
    """Splits a recording of any length in bounded memory: the parts of :func:`split`, each as soon as it is complete.

    Takes what :func:`split` takes, and any iterable of bytes (a download, a generator); memory that can change is read
    while the parts are taken. What is held is one part and about a second more.

    >>> import voxline
    >>> parts = voxline.stream_parts([bytes(4000)] * 8, input_raw_format="alaw", sample_rate=8000, split_max_duration_s=2.5)
    >>> [part.end_s for part in parts], parts.report.target.frames
    ([2.5, 4.0], 32000)
    """
    splitter = Splitter(options=_chosen(src, profile, options, keywords))
    pieces, file = _opened(src)
    return PartStream(_run_parts(pieces, splitter, file), file)


def _chosen(src: object, profile: str | None, options: Options | None, keywords: Any) -> Options:
    """What it goes by, with what the name of a file says."""
    return _gathered(src if isinstance(src, str | os.PathLike) else None, profile, options, keywords)


def _opened(src: Any) -> tuple[Iterator[bytes], Any]:
    """The pieces to read, and what was opened for it."""
    if not isinstance(src, str | os.PathLike):
        return _pieces(src), None
    # Opened at once, so that a missing file is an error of this call.
    try:
        file = open(src, "rb", buffering=0)
    except OSError as error:
        raise from_os(error, "open input") from None
    return _read(file), file


def _pieces(src: Any) -> Iterator[bytes]:
    try:
        view = memoryview(src)
    except TypeError:
        return _read(src) if hasattr(src, "read") else iter(src)
    # What is bytes to `prepare` as well.
    if view.c_contiguous and view.ndim == 1 and view.format.lstrip("@=<>!") in ("B", "c"):
        return _sliced(view)
    if hasattr(src, "read"):
        return _read(src)
    raise TypeError("a recording is a path, contiguous bytes, or a binary file object with read()")


def _sliced(view: memoryview) -> Iterator[bytes]:
    with view:
        for start in range(0, len(view), _PIECE_BYTES):
            yield bytes(view[start : start + _PIECE_BYTES])


def _read(file: Any) -> Iterator[bytes]:
    while True:
        piece = file.read(_PIECE_BYTES)
        if piece is None:
            raise BlockingIOError("read() gave None: the file is non-blocking and has nothing yet")
        try:
            size = memoryview(piece).nbytes
        except TypeError:
            kind = type(piece).__name__
            raise TypeError(f"read() gave {kind}, not bytes: open the file in binary mode") from None
        if size == 0:
            return
        yield piece
