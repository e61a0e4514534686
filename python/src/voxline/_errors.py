"""The exceptions of Voxline.

Every one is a :class:`VoxlineError`; each is also what Python's own library would have raised.
"""

from __future__ import annotations

import errno as _errno
import os as _os


class VoxlineError(Exception):
    """The base of everything that Voxline raises about a recording, an option or a service.

    ``str()`` is one line: the kind, the operation, what happened and what to do. It never holds a secret.
    """

    kind: str = "Internal"
    """The class of failure, one of the names of Rust's ``ErrorKind``."""
    status: int = -9002
    """Its number, the same in C."""
    operation: str = ""
    """What was being done."""
    context: str = ""
    """What happened, where, and what to do."""
    retryable: bool | None = False
    """Whether the same call can succeed later; ``None``: it may have taken effect, look before repeating it."""
    retry_after: float | None = None
    """Seconds to wait, when the server said so."""
    service: str | None = None
    """Where a service has a part in it, which one: ``chat``, ``recording``, ``transcription``."""
    http_status: int | None = None
    """The HTTP status, when an answer arrived at all."""
    code: str | None = None
    """The vendor's own code, as text."""
    service_message: str | None = None
    """The vendor's message as it came."""
    request_id: str | None = None
    """The id to quote to the vendor's support, or Voxline's own id of the request."""


class InvalidArgumentError(VoxlineError, ValueError):
    """A value outside what the call accepts."""

    # Also where it is raised in Python.
    kind = "InvalidArgument"
    status = -1001


class UnknownOptionError(InvalidArgumentError):
    """A keyword that is not in the option table."""


class InvalidStateError(VoxlineError, RuntimeError):
    """A call that does not fit the state, such as pushing after finish."""

    kind = "InvalidState"
    status = -1003


class UnsupportedFormatError(VoxlineError, ValueError):
    """Sound data of a kind that is not supported."""


class DecodeError(VoxlineError, ValueError):
    """Data that breaks its own format."""


class TruncatedInputError(DecodeError):
    """Data that ends early; an error only with ``input_strict=True``."""


class LimitError(VoxlineError, ValueError):
    """A limit of the options or of the service would be exceeded."""


class InputOutputError(VoxlineError, OSError):
    """Reading or writing failed. Where Python has a subclass of OSError for it, it is that one too."""


class ConnectError(VoxlineError, ConnectionError):
    """The connection could not be made: the request did not reach the server."""


class RequestTimeoutError(VoxlineError, TimeoutError):
    """A time limit passed."""


class CancelledError(VoxlineError):
    """The caller cancelled."""


class OutcomeUnknownError(VoxlineError):
    """The request may or may not have taken effect. Look before repeating it.

    A call that Ctrl-C or a cancellation ended does not raise it, so that nothing goes on with the next request: it is
    the ``outcome`` of the :class:`InterruptedOutcomeUnknown` or :class:`asyncio.CancelledError` that is raised.
    """

    kind = "OutcomeUnknown"
    status = -3005
    retryable = None
    answer: object = None
    """What came after all, if the call was given up in that very moment."""


class ServiceError(VoxlineError):
    """A failure that a service reported."""


class UnauthenticatedError(ServiceError):
    """The service does not accept the credentials, or they expired."""


class PermissionDeniedError(ServiceError):
    """The credentials do not allow this."""


class NotFoundError(ServiceError):
    """The service does not know the thing asked for."""


class RateLimitedError(ServiceError):
    """Too many requests, or a quota used up."""


class FeatureDisabledError(VoxlineError, NotImplementedError):
    """This build lacks the feature."""


class InternalError(VoxlineError, RuntimeError):
    """A fault of Voxline itself. Please report it."""


