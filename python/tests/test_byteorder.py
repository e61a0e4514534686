"""Samples in the order of bytes of another machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import voxline

OTHER = ">" if sys.byteorder == "little" else "<"


@pytest.mark.parametrize("kind", ["i2", "f4"])
@pytest.mark.parametrize("take", [voxline.Resampler(8000, 8000).push, voxline.SpeexEncoder().encode])
def test_samples_of_the_other_byte_order_are_refused(kind: str, take: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError, match="byte order"):
        take(np.zeros(160, OTHER + kind))
