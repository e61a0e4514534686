"""The tree of exceptions."""

from __future__ import annotations

import builtins
import pickle
from pathlib import Path

import pytest
import voxline
from voxline import _voxline

TREE = {
    "InvalidArgument": (voxline.InvalidArgumentError, ValueError),
    "UnknownOption": (voxline.UnknownOptionError, ValueError),
    "InvalidState": (voxline.InvalidStateError, RuntimeError),
    "BufferTooSmall": (voxline.InternalError, RuntimeError),
    "NullPointer": (voxline.InternalError, RuntimeError),
    "UnsupportedFormat": (voxline.UnsupportedFormatError, ValueError),
    "MalformedInput": (voxline.DecodeError, ValueError),
    "TruncatedInput": (voxline.TruncatedInputError, voxline.DecodeError),
    "LimitExceeded": (voxline.LimitError, ValueError),
    "Io": (voxline.InputOutputError, OSError),
    "Connect": (voxline.ConnectError, ConnectionError),
    "Timeout": (voxline.RequestTimeoutError, TimeoutError),
    "Cancelled": (voxline.CancelledError, Exception),
    "OutcomeUnknown": (voxline.OutcomeUnknownError, Exception),
    "Unauthenticated": (voxline.UnauthenticatedError, voxline.ServiceError),
    "PermissionDenied": (voxline.PermissionDeniedError, voxline.ServiceError),
    "NotFound": (voxline.NotFoundError, voxline.ServiceError),
    "RateLimited": (voxline.RateLimitedError, voxline.ServiceError),
    "Service": (voxline.ServiceError, Exception),
    "FeatureDisabled": (voxline.FeatureDisabledError, NotImplementedError),
    "Internal": (voxline.InternalError, RuntimeError),
    "Panic": (voxline.InternalError, RuntimeError),
}


@pytest.mark.parametrize(("kind", "status", "words"), _voxline._error_kinds())
def test_every_kind_has_its_class(kind: str, status: int, words: str) -> None:
    cls, parent = TREE[kind]
    with pytest.raises(voxline.VoxlineError) as caught:
        _voxline._provoke(status)
    error = caught.value
    assert type(error) is cls and isinstance(error, parent)
    assert (error.kind, error.status, error.context) == (kind, status, "ordered")
    assert str(error).startswith(words)
    retryable = {"Connect": True, "Timeout": True, "RateLimited": True, "OutcomeUnknown": None}.get(kind, False)
    assert error.retryable is retryable and error.retry_after is None
    if isinstance(error, voxline.ServiceError):
        assert (error.http_status, error.code, error.request_id) == (None, None, None)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is cls and again.__dict__ == error.__dict__ and str(again) == str(error)


def test_the_table_above_is_the_whole_list() -> None:
    assert sorted(TREE) == sorted(kind for kind, _, _ in _voxline._error_kinds())
    everything = [getattr(voxline, name) for name in voxline.__all__]
    errors = {cls for cls in everything if isinstance(cls, type) and issubclass(cls, Exception)}
    assert errors - {cls for cls, _ in TREE.values()} == {voxline.VoxlineError}


def test_files_fail_as_python_has_them_fail(tmp_path: Path) -> None:
    missing = tmp_path / "missing.wav"
    for wrong, cls in [(missing, FileNotFoundError), (tmp_path, IsADirectoryError), (missing / "x", FileNotFoundError)]:
        with pytest.raises(cls) as ours:
            voxline.prepare(wrong)
        with pytest.raises(cls) as theirs:
            open(wrong, "rb")
        assert (ours.value.errno, ours.value.strerror) == (theirs.value.errno, theirs.value.strerror)
        assert ours.value.filename == str(wrong)
        assert str(ours.value) == str(theirs.value)
        assert isinstance(ours.value, voxline.InputOutputError) and ours.value.kind == "Io"
        again = pickle.loads(pickle.dumps(ours.value))
        assert type(again) is type(ours.value) and again.filename == ours.value.filename
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(NotADirectoryError):
        voxline.load(file / "x")


def test_every_subclass_of_oserror_has_its_twin() -> None:
    from voxline import _errors

    numbered = [cls for cls in vars(builtins).values() if isinstance(cls, type) and issubclass(cls, OSError)]
    for cls in set(numbered) - {OSError, ConnectionError}:
        assert issubclass(_errors._BUILTINS[cls], (cls, voxline.InputOutputError))


def test_content_that_is_no_recording_is_named() -> None:
    with pytest.raises(voxline.UnsupportedFormatError) as caught:
        voxline.info(b"%PDF-1.7 " + bytes(4000))
    assert "\n" not in str(caught.value) and caught.value.retryable is False
    with pytest.raises(ValueError):
        voxline.load(b"%PDF-1.7 " + bytes(4000))
