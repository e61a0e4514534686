"""Call audio as it really comes, turned into exactly what a speech API accepts.

==========================================  =================================================
samples of a recording as a NumPy array     :func:`load`
bytes as a service takes them               :func:`prepare`
the same while the input arrives            :func:`stream`, :class:`Preparer`
what is in a recording                      :func:`info`
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
from ._stream import Stream, stream
from ._transcription import AsyncTranscriptionClient, TranscriptionClient
from ._voxline import (
    AudioUrl,
    Base64Encoder,
    Ledger,
    Options,
    Prepared,
    Preparer,
    RecordingUrl,
    Resampler,
    Simulator,
    SpeexDecoder,
    SpeexEncoder,
    __version__,
    alaw2lin,
    base64_encode,
    decode_answer,
    info,
    lin2alaw,
    lin2ulaw,
    load,
    option_table,
    parse_callback,
    prepare,
    profiles,
    ulaw2lin,
)

__all__ = [
    "Accepted",
    "AsyncChatClient",
    "AsyncRecordingClient",
    "AsyncRecordingStream",
    "AsyncTranscriptionClient",
    "AudioUrl",
    "Base64Encoder",
    "Callback",
    "CancelledError",
    "ChannelLevel",
    "ChatAnswer",
    "ChatClient",
    "ConnectError",
    "DecodeError",
    "Downloaded",
    "Entered",
    "FeatureDisabledError",
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
    "NotFoundError",
    "Options",
    "OutcomeUnknownError",
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
    "Simulator",
    "SourceReport",
    "SpeexDecoder",
    "SpeexEncoder",
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
    "info",
    "lin2alaw",
    "lin2ulaw",
    "load",
    "option_table",
    "parse_callback",
    "prepare",
    "profiles",
    "stream",
    "ulaw2lin",
]
