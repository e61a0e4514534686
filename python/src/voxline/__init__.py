"""Call audio as it really comes, turned into exactly what a speech API accepts.

==========================================  =================================================
samples of a recording as a NumPy array     :func:`load`
bytes as a service takes them               :func:`prepare`
the same while the input arrives            :func:`stream`, :class:`Preparer`
a long recording in parts                   :func:`split`, :func:`stream_parts`, :class:`Splitter`
what is in a recording                      :func:`info`
whether it is fit to be understood          :func:`doctor`
sample rates, G.711, base64                 :class:`Resampler`, :func:`ulaw2lin` …, :func:`base64_encode`
options fixed once, used often              :class:`Options`
what can be set                             :func:`option_table`, :func:`profiles`
Speex packets                               :class:`SpeexEncoder`, :class:`SpeexDecoder`
the voice-chat service                      :class:`ChatClient`, :func:`decode_answer`
recordings of calls                         :class:`RecordingClient`
transcription of recordings                 :class:`TranscriptionClient`, :class:`Ledger`, :func:`parse_callback`
the same for asyncio                        :class:`AsyncChatClient` …
all of them for tests, on this machine      :class:`Simulator`
==========================================  =================================================

A recording is a path, bytes-like, a binary file object or anything with ``read``. All errors are
:class:`VoxlineError`; those of the file system are Python's own besides.
"""

from typing import TYPE_CHECKING

from ._chat import AsyncChatClient, ChatClient
from ._errors import (
    CancelledError,
    ConnectError,
    DecodeError,
    FeatureDisabledError,
    InputOutputError,
    InternalError,
    InterruptedOutcomeUnknown,
    InvalidArgumentError,
    InvalidStateError,
    LimitError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitedError,
    RequestTimeoutError,
    ServiceError,
    TruncatedInputError,
    UnauthenticatedError,
    UnknownOptionError,
    UnsupportedFormatError,
    VoxlineError,
)
from ._long import AsyncLongChat, LongChat, LongPart
from ._recording import AsyncRecordingClient, AsyncRecordingStream, RecordingClient, RecordingFile
from ._report import ChannelLevel, Report, SourceReport, TargetReport, Warning
from ._results import (
    Accepted,
    Callback,
    ChatAnswer,
    Downloaded,
    Entered,
    Instructions,
    JobReport,
    LedgerEntry,
    Located,
    LocatedMany,
    QueryState,
    RecordingId,
    Sentence,
    Submission,
    TokenCheck,
    Transcript,
)
from ._stream import PartStream, Stream, stream, stream_parts
from ._transcription import AsyncTranscriptionClient, TranscriptionClient
from ._voxline import (
    AudioUrl,
    Base64Encoder,
    Ledger,
    Options,
    Part,
    Prepared,
    Preparer,
    RecordingUrl,
    Resampler,
    Simulator,
    SpeexDecoder,
    SpeexEncoder,
    Splitter,
    __version__,
    alaw2lin,
    base64_encode,
    decode_answer,
    doctor,
    info,
    lin2alaw,
    lin2ulaw,
    load,
    option_table,
    parse_callback,
    prepare,
    profiles,
    split,
    ulaw2lin,
)

if TYPE_CHECKING:
    from ._doctor import ChannelHealth, Diagnosis, Figure, Finding, PairHealth, SignalMatch

__all__ = [
    "Accepted",
    "AsyncChatClient",
    "AsyncLongChat",
    "AsyncRecordingClient",
    "AsyncRecordingStream",
    "AsyncTranscriptionClient",
    "AudioUrl",
    "Base64Encoder",
    "Callback",
    "CancelledError",
    "ChannelHealth",
    "ChannelLevel",
    "ChatAnswer",
    "ChatClient",
    "ConnectError",
    "DecodeError",
    "Diagnosis",
    "Downloaded",
    "Entered",
    "FeatureDisabledError",
    "Figure",
    "Finding",
    "InputOutputError",
    "Instructions",
    "InternalError",
    "InterruptedOutcomeUnknown",
    "InvalidArgumentError",
    "InvalidStateError",
    "JobReport",
    "Ledger",
    "LedgerEntry",
    "LimitError",
    "Located",
    "LocatedMany",
    "LongChat",
    "LongPart",
    "NotFoundError",
    "Options",
    "OutcomeUnknownError",
    "PairHealth",
    "Part",
    "PartStream",
    "PermissionDeniedError",
    "Prepared",
    "Preparer",
    "QueryState",
    "RateLimitedError",
    "RecordingClient",
    "RecordingFile",
    "RecordingId",
    "RecordingUrl",
    "Report",
    "RequestTimeoutError",
    "Resampler",
    "Sentence",
    "ServiceError",
    "SignalMatch",
    "Simulator",
    "SourceReport",
    "SpeexDecoder",
    "SpeexEncoder",
    "Splitter",
    "Stream",
    "Submission",
    "TargetReport",
    "TokenCheck",
    "Transcript",
    "TranscriptionClient",
    "TruncatedInputError",
    "UnauthenticatedError",
    "UnknownOptionError",
    "UnsupportedFormatError",
    "VoxlineError",
    "Warning",
    "__version__",
    "alaw2lin",
    "base64_encode",
    "decode_answer",
    "doctor",
    "info",
    "lin2alaw",
    "lin2ulaw",
    "load",
    "option_table",
    "parse_callback",
    "prepare",
    "profiles",
    "split",
    "stream",
    "stream_parts",
    "ulaw2lin",
]


def __getattr__(name: str) -> object:
    """What only :func:`doctor` gives comes when it is asked for."""
    if name in ("ChannelHealth", "Diagnosis", "Figure", "Finding", "PairHealth", "SignalMatch"):
        from . import _doctor

        return getattr(_doctor, name)
    raise AttributeError(f"module 'voxline' has no attribute {name!r}")
