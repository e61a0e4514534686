"""Clients in two forms, blocking and asyncio, from one description.

A description is a class whose methods, marked with :class:`call`, say what work a call is. :class:`Blocking` and
:class:`Awaited` make functions of them that do the work, each in its own way.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar, overload

from ._errors import InvalidArgumentError, OutcomeUnknownError, instead_of

if TYPE_CHECKING:
    import asyncio

    from ._voxline import Work

_P = ParamSpec("_P")
_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)

_BEAT_S = 0.04
"""How often an observer is told how far a call is, and a loop looks for Ctrl-C."""


class call(Generic[_P, _T]):
    """Marks a method of a description: it gives the work to do, and its twins give what comes of it."""

    def __init__(self, begin: Callable[Concatenate[Any, _P], Work[_T]]) -> None:
        # What `help` shows is what comes of the work.
        begin.__annotations__["return"] = begin.__annotations__["return"].removeprefix("Work[").removesuffix("]")
        self.begin = begin

    @overload
    def __get__(self, client: Blocking, owner: object) -> Callable[_P, _T]: ...
    @overload
    def __get__(self, client: Awaited, owner: object) -> Callable[_P, Coroutine[Any, Any, _T]]: ...
    def __get__(self, client: object, owner: object) -> object:
        """What the twins have in its place; only for type checkers, since they put functions there."""
        return self


class _Core(Protocol):
    def close(self) -> None: ...


class Client:
    """What both forms have."""

    _core: _Core

    def __init_subclass__(cls) -> None:
        done = getattr(cls, "_done", None)
        if done is None:
            return
        for base in cls.__mro__[1:]:
            for name, described in vars(base).items():
                if isinstance(described, call) and name not in vars(cls):
                    setattr(cls, name, done(described.begin, f"{cls.__qualname__}.{name}"))

    def _set_up(self, core: _Core, max_concurrency: int | None) -> None:
        """The end of every ``__init__``."""
        if max_concurrency is not None:
            raise TypeError("max_concurrency is for the clients of asyncio: threads bring their own number")
        self._core = core

    def _made_from(self, core: Any) -> Self:
        """Another client with the same settings over another core."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, _core=core)
        return made

    def close(self) -> None:
        """Ends the use of this client. Calls that are under way go on; new ones are an error."""
        self._core.close()

    def __repr__(self) -> str:
        return f"<voxline.{type(self).__name__}: {self._core!r}>"

    def __reduce__(self) -> str:
        raise TypeError("a client holds secrets and connections: make one in each process")


class Blocking(Client):
    """A client whose calls wait. Any number of threads may use it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @staticmethod
    def _done(begin: Callable[..., Work[_T]], name: str) -> Callable[..., _T]:
        @functools.wraps(begin)
        def run(self: Any, *positional: Any, **keywords: Any) -> _T:
            work = begin(self, *positional, **keywords)
            try:
                return work.run()
            except OutcomeUnknownError as outcome:
                raised = outcome.__cause__
                if raised is None or isinstance(raised, Exception):
                    raise
                ending = instead_of(raised, outcome)
            raise ending

        run.__qualname__ = name
        return run


class Awaited(Client):
    """A client for asyncio.

    Calls run on threads of their own, not on those of the loop's executor, at most ``max_concurrency`` (100) of a client at
    once in each loop; the others wait their turn. Cancelling a task (or ``asyncio.timeout``) ends its call within a moment. Where
    the call may have taken effect by then, the :class:`asyncio.CancelledError` has an :class:`OutcomeUnknownError`
    as its ``outcome`` and ``__cause__``. Look at it where the call is awaited: what waits for tasks, such as
    ``asyncio.gather``, may drop it.
    """

    _max_concurrency = 100
    _turns: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]
    _lock: threading.Lock

    def _set_up(self, core: _Core, max_concurrency: int | None) -> None:
        if max_concurrency is not None:
            if max_concurrency < 1:
                raise InvalidArgumentError(f"max_concurrency is {max_concurrency}; use 1 or more")
            self._max_concurrency = max_concurrency
        self._turns, self._lock = weakref.WeakKeyDictionary(), threading.Lock()
        self._core = core

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.close()

    def _turn(self, loop: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
        """Whose turn it is, in this loop: a program may have one after the other, or one in each thread."""
        import asyncio

        with self._lock:
            turn = self._turns.get(loop)
            if turn is None:
                # One that was waited for holds its loop.
                for other in [known for known in self._turns if known.is_closed()]:
                    del self._turns[other]
                turn = self._turns[loop] = asyncio.Semaphore(self._max_concurrency)
            return turn

    @staticmethod
    def _done(begin: Callable[..., Work[_T]], name: str) -> Callable[..., Coroutine[Any, Any, _T]]:
        @functools.wraps(begin)
        async def run(self: Any, *positional: Any, **keywords: Any) -> _T:
            import asyncio

            work = begin(self, *positional, **keywords)
            async with self._turn(asyncio.get_running_loop()):
                return await finished(work)

        run.__qualname__ = name
        return run


async def finished(work: Work[_T_co]) -> _T_co:
    """Does the work on a thread; the loop goes on meanwhile."""
    import asyncio

    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle() -> None:
        if not done.done():
            done.set_result(None)

    def tell() -> None:
        try:
            loop.call_soon_threadsafe(settle)
        except RuntimeError:
            pass  # The loop is closed: nobody waits any more.

    work.start(tell)
    try:
        with _kept_awake(loop):
            while not done.done():
                await asyncio.wait((done,), timeout=_BEAT_S if work.is_observed else None)
                work.heed()
    except GeneratorExit:
        # The loop went away without a word: nothing can be awaited any more.
        work.cancel()
        raise
    except BaseException as given_up:
        raised: BaseException = given_up
        work.cancel()
        try:
            await asyncio.wait((done,), timeout=work.patience)
        except asyncio.CancelledError as again:
            raised = again  # It is not even waited for.
        outcome = work.verdict()
        if outcome is not None:
            raise instead_of(raised, outcome)
        if raised is given_up:
            raise
        raise raised
    return work.result()


class _Pulse:
    """Wakes a loop every beat.

    The system may hand Ctrl-C to the thread of a call. Python notes it there, but the loop sleeps on.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop, self.calls = loop, 0

    def beat(self) -> None:
        self.timer = self.loop.call_later(_BEAT_S, self.beat)


_pulses: dict[int, _Pulse] = {}


@contextlib.contextmanager
def _kept_awake(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """The loop has one pulse while any calls are under way."""
    pulse = _pulses.setdefault(id(loop), _Pulse(loop))
    pulse.calls += 1
    if pulse.calls == 1:
        pulse.beat()
    try:
        yield
    finally:
        pulse.calls -= 1
        if pulse.calls == 0:
            pulse.timer.cancel()
            del _pulses[id(loop)]