class InterruptedOutcomeUnknown(KeyboardInterrupt):
    """Ctrl-C, and the request that it ended may or may not have taken effect.

    It is a :class:`KeyboardInterrupt` and no :class:`VoxlineError`: what goes on after errors stops here.
    """

    outcome: OutcomeUnknownError
    """What is known of the request; also the ``__cause__``."""

    def __init__(self, outcome: OutcomeUnknownError) -> None:
        super().__init__(outcome)
        self.outcome = outcome

    @property
    def answer(self) -> object:
        """What came after all, if the call was given up in that very moment."""
        return self.outcome.answer

    @property
    def request_id(self) -> str | None:
        """The id to ask the vendor about."""
        return self.outcome.request_id


_CLASSES: dict[str, type[VoxlineError]] = {
    "InvalidArgument": InvalidArgumentError,
    "UnknownOption": UnknownOptionError,
    "InvalidState": InvalidStateError,
    # These two happen in C only.
    "BufferTooSmall": InternalError,
    "NullPointer": InternalError,
    "UnsupportedFormat": UnsupportedFormatError,
    "MalformedInput": DecodeError,
    "TruncatedInput": TruncatedInputError,
    "LimitExceeded": LimitError,
    "Io": InputOutputError,
    "Connect": ConnectError,
    "Timeout": RequestTimeoutError,
    "Cancelled": CancelledError,
    "OutcomeUnknown": OutcomeUnknownError,
    "Unauthenticated": UnauthenticatedError,
    "PermissionDenied": PermissionDeniedError,
    "NotFound": NotFoundError,
    "RateLimited": RateLimitedError,
    "Service": ServiceError,
    "FeatureDisabled": FeatureDisabledError,
    "Internal": InternalError,
    "Panic": InternalError,
}


def _with_builtin(builtin: type[OSError]) -> type[InputOutputError]:
    """InputOutputError that is also `builtin`; found again by its name when unpickled."""
    name = f"_{builtin.__name__}"
    made = type(name, (InputOutputError, builtin), {"__doc__": builtin.__doc__, "__module__": __name__})
    globals()[name] = made
    return made


_BUILTINS: dict[type[OSError], type[InputOutputError]] = {
    builtin: _with_builtin(builtin)
    for builtin in {type(OSError(number, "")) for number in _errno.errorcode} - {OSError}
}


def from_os(error: OSError, operation: str) -> InputOutputError:
    """What the compiled part would have raised for an error of the file system."""
    known = _BUILTINS.get(type(error), InputOutputError)(error.errno, error.strerror, _os.fspath(error.filename))
    known.kind, known.status, known.operation = "Io", -3001, operation
    known.context = f"{known.filename}: {known.strerror} (os error {error.errno})"
    return known


def build(text: str, facts: dict[str, object], errno: int | None, filename: object) -> VoxlineError:
    """The exception for an error of Rust; called by the compiled part."""
    cls = _CLASSES.get(str(facts["kind"]), InternalError)
    error: VoxlineError
    if cls is InputOutputError and errno is not None:
        number = errno
        known = _BUILTINS.get(type(OSError(number, "")), InputOutputError)
        name = None if filename is None else _os.fspath(filename)  # type: ignore[call-overload]
        error = known(number, _os.strerror(number), name) if name is not None else known(number, _os.strerror(number))
    else:
        error = cls(text)
    error.__dict__.update(facts)
    return error


def given_up(error: OutcomeUnknownError, answer: object) -> OutcomeUnknownError:
    """What is known of a call that was given up when it may have been sent; called by the compiled part."""
    error.answer = answer
    return error


def instead_of(raised: BaseException, outcome: OutcomeUnknownError) -> BaseException:
    """What to raise for a call that `raised` ended, so that what ends a program or a task still does."""
    if isinstance(raised, Exception):
        outcome.__cause__ = raised
        return outcome
    # Not one the cause of the other and the other way round.
    outcome.__cause__ = None
    ending = InterruptedOutcomeUnknown(outcome) if isinstance(raised, KeyboardInterrupt) else raised
    ending.outcome = outcome  # type: ignore[attr-defined]
    ending.__cause__ = outcome
    return ending
