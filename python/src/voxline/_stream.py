"""A recording prepared piece by piece, as an iterator."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ._voxline import Preparer

if TYPE_CHECKING:
    from typing import Unpack

    from ._keywords import Keywords
    from ._report import Report
    from ._voxline import Options, _Reads

_PIECE_BYTES = 64 * 1024


class Stream(Iterator[bytes]):
    """What :func:`stream` gives: prepared bytes as they become ready, and at the end the report."""

    report: Report | None = None
    """What was found and done; ``None`` until the last piece was taken."""

    def __init__(self, pieces: Iterator[bytes], preparer: Preparer) -> None:
        self._preparer = preparer
        self._ready = self._run(pieces)

    def __next__(self) -> bytes:
        return next(self._ready)

    def close(self) -> None:
        """Ends before the end; a file that was opened by its path is closed."""
        self._ready.close()  # type: ignore[attr-defined]

    def _run(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        try:
            for piece in pieces:
                self._preparer.push(piece)
                while ready := self._preparer.pull():
                    yield ready
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        report = self._preparer.finish()
        while ready := self._preparer.pull():
            yield ready
        self.report = report


def stream(
    src: str | os.PathLike[str] | bytes | bytearray | memoryview | _Reads | Iterable[bytes],
    *,
    profile: str | None = None,
    options: Options | None = None,
    **keywords: Unpack[Keywords],
) -> Stream:
    """Prepares a recording of any length in bounded memory.

    Takes what :func:`prepare` takes, and any iterable of bytes (a download, a generator). The pieces joined are the
    bytes of ``prepare``, except that a WAV header states its sizes as unknown (0xFFFFFFFF): ask for ``encoding="pcm"``,
    or write :meth:`Preparer.wav_header` over it. With ``channels="split"`` use :class:`Preparer`.

    >>> import voxline
    >>> pieces = voxline.stream([bytes(4000)] * 4, profile="chat-8k", input_raw_format="alaw")
    >>> sum(len(piece) for piece in pieces), pieces.report.target.frames
    (32000, 16000)
    """
    preparer = Preparer(profile, options=options, **_one_output(options, keywords))
    return Stream(_pieces(src), preparer)


def _one_output(options: Options | None, keywords: Any) -> Any:
    from ._errors import InvalidArgumentError

    chosen = keywords.get("channels", options.channels if options is not None else "mix")
    if chosen == "split":
        raise InvalidArgumentError('a stream has one output: with channels="split" use Preparer')
    return keywords


def _pieces(src: Any) -> Iterator[bytes]:
    if isinstance(src, str | os.PathLike):
        # Opened at once, so that a missing file is an error of this call.
        return _read(open(src, "rb", buffering=0), is_ours=True)
    if hasattr(src, "read"):
        return _read(src, is_ours=False)
    if isinstance(src, bytes | bytearray | memoryview):
        return iter((bytes(src),))
    return iter(src)


def _read(file: Any, *, is_ours: bool) -> Iterator[bytes]:
    try:
        while piece := file.read(_PIECE_BYTES):
            yield piece
    finally:
        if is_ours:
            file.close()
