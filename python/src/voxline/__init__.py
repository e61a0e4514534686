"""Call audio as it really comes, turned into exactly what a speech API accepts.

==========================================  ===========================
samples of a recording as a NumPy array     :func:`load`
bytes as a service takes them               :func:`prepare`
what is in a recording                      :func:`info`
options fixed once, used often              :class:`Options`
what can be set                             :func:`option_table`, :func:`profiles`
==========================================  ===========================

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
from ._voxline import Options, Prepared, __version__, info, load, option_table, prepare, profiles

__all__ = [
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
    "RateLimitedError",
    "Report",
    "RequestTimeoutError",
    "ServiceError",
    "SourceReport",
    "TargetReport",
    "TruncatedInputError",
    "UnauthenticatedError",
    "UnknownOptionError",
    "UnsupportedFormatError",
    "VoxlineError",
    "Warning",
    "__version__",
    "info",
    "load",
    "option_table",
    "prepare",
    "profiles",
]
