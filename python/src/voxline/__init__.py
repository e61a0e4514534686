"""Call audio as it really comes, turned into exactly what a speech API accepts.

==========================================  =================================================
samples of a recording as a NumPy array     :func:`load`
bytes as a service takes them               :func:`prepare`
the same while the input arrives            :func:`stream`, :class:`Preparer`
what is in a recording                      :func:`info`
sample rates, G.711, base64                 :class:`Resampler`, :func:`ulaw2lin` …, :func:`base64_encode`
options fixed once, used often              :class:`Options`
what can be set                             :func:`option_table`, :func:`profiles`
==========================================  =================================================

A recording is a path, bytes-like, a binary file object or anything with ``read``. All errors are
:class:`VoxlineError`; those of the file system are Python's own besides.
"""

from ._errors import (
    CancelledError,
    ConnectError,
    DecodeError,
    FeatureDisabledError,
    InputOutputError,
    InternalError,
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
from ._report import ChannelLevel, Report, SourceReport, TargetReport, Warning
from ._stream import Stream, stream
from ._voxline import (
    Base64Encoder,
    Options,
    Prepared,
    Preparer,
    Resampler,
    __version__,
    alaw2lin,
    base64_encode,
    info,
    lin2alaw,
    lin2ulaw,
    load,
    option_table,
    prepare,
    profiles,
    ulaw2lin,
)

__all__ = [
    "Base64Encoder",
    "CancelledError",
    "ChannelLevel",
    "ConnectError",
    "DecodeError",
    "FeatureDisabledError",
    "InputOutputError",
    "InternalError",
    "InvalidArgumentError",
    "InvalidStateError",
    "LimitError",
    "NotFoundError",
    "Options",
    "OutcomeUnknownError",
    "PermissionDeniedError",
    "Prepared",
    "Preparer",
    "RateLimitedError",
    "Report",
    "RequestTimeoutError",
    "Resampler",
    "ServiceError",
    "SourceReport",
    "Stream",
    "TargetReport",
    "TruncatedInputError",
    "UnauthenticatedError",
    "UnknownOptionError",
    "UnsupportedFormatError",
    "VoxlineError",
    "Warning",
    "__version__",
    "alaw2lin",
    "base64_encode",
    "info",
    "lin2alaw",
    "lin2ulaw",
    "load",
    "option_table",
    "prepare",
    "profiles",
    "stream",
    "ulaw2lin",
]
