"""Memory as its format says: orders of bytes, kinds, shapes."""

from __future__ import annotations

import array
import ctypes
import io
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


OWN = "<" if OTHER == ">" else ">"


def test_ctypes_writes_the_order_and_is_taken(mp3: bytes) -> None:
    ramp = np.arange(-800, 800, dtype=np.int16)
    short, single = (ctypes.c_int16 * 1600)(*ramp.tolist()), (ctypes.c_float * 1600)(*(ramp / 32768).tolist())
    assert memoryview(short).format == f"{OWN}h" and memoryview(single).format == f"{OWN}f"
    resampler = voxline.Resampler(8000, 8000)
    np.testing.assert_array_equal(resampler.push(short), ramp)  # type: ignore[call-overload]
    resampler.reset()
    np.testing.assert_array_equal(resampler.push(single), ramp / np.float32(32768))  # type: ignore[call-overload]
    frame = ramp[:160]
    expected = voxline.SpeexEncoder().encode(frame)
    assert voxline.SpeexEncoder().encode((ctypes.c_int16 * 160)(*frame.tolist())) == expected  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="byte order"):
        voxline.Resampler(8000, 8000).push((ctypes.c_int16.__ctype_be__ * 4)())  # type: ignore[call-overload]
    codes = voxline.lin2ulaw(ramp.tobytes())
    assert voxline.lin2ulaw(short) == codes
    for bytes_ in ((ctypes.c_uint8 * len(mp3)).from_buffer_copy(mp3), ctypes.create_string_buffer(mp3, len(mp3))):
        assert memoryview(bytes_).format in ("<B", ">B", "<c", ">c")
        assert voxline.prepare(bytes_) == voxline.prepare(mp3)
        assert b"".join(voxline.stream(bytes_, encoding="pcm")) == voxline.prepare(mp3, encoding="pcm").data
        assert voxline.base64_encode(bytes_) == voxline.base64_encode(mp3)

        class Reader:
            def __init__(self) -> None:
                self.rest = [bytes_]  # noqa: B023

            def read(self, count: int) -> memoryview | bytes:
                return memoryview(self.rest.pop()) if self.rest else b""

        assert voxline.info(Reader()) == voxline.info(io.BytesIO(mp3))


def test_arrays_have_the_shape_of_frames() -> None:
    two = voxline.Resampler(8000, 8000, channels=2)
    assert two.push(np.zeros((3, 2), np.int16)).shape == (3, 2) == two.push(np.zeros(6, np.int16)).shape
    for shape in [(2, 3), (6, 1), (1, 6), (1, 3, 2)]:
        with pytest.raises(voxline.InvalidArgumentError, match="shape"):
            two.push(np.zeros(shape, np.int16))
    encoder = voxline.SpeexEncoder()
    assert encoder.encode(np.zeros((160, 1), np.float32))
    for shape in [(80, 2), (1, 160), (160, 1, 1)]:
        with pytest.raises(voxline.InvalidArgumentError, match="shape"):
            encoder.encode(np.zeros(shape, np.float32))
    with pytest.raises(voxline.InvalidArgumentError, match="shape"):
        two.push(memoryview(bytes(8)).cast("B", (4, 2)))


@pytest.mark.parametrize(("to_linear", "from_linear"), [
    (voxline.ulaw2lin, voxline.lin2ulaw), (voxline.alaw2lin, voxline.lin2alaw),
])
def test_g711_goes_by_the_bytes_of_any_memory_in_a_row(
    to_linear: Callable[..., bytes], from_linear: Callable[..., bytes]
) -> None:
    ramp = np.arange(-30000, 30000, 7, dtype=np.int16)
    codes = from_linear(ramp.tobytes(), 2)
    assert from_linear(ramp, 2) == from_linear(array.array("h", ramp.tolist()), 2) == codes
    assert from_linear(ramp[: len(ramp) // 2 * 2].reshape(-1, 2)) == codes[: len(ramp) // 2 * 2]
    wide = ramp.astype(np.int32) << 16
    assert from_linear(wide, 4) == from_linear(array.array("i", wide.tolist()), 4) == codes
    signed = array.array("b", codes)
    assert to_linear(signed) == to_linear(codes)
    with pytest.raises(TypeError, match="row"):
        from_linear(ramp[::2], 2)
    with pytest.raises(TypeError, match="byte order"):
        from_linear(ramp.astype(OTHER + "i2"), 2)


def test_a_dtype_is_that_of_this_machine() -> None:
    sound = bytes(320)

    def load(dtype: Any) -> Any:
        return voxline.load(sound, input_raw_format="s16le", dtype=dtype).dtype

    int16: list[Any] = ["int16", "i2", OWN + "i2", "=i2", np.dtype(OWN + "i2"), np.int16, np.dtype("int16")]
    for dtype in int16:
        assert load(dtype) == np.int16
    float32: list[Any] = ["float32", "f4", OWN + "f4", np.float32]
    for dtype in float32:
        assert load(dtype) == np.float32
    wrong: list[Any] = [OTHER + "i2", np.dtype(OTHER + "f4"), "int32", np.float64, "no such", float]
    for dtype in wrong:
        with pytest.raises(voxline.InvalidArgumentError, match="dtype") as caught:
            load(dtype)
        assert (caught.value.kind, caught.value.status) == ("InvalidArgument", -1001)
    with pytest.raises(TypeError):
        load(3.5)


@pytest.mark.parametrize("number", [-1, 300, 1 << 16, 1 << 40, -(1 << 70), 10**5000], ids=lambda n: f"{n.bit_length()}")
def test_a_number_that_no_word_holds_is_an_argument_that_cannot_be(number: int) -> None:
    wrong: dict[str, Callable[[], object]] = {
        "quality": lambda: voxline.SpeexEncoder(quality=number),
        "complexity": lambda: voxline.SpeexEncoder(complexity=number),
        "from_rate|rate": lambda: voxline.Resampler(number, 8000),
        "to_rate|rate": lambda: voxline.Resampler(8000, number),
        "channel": lambda: voxline.Resampler(8000, 8000, channels=number),
        "output|yet": lambda: pushed().pull(number),
        "output": lambda: pushed().pull_samples(number),
        "width": lambda: voxline.ulaw2lin(b"", number),
    }
    for words, call in wrong.items():
        if (words == "channel" and number == 300) or ("rate" in words and number == 1 << 16):
            continue
        with pytest.raises(voxline.InvalidArgumentError, match=words):
            call()
    for name in ("port", "pending_polls", "key_fetches"):
        if not 0 <= number < 1 << 32:
            with pytest.raises(voxline.InvalidArgumentError, match=name):
                voxline.Simulator(**{name: number})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="quality"):
        voxline.SpeexEncoder(quality=1.5)  # type: ignore[arg-type]


def pushed() -> voxline.Preparer:
    preparer = voxline.Preparer(input_raw_format="alaw")
    preparer.push(bytes(100))
    preparer.finish()
    return preparer
