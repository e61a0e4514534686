"""The clients of the recording service."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, Self

from ._errors import InvalidArgumentError, InvalidStateError
from ._twins import Awaited, Blocking, Client, call, finished
from ._voxline import RecordingCore, StreamCore, Work

if TYPE_CHECKING:
    from typing import Unpack

    from typing_extensions import Buffer

    from ._keywords import HttpKeywords
    from ._results import Downloaded, LocatedMany, RecordingId, TokenCheck
    from ._voxline import Options, RecordingUrl

_PIECE_BYTES = 256 * 1024


class _Recording(Client):
    """Finds and fetches recordings of calls.

    Everything here only reads: what failed for a passing reason is tried again, and Ctrl-C ends it at once.

    Args:
        token: without the word Bearer.
        base_url: where the service is, without /agent-api; by default the vendor's own installation.
        download_scheme: put before an address that comes without: "https", or "http" within one's own network.
        send_token_to_download_host: whether the token goes to the host of the audio, too.
        options: the HTTP part of an Options object, and its limits_max_input_bytes for the audio.
        max_concurrency: with asyncio: how many calls run at once, by default 100.
        **http: any option of option_table() that begins with http_; times in ms.

    Raises:
        InvalidArgumentError: no token, or an address or options that cannot be used.
    """

    _core: RecordingCore

    def __init__(
        self,
        *,
        token: str,
        base_url: str | None = None,
        download_scheme: Literal["https", "http"] | None = None,
        send_token_to_download_host: bool = False,
        options: Options | None = None,
        max_concurrency: int | None = None,
        **http: Unpack[HttpKeywords],
    ) -> None:
        settings = {
            "token": token,
            "base_url": base_url,
            "download_scheme": download_scheme,
            "send_token_to_download_host": send_token_to_download_host,
            "options": options,
            "http": http,
        }
        self._set_up(RecordingCore(settings), max_concurrency)

    @call
    def locate(self, id: RecordingId) -> Work[RecordingUrl]:
        """Asks where a recording is.

        Raises:
            NotFoundError: there is no such user, task or record. InvalidArgumentError: an id that cannot be.
            UnauthenticatedError, PermissionDeniedError, RateLimitedError, ServiceError: what else the service says.
            ConnectError, RequestTimeoutError, InputOutputError: there was no answer.
        """
        return self._core.locate(id)

    @call
    def locate_many(self, ids: Iterable[RecordingId]) -> Work[LocatedMany]:
        """Asks where many are, in as few requests as the service allows; each id has its own address or error."""
        return self._core.locate_many(list(ids))

    @call
    def check_token(self) -> Work[TokenCheck]:
        """Asks whether the service accepts the token: UnauthenticatedError or PermissionDeniedError if not."""
        return self._core.check_token()

    @call
    def download(
        self,
        src: RecordingId | RecordingUrl,
        path: str | os.PathLike[str],
        *,
        resume: bool = True,
        progress: bool | Callable[[int, int | None], object] | None = None,
    ) -> Work[Downloaded]:
        """Downloads a recording to a file: whole, or not there. What was there is replaced at the end.

        Args:
            src: its id, or what locate gave.
            path: where it goes; what has arrived stands beside it as .part until it is whole.
            resume: go on with the .part of an earlier try, and leave one behind when this one fails.
            progress: called as progress(bytes_received, bytes_total_or_None) in the waiting thread, or in that of the
                loop; True for a bar of tqdm. What it raises ends the download.

        Raises:
            As locate; ServiceError: what came is no audio. LimitError: it is too long.
            InvalidStateError: another download writes to that path. InputOutputError: writing failed.
        """
        return self._core.download(src, path, resume, _progress(progress))

    @call
    def _open(self, src: RecordingId | RecordingUrl) -> Work[StreamCore]:
        return self._core.open(src)


class RecordingClient(_Recording, Blocking):
    __doc__ = f"""{_Recording.__doc__}
    >>> import voxline
    >>> with voxline.Simulator() as services, voxline.RecordingClient(**services.recording) as client:
    ...     with client.open(services.recordings[0]) as recording:
    ...         voxline.load(recording, channels="keep", sample_rate="keep").shape[1]
    2
    """

    def open(self, src: RecordingId | RecordingUrl) -> RecordingFile:
        """Opens a recording as a binary file that is read while it arrives: as src for prepare, load, stream, info.

        A lost connection is not noticed: the rest is asked for again.

        Raises:
            As locate; ServiceError: what comes is no audio. LimitError: it is too long. Reading raises the same.
        """
        return RecordingFile(self._open(src))


class AsyncRecordingClient(_Recording, Awaited):
    __doc__ = f"""{_Recording.__doc__}
{Awaited.__doc__}
    >>> import asyncio, voxline
    >>> async def size(id, **settings):
    ...     async with voxline.AsyncRecordingClient(**settings) as client, await client.open(id) as recording:
    ...         return recording.total_bytes == sum([len(piece) async for piece in recording])
    >>> with voxline.Simulator() as services:
    ...     asyncio.run(size(services.recordings[1], **services.recording))
    True
    """

    async def open(self, src: RecordingId | RecordingUrl) -> AsyncRecordingStream:
        """Opens a recording whose bytes are iterated over while they arrive; see RecordingClient.open."""
        return AsyncRecordingStream(await self._open(src))


class RecordingFile(io.RawIOBase):
    """A recording as a binary file, from RecordingClient.open. Not seekable."""

    def __init__(self, core: StreamCore) -> None:
        self._core = core

    @property
    def total_bytes(self) -> int | None:
        """Its length, if the server said so."""
        return self._core.total_bytes

    @property
    def content_type(self) -> str | None:
        """What the server says about the format; the bytes themselves are more reliable."""
        return self._core.content_type

    def readable(self) -> bool:
        """True."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """At least one byte and at most size, unless it is over; with -1 all that is left."""
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        most = _most(size)
        if most is None:
            return self.readall()
        return self._core.read(most).run() if most else b""

    def readall(self) -> bytes:
        """All that is left."""
        pieces = []
        while piece := self.read(_PIECE_BYTES):
            pieces.append(piece)
        return b"".join(pieces)

    def readinto(self, buffer: Buffer, /) -> int:
        """Reads into memory; gives the number of bytes, 0 at the end."""
        with memoryview(buffer).cast("B") as view:
            piece = self.read(len(view))
            view[: len(piece)] = piece
            return len(piece)

    def close(self) -> None:
        """Ends the connection."""
        if not self.closed:
            self._core.close()
        super().close()


class AsyncRecordingStream:
    """The bytes of a recording while they arrive, from AsyncRecordingClient.open."""

    def __init__(self, core: StreamCore) -> None:
        self._core = core
        self._closed = False

    @property
    def total_bytes(self) -> int | None:
        """Its length, if the server said so."""
        return self._core.total_bytes

    @property
    def content_type(self) -> str | None:
        """What the server says about the format; the bytes themselves are more reliable."""
        return self._core.content_type

    async def read(self, size: int | None = _PIECE_BYTES) -> bytes:
        """At least one byte and at most size, unless it is over; with -1 all that is left.

        Cancelling it ends the stream.
        """
        if self._closed:
            raise InvalidStateError("the stream was closed")
        most = _most(size)
        if most is None:
            return b"".join([piece async for piece in self])
        return await finished(self._core.read(most)) if most else b""

    def close(self) -> None:
        """Ends the connection."""
        self._closed = True
        self._core.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        piece = await self.read()
        if not piece:
            raise StopAsyncIteration
        return piece

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.close()


def _most(size: int | None) -> int | None:
    """How much to read; ``None``: all."""
    if size is not None and size < -1:
        raise InvalidArgumentError(f"size is {size}; use -1 for all that is left, or how much at most")
    return None if size == -1 else size


def _progress(wanted: bool | Callable[[int, int | None], object] | None) -> Callable[[int, int | None], Any] | None:
    """What is told: nobody, a callable, or with ``True`` a bar."""
    if wanted is True:
        from ._progress import bar

        shown = bar()
        return None if shown is None else lambda done, total: shown(done, total, 0)
    return wanted or None
