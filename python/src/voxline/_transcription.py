"""The clients of the transcription service."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal

from ._errors import InvalidArgumentError
from ._results import Submission
from ._twins import Awaited, Blocking, Client, call
from ._voxline import Ledger, TranscriptionCore, Work

if TYPE_CHECKING:
    from typing import TypeAlias, TypedDict, Unpack

    from ._keywords import HttpKeywords
    from ._results import Accepted, Entered, JobReport, QueryState, Transcript
    from ._voxline import Options

    _Known: TypeAlias = Literal["refuse", "skip", "repeat"]

    class _Wait(TypedDict, total=False):
        interval_s: float
        growth: float
        max_interval_s: float
        deadline_s: float
        not_available_grace_s: float

_WAIT = frozenset({"interval_s", "growth", "max_interval_s", "deadline_s", "not_available_grace_s"})


class _Transcription(Client):
    """Has recordings transcribed: a link goes in, a transcript comes out later.

    Args:
        app_id, app_key: of the vendor's console; every request is signed anew, the key is not sent.
        region: "QG", or the code of a province.
        expire_s: how long a signature holds.
        authorization: a ready header instead of app_key, as on the service's inner network.
        base_url: where the service is, without /aipaas.
        device_uuid: of a device registered with the vendor.
        options: the HTTP part of an Options object.
        max_concurrency: with asyncio: how many calls run at once, by default 100.
        **http: any option of option_table() that begins with http_; times in ms.

    Raises:
        InvalidArgumentError: credentials, an address or options that cannot be used.

    A submission costs money: it is repeated only when the service surely did not take it. Ctrl-C in submit is obeyed
    at once, but if it may have been sent, what is raised is an InterruptedOutcomeUnknown, a KeyboardInterrupt that
    ``except VoxlineError`` and ``except Exception`` let pass; its request_id is the req_id to ask the vendor about.
    In run and resume the first Ctrl-C ends in good order: what is being sent is answered and written down. The second
    one ends at once.
    """

    _core: TranscriptionCore

    def __init__(
        self,
        *,
        app_id: str | None = None,
        app_key: str | None = None,
        region: str | None = None,
        expire_s: int | None = None,
        authorization: str | None = None,
        base_url: str | None = None,
        device_uuid: str | None = None,
        options: Options | None = None,
        max_concurrency: int | None = None,
        **http: Unpack[HttpKeywords],
    ) -> None:
        settings = {
            "app_id": app_id,
            "app_key": app_key,
            "region": region,
            "expire_s": expire_s,
            "authorization": authorization,
            "base_url": base_url,
            "device_uuid": device_uuid,
            "options": options,
            "http": http,
        }
        self._set_up(TranscriptionCore(settings), max_concurrency)

    @call
    def submit(
        self,
        file_link: str | Submission,
        *,
        callback_url: str | None = None,
        business_data: str | None = None,
        req_id: str | None = None,
    ) -> Work[Accepted]:
        """Submits a recording, by its link or as a Submission.

        Args:
            file_link: http or https, and the service must be able to reach it: PCM, WAV or MP3.
            callback_url: where the service posts the result; None: it is asked for with wait.
            business_data: handed back with the result.
            req_id: the caller's own id, unique among all submissions ever; None: a random one.

        Raises:
            InvalidArgumentError: a link, address or id that cannot be; nothing was sent.
            OutcomeUnknownError: the service may have taken it; .request_id is the req_id to ask about.
            ConnectError, RequestTimeoutError, UnauthenticatedError, RateLimitedError, ServiceError …: as they say.
        """
        if isinstance(file_link, Submission):
            if (callback_url, business_data, req_id) != (None, None, None):
                raise InvalidArgumentError("a Submission brings everything along")
            return self._core.submit(file_link)
        fields = Submission(
            file_link=file_link, callback_url=callback_url, business_data=business_data, req_id=req_id
        )
        return self._core.submit(fields)

    @call
    def query(self, request_id: str) -> Work[QueryState]:
        """Asks once what became of a submission. That it failed is no error here."""
        return self._core.query(request_id)

    @call
    def wait(self, request_id: str, **how: Unpack[_Wait]) -> Work[Transcript]:
        """Asks for a result until it is there.

        Args:
            request_id: what submit gave.
            interval_s, growth, max_interval_s: 3 s between the first two questions, each time 1.5 times as long, at
                most 30 s.
            deadline_s: longest time in all, 7200.
            not_available_grace_s: how long "cannot be got" is taken for "not yet", 60.

        Raises:
            RequestTimeoutError: the deadline; the work goes on and may be asked for again.
            ServiceError: the recording could not be transcribed; .code says why.
            NotFoundError: the service still does not know the id after the time of grace.
        """
        return self._core.wait(request_id, _only_waiting(how))

    @call
    def enter(
        self, ledger: Ledger, submissions: Iterable[str | Submission], *, known_links: _Known = "refuse"
    ) -> Work[Entered]:
        """Enters submissions into a ledger without sending any: resume does. Each link once, unless "repeat".

        Args:
            known_links: what to do with links that are there already: "refuse" all, "skip" those, or "repeat" them.

        Raises:
            InvalidStateError: known links are to be refused, or a run is under way. Nothing is entered then.
        """
        return self._core.enter(ledger, list(submissions), {"known_links": known_links})

    @call
    def run(
        self,
        ledger: Ledger,
        submissions: Iterable[str | Submission],
        *,
        known_links: _Known = "refuse",
        in_flight: int = 4,
        stop_after_refusals: int = 20,
        observe: Callable[[JobReport], object] | None = None,
        **how: Unpack[_Wait],
    ) -> Work[list[JobReport]]:
        """Submits recordings and waits for the results; every step is in the ledger before the next is taken.

        Args:
            known_links: as for enter.
            in_flight: how many are between sending and result at once, 1 to 256.
            stop_after_refusals: after so many in a row that were refused no more are sent; 0 for never.
            observe: told of each as it is known, in the waiting thread or that of the loop.
            **how: as for wait.

        Returns:
            A JobReport for each; Ledger.transcript has the results.

        Raises:
            InvalidStateError: another run is under way, or links are known. InvalidArgumentError: what cannot be
            submitted; nothing is sent then. What goes wrong with one submission is in its report.
        """
        settings = {
            "known_links": known_links,
            "in_flight": in_flight,
            "stop_after_refusals": stop_after_refusals,
            **_only_waiting(how),
        }
        return self._core.run(ledger, list(submissions), settings, observe)

    @call
    def resume(
        self,
        ledger: Ledger,
        *,
        in_flight: int = 4,
        stop_after_refusals: int = 20,
        observe: Callable[[JobReport], object] | None = None,
        **how: Unpack[_Wait],
    ) -> Work[list[JobReport]]:
        """Goes on where an earlier run ended, however it ended; arguments as for run.

        What surely was not taken is sent, what was is waited for, and what may have been is reported as "unknown" and
        left alone: Ledger.requeue, give_up and accept decide about it.
        """
        settings = {"in_flight": in_flight, "stop_after_refusals": stop_after_refusals, **_only_waiting(how)}
        return self._core.resume(ledger, settings, observe)

    def new_req_id(self) -> str:
        """A random id for a submission."""
        return self._core.new_req_id()


class TranscriptionClient(_Transcription, Blocking):
    __doc__ = f"""{_Transcription.__doc__}
    >>> import voxline
    >>> with voxline.Simulator() as services, voxline.TranscriptionClient(**services.transcription) as client:
    ...     services.set_transcript("https://files.example/call.wav", "good morning")
    ...     accepted = client.submit("https://files.example/call.wav")
    ...     transcript = client.wait(accepted.request_id, interval_s=0.01)
    >>> transcript.text, transcript.sentences[0].end_ms
    ('good morning', 2400)
    """


class AsyncTranscriptionClient(_Transcription, Awaited):
    __doc__ = f"""{_Transcription.__doc__}
{Awaited.__doc__}
    >>> import asyncio, voxline
    >>> async def transcribe(link, **settings):
    ...     async with voxline.AsyncTranscriptionClient(**settings) as client:
    ...         accepted = await client.submit(link)
    ...         return await client.wait(accepted.request_id, interval_s=0.01)
    >>> with voxline.Simulator() as services:
    ...     services.set_transcript("https://files.example/call.wav", "good morning")
    ...     asyncio.run(transcribe("https://files.example/call.wav", **services.transcription)).text
    'good morning'
    """


def _only_waiting(how: Any) -> dict[str, Any]:
    """What is said about waiting, if it is nothing else."""
    for name in how:
        if name not in _WAIT:
            raise TypeError(f"there is no argument {name!r}")
    return dict(how)
