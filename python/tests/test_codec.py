"""Base64, G.711, rate conversion."""

from __future__ import annotations

import base64
import random
import struct
from typing import Any

import numpy as np
import pytest
import voxline


def test_base64_is_that_of_the_standard_library_for_any_cutting() -> None:
    dice = random.Random(1)
    for length in [*range(8), 1000, 100_001]:
        data = dice.randbytes(length)
        expected = base64.b64encode(data).decode()
        assert voxline.base64_encode(data) == voxline.base64_encode(memoryview(data)) == expected
        encoder, text, rest = voxline.Base64Encoder(), "", data
        while rest:
            cut = dice.randint(1, 1000)
            text, rest = text + encoder.push(rest[:cut]), rest[cut:]
        assert text + encoder.finish() == expected
        assert encoder.push(b"foo") + encoder.finish() == "Zm9v"


def ulaw(code: int) -> int:
    """The value of a µ-law word by the formula of G.711, Table 2a."""
    word = ~code & 0xFF
    value = ((2 * (word & 15) + 33) << (word >> 4 & 7)) - 33
    return 4 * (-value if word & 0x80 else value)


def alaw(code: int) -> int:
    """The value of an A-law word by the formula of G.711, Table 1a."""
    word = code ^ 0x55
    step, segment = word & 15, word >> 4 & 7
    value = 2 * step + 1 if segment == 0 else (2 * step + 33) << (segment - 1)
    return 8 * (value if word & 0x80 else -value)


@pytest.mark.parametrize(
    ("to_linear", "from_linear", "law"),
    [(voxline.ulaw2lin, voxline.lin2ulaw, ulaw), (voxline.alaw2lin, voxline.lin2alaw, alaw)],
)
def test_g711_follows_the_tables_in_every_width(to_linear: Any, from_linear: Any, law: Any) -> None:
    codes = bytes(range(256))
    values = [law(code) for code in codes]
    assert struct.unpack("=256h", to_linear(codes)) == tuple(values)
    assert struct.unpack("=256h", to_linear(codes, 2)) == tuple(values)
    assert struct.unpack("=256i", to_linear(codes, 4)) == tuple(value << 16 for value in values)
    assert struct.unpack("=256b", to_linear(codes, 1)) == tuple(value >> 8 for value in values)
    three = to_linear(bytearray(codes), 3)
    assert [int.from_bytes(three[i : i + 3], "little", signed=True) for i in range(0, 768, 3)] == [v << 8 for v in values]
    for width in (2, 3, 4):
        # µ-law has two words for 0.
        back = from_linear(to_linear(codes, width), width)
        assert [law(code) for code in back] == values
    # Louder samples never go to lower values, and with the levels themselves exact, each border is between its levels.
    everything = np.arange(-32768, 32768, dtype=np.int16)
    words = np.frombuffer(from_linear(everything.tobytes()), dtype=np.uint8)
    assert np.all(np.diff(np.array(values)[words]) >= 0)


@pytest.mark.parametrize("call", [voxline.ulaw2lin, voxline.lin2ulaw, voxline.alaw2lin, voxline.lin2alaw])
def test_g711_refuses_impossible_widths(call: Any) -> None:
    for width in (0, 5):
        with pytest.raises(ValueError, match="width"):
            call(bytes(8), width)
    with pytest.raises(TypeError):
        call("text", 2)
    with pytest.raises(ValueError, match="whole"):
        voxline.lin2ulaw(bytes(3), 2)


def test_a_resampler_gives_what_load_gives_however_it_is_fed() -> None:
    dice = np.random.default_rng(1)
    samples = dice.integers(-20_000, 20_000, (5000, 2), dtype=np.int16)
    raw: Any = {"input_raw_format": "s16le", "input_raw_rate_hz": 44_100, "input_raw_channels": 2}
    expected = voxline.load(samples.tobytes(), channels="keep", sample_rate=16_000, **raw)
    resampler = voxline.Resampler(44_100, 16_000, channels=2)
    for step in (5000, 77):
        pieces = [resampler.push(samples[i : i + step]) for i in range(0, 5000, step)]
        got = np.concatenate([*pieces, resampler.finish()])
        np.testing.assert_array_equal(got, expected)
    as_bytes = resampler.push(samples.tobytes()) + resampler.finish()
    assert as_bytes == expected.tobytes()
    floats = voxline.load(samples.tobytes(), channels="keep", sample_rate=16_000, dtype="float32", **raw)
    pushed = resampler.push(samples.astype(np.float32) / np.float32(32768))
    np.testing.assert_array_equal(np.concatenate([pushed, resampler.finish()]), floats)
    # Memory that is not in a row.
    one = voxline.Resampler(8000, 8000)
    np.testing.assert_array_equal(one.push(samples[:, 1]), samples[:, 1])


def test_a_resampler_refuses_what_it_cannot_take() -> None:
    resampler = voxline.Resampler(8000, 16_000, channels=2)
    with pytest.raises(voxline.InvalidArgumentError, match="whole frames"):
        resampler.push(bytes(2))
    with pytest.raises(ValueError, match="odd"):
        resampler.push(bytes(3))
    with pytest.raises(voxline.InvalidStateError):
        resampler.push(np.zeros(2, dtype=np.int16))
    resampler.reset()
    assert resampler.push(np.zeros(0, dtype=np.int16)).shape == (0, 2)
    with pytest.raises(TypeError, match="int16"):
        resampler.push(np.zeros(2))  # type: ignore[arg-type]
    for wrong in ((0, 8000), (8000, 10**6)):
        with pytest.raises(voxline.InvalidArgumentError):
            voxline.Resampler(*wrong)
    with pytest.raises(voxline.InvalidArgumentError, match="standard"):
        voxline.Resampler(8000, 16_000, quality="good")  # type: ignore[arg-type]
