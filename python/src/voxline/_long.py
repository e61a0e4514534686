"""Calls that are too long for one request of the voice-chat service."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, Literal, Self, cast

from ._errors import InvalidArgumentError, InvalidStateError, OutcomeUnknownError, VoxlineError

if TYPE_CHECKING:
    import asyncio

    from ._report import Report
    from ._results import ChatAnswer
    from ._stream import PartStream
    from ._voxline import Part


class LongPart:
    """One part of a long call and what came of it. Without an answer it keeps its audio, to be sent again by itself."""

    index: int
    """Which part; the first is 0."""
    start_s: float
    """Where it begins in the recording, the overlap included."""
    end_s: float
    overlap_s: float
    """How much of its beginning the part before holds too."""
    cut: Literal["pause", "short_pause", "speech", "end"]
    """What it ends in; see :class:`Part`."""
    answer: ChatAnswer | None = None
    """What the service answered."""
    error: VoxlineError | None = None
    """Why there is no answer. After an :class:`OutcomeUnknownError` the service may have got it all the same."""

    def __init__(self, part: Part, request: dict[str, Any]) -> None:
        self.index, self.start_s, self.end_s, self.cut = part.index, part.start_s, part.end_s, part.cut
        self.overlap_s = part.overlap_frames / part.sample_rate_hz
        self._part: Part | None = part
        self._request = request

    def __repr__(self) -> str:
        came = self.answer if self.error is None else self.error
        return f"<voxline.LongPart {self.index} {self.start_s:.3f} to {self.end_s:.3f} s: {came!r}>"

    def _to_send(self) -> Part:
        if self._part is None:
            raise InvalidStateError(f"part {self.index} has its answer already")
        return self._part

    def _answered(self, answer: ChatAnswer) -> ChatAnswer:
        self.answer, self.error, self._part = answer, None, None
        return answer

    def _failed(self, error: VoxlineError) -> None:
        self.error = error
        # It came in the very moment in which the call was given up.
        answer = getattr(error, "answer", None)
        if answer is not None:
            self._answered(cast("ChatAnswer", answer))


def _is_our_own(error: VoxlineError) -> bool:
    """Whether it is about how it was called: every part would end in it, and nothing was sent."""
    return isinstance(error, InvalidArgumentError | InvalidStateError) and error.service is None


class _Long:
    """A recording on its way to the service, part by part."""

    parts: list[LongPart]
    """What was sent so far, in order, also what an exception of a loop kept it from giving."""

    def __init__(self, send: Callable[..., Any], ready: PartStream, request: dict[str, Any], goes_on: bool) -> None:
        self.parts = []
        self._ready, self._send, self._request, self._goes_on = ready, send, request, goes_on
        self._waiting: LongPart | None = None

    @property
    def report(self) -> Report | None:
        """What was found in the recording; ``None`` until it was read to its end."""
        return self._ready.report

    @property
    def is_complete(self) -> bool:
        """Whether every part of the recording has its answer."""
        return self.report is not None and all(part.answer is not None for part in self.parts)

    def close(self) -> None:
        """Ends before the end; a file that was opened by its path is closed."""
        self._ready.close()

    def _next(self) -> LongPart | None:
        """The next part to send, made now unless it waits already; ``None``: it is over."""
        if self._waiting is None:
            part = next(self._ready, None)
            if part is None:
                if self.report is None:
                    raise InvalidStateError("the recording was closed, or reading it ended with an exception")
                return None
            self._waiting = LongPart(part, self._request)
        return self._waiting

    @contextlib.contextmanager
    def _sending(self, part: LongPart) -> Iterator[None]:
        """Writes down what comes of it. What surely was not sent waits for the next step."""
        try:
            yield
        except VoxlineError as error:
            if _is_our_own(error):
                raise
            part._failed(error)
        except BaseException as stopped:
            outcome = getattr(stopped, "outcome", None)
            if isinstance(stopped, GeneratorExit):
                # The loop went away without a word.
                outcome = OutcomeUnknownError("given up when it may have been sent: look before repeating it")
            if not isinstance(outcome, VoxlineError):
                raise
            part._failed(outcome)
            self._sent(part)
            raise
        self._sent(part)

    def _sent(self, part: LongPart) -> None:
        self._waiting = None
        self.parts.append(part)

    def _stops(self, part: LongPart) -> bool:
        return part.error is not None and not self._goes_on


class LongChat(_Long):
    """A long call with the voice-chat service, from :meth:`ChatClient.chat_long`.

    Each step of a loop over it makes the next part, sends it and gives what came of it. A loop ends at the end of the
    recording, or, with ``on_failure="stop"``, after a part without an answer; another loop goes on behind it. No part is
    sent twice by itself.

    Ctrl-C, errors of the recording and arguments that cannot be end a loop with their exception; answers that had come are in :attr:`parts`. A
    part that had surely not been sent by then is the first one of the next loop; one that may have been is among the
    :attr:`parts`, with the error.
    """

    def __iter__(self) -> Iterator[LongPart]:
        while (part := self._step()) is not None:
            yield part
            if self._stops(part):
                return

    def _step(self) -> LongPart | None:
        part = self._next()
        if part is not None:
            with self._sending(part):
                part._answered(self._send(part._to_send(), **self._request))
        return part

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class AsyncLongChat(_Long):
    """The same for asyncio, from :meth:`AsyncChatClient.chat_long`: ``async for part in …``.

    The recording is read and prepared on a thread of the loop's executor.
    """

    _coming: asyncio.Future[LongPart | None] | None = None
    _send: Callable[..., Coroutine[Any, Any, ChatAnswer]]

    def __aiter__(self) -> AsyncIterator[LongPart]:
        return _Steps(self)

    async def _step(self) -> LongPart | None:
        part = await self._made()
        if part is not None:
            with self._sending(part):
                part._answered(await self._send(part._to_send(), **self._request))
        return part

    async def _made(self) -> LongPart | None:
        import asyncio

        # One that a cancelled task left behind is awaited on.
        if self._coming is None:
            self._coming = asyncio.get_running_loop().run_in_executor(None, self._next)
        coming = self._coming
        try:
            return await asyncio.shield(coming)
        finally:
            if coming.done():
                self._coming = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        import asyncio

        if self._coming is not None:
            await asyncio.wait((self._coming,))
        self.close()


class _Steps(AsyncIterator[LongPart]):
    """A loop over it. No generator: one that is left alone ends at the wrong time."""

    def __init__(self, long: AsyncLongChat) -> None:
        self._long, self._is_over = long, False

    async def __anext__(self) -> LongPart:
        part = None if self._is_over else await self._long._step()
        if part is None:
            self._is_over = True
            raise StopAsyncIteration
        self._is_over = self._long._stops(part)
        return part
