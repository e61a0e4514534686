"""Against the module that the G.711 functions replace; it left Python with 3.13."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np
import pytest
import voxline

EVERY = np.arange(-32768, 32768, dtype=np.int16)


@pytest.fixture(scope="module")
def audioop() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return importlib.import_module("audioop")
        except ImportError:
            pytest.skip("needs audioop, which Python has up to 3.12")


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_expanding_gives_its_bytes(audioop: Any, width: int) -> None:
    codes = bytes(range(256))
    assert voxline.ulaw2lin(codes, width) == audioop.ulaw2lin(codes, width)
    assert voxline.alaw2lin(codes, width) == audioop.alaw2lin(codes, width)


def test_compressing_to_a_law_gives_its_codes(audioop: Any) -> None:
    for width in (1, 2, 3, 4):
        samples = audioop.lin2lin(EVERY.tobytes(), 2, width)
        assert voxline.lin2alaw(samples, width) == audioop.lin2alaw(samples, width)


def test_compressing_to_mu_law_differs_as_documented(audioop: Any) -> None:
    ours, theirs = (np.frombuffer(do(EVERY.tobytes(), 2), np.uint8) for do in (voxline.lin2ulaw, audioop.lin2ulaw))
    differs = ours != theirs
    assert differs.sum() == 508 and EVERY[differs].max() < 0
    assert set(np.abs(ours[differs].astype(int) - theirs[differs].astype(int))) == {1}

    def distance(codes: Any) -> Any:
        return np.abs(np.frombuffer(audioop.ulaw2lin(codes.tobytes(), 2), np.int16) - EVERY.astype(int))

    assert (distance(ours) <= distance(theirs)).all() and (distance(ours) < distance(theirs)).any()
    assert "508" in (voxline.lin2ulaw.__doc__ or "")
