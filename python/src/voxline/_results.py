"""What the services answer, and what they are asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ._errors import VoxlineError
from ._record import Record

if TYPE_CHECKING:
    from pathlib import Path

    from ._voxline import AudioUrl, RecordingUrl


class Instructions(Record, hidden=["raw"]):
    """Instructions to a device, such as playing a song, in place of an answer."""

    rtext: str | None
    """The text that goes with them."""
    outc: int | None
    """The outcome code."""
    action_count: int
    """Number of entries of ``actions``."""
    raw: str
    """The whole object, JSON; it may hold signed links."""


class ChatAnswer(Record, hidden=["raw"]):
    """An answer of the voice-chat service."""

    text: str
    """For a plain chat: the answer, or what goes with instructions."""
    status: int
    """0: every other status is an error."""
    instructions: Instructions | None
    """Instructions to a device, if the answer consists of them."""
    audio_url: AudioUrl | None
    """Where the spoken answer is, if one was asked for; short-lived."""
    description: str | None
    """The service's remark, mostly none."""
    raw: str
    """The answer as it came, JSON. It holds the signed link: do not log it."""


class RecordingId(NamedTuple):
    """What names one recording."""

    user_id: str
    """Id of the account."""
    task_id: str
    """Id of the task that the call belongs to."""
    record_id: str
    """Id of the call within the task."""
    sub_user_id: str | None = None
    """Id of the sub-account, where there is one."""


class Located(Record):
    """One of many: the recording and where it is, or why that is not known."""

    id: RecordingId
    url: RecordingUrl | None
    error: VoxlineError | None


class LocatedMany(Record, hidden=["raw_answers"]):
    """What became of a request for many recordings."""

    entries: tuple[Located, ...]
    """One for each id, in the order they were given."""
    raw_answers: tuple[str, ...]
    """The answers as they came, JSON. They hold signed addresses: do not log them."""

    @property
    def failure_count(self) -> int:
        """How many could not be located."""
        return sum(entry.error is not None for entry in self.entries)


class TokenCheck(Record, hidden=["raw"]):
    """What the recording service says about an accepted token. Picklable, and then whole: it may repeat the token."""

    raw: str
    """The answer as it came, JSON. Do not log it."""


class Downloaded(Record):
    """A finished download."""

    path: Path
    bytes: int
    """Its length."""
    resumed_bytes: int
    """How many of them an earlier try had brought."""
    content_type: str | None
    """What the server says about the format; the bytes themselves are more reliable."""


class Submission(Record, hidden=["file_link", "callback_url", "business_data"]):
    """One recording to be transcribed, by a link that the service can reach."""

    file_link: str
    """``http`` or ``https``, perhaps signed: PCM, WAV or MP3."""
    callback_url: str | None = None
    """Where the service posts the result; ``None``: it is asked for."""
    business_data: str | None = None
    """Handed back with the result."""
    req_id: str | None = None
    """The caller's own id, unique among all submissions ever; ``None``: a random one."""


class Accepted(Record):
    """A submission that the service took."""

    request_id: str
    """The service's id of the work: what a result is asked for by."""
    req_id: str
    """The submission's own id."""


class Sentence(NamedTuple):
    """Something that was said."""

    text: str
    start_ms: int | None
    """From the beginning of the recording, if it is said."""
    end_ms: int | None
    channel: int | None
    """Counted as the service counts."""


class Transcript(Record, hidden=["text", "sentences", "payload", "raw"]):
    """What was said in a recording. ``repr`` does not show it."""

    text: str
    """The whole text; empty if none was found in the answer."""
    sentences: tuple[Sentence, ...]
    """In the order of the answer, as far as they were found."""
    flag: int | None
    """The field ``flag``."""
    payload: str
    """The part of the answer that is the transcript, JSON."""
    raw: str
    """The whole answer as it came, JSON."""


class QueryState(Record):
    """What became of a submission so far."""

    state: Literal["pending", "not_available", "done", "failed"]
    """``not_available``: nothing can be said; normal right after a submission, later a sign of a wrong id."""
    transcript: Transcript | None
    """When it is done."""
    code: str | None
    """The service's code when it failed."""
    message: str | None
    """The service's words."""


class Callback(Record, hidden=["business_data", "body"]):
    """A delivery of the transcription service."""

    state: Literal["pending", "done", "failed"]
    request_id: str | None
    """The service's id of the work, if it is said."""
    req_id: str | None
    """The submission's own id, if it is said."""
    business_data: str | None
    transcript: Transcript | None
    code: str | None
    message: str | None
    body: bytes
    """As it came: what ``Ledger.record`` takes."""


class Entered(Record):
    """What came of entering submissions into a ledger."""

    new: tuple[Submission, ...]
    """Those that are in the ledger now, with their ids."""
    known: int
    """How many were left out because their link was there before."""
    repeated: int
    """How many were left out because their link had been given before them."""


class LedgerEntry(Record, hidden=["note"]):
    """A submission in a ledger."""

    req_id: str
    state: Literal["queued", "sending", "unknown", "accepted", "done", "failed"]
    request_id: str | None
    """The service's id of the work, once it is known."""
    note: str | None
    """What was last said about it: why it failed, was not sent, or is unknown."""
    attempts: int
    """How often it was sent, or about to be, since it was entered or last put back."""
    submission: Submission


class JobReport(Record):
    """What a run brought for one submission."""

    req_id: str
    state: Literal["done", "awaiting_callback", "running", "not_sent", "unknown", "failed"]
    """``running``: a later run waits again. ``not_sent``: a later run sends it. ``unknown``, ``failed``: no run sends
    it again unless it is put back (``Ledger.requeue``)."""
    error: VoxlineError | None
    """Why, unless it is done or will be delivered."""
