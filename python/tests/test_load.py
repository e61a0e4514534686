"""Samples as NumPy arrays."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
import voxline
from conftest import wav


def test_samples_of_a_file_come_back_bit_for_bit(call_wav: Path) -> None:
    with wave.open(str(call_wav)) as file:
        original = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, file.getnchannels())
    loaded = voxline.load(call_wav, sample_rate="keep", channels="keep")
    assert loaded.dtype == np.int16
    assert loaded.shape == original.shape == (len(original), 2)
    np.testing.assert_array_equal(loaded, original)
    np.testing.assert_array_equal(voxline.load(call_wav, sample_rate="keep", channels="right"), original[:, 1])
    np.testing.assert_array_equal(voxline.load(call_wav, sample_rate="keep", channels=1), original[:, 0])
    floats = voxline.load(call_wav, sample_rate="keep", channels="keep", dtype="float32")
    assert floats.dtype == np.float32
    np.testing.assert_array_equal(floats, original / np.float32(32768))


def test_the_defaults_are_16_khz_mono_16_bit(call_mp3: Path) -> None:
    samples = voxline.load(call_mp3)
    prepared = voxline.prepare(call_mp3, encoding="pcm")
    # 679 410 frames of 44.1 kHz, rounded to frames of 16 kHz.
    assert samples.shape == (246_498,)
    assert samples.tobytes() == prepared.data
    stated = voxline.load(call_mp3, sample_rate=16000, channels="mix", dtype="int16")
    np.testing.assert_array_equal(samples, stated)
    # Where it is not said, the options say it.
    options = voxline.Options(sample_rate=8000, channels="keep")
    assert voxline.load(call_mp3, options=options).shape == (123_249, 2)
    assert voxline.load(call_mp3, options=options, sample_rate=16000, channels="mix").shape == samples.shape


def test_the_array_owns_its_memory_and_can_be_written() -> None:
    source = wav([1, -2, 3])
    samples = voxline.load(source)
    samples += 1
    np.testing.assert_array_equal(samples, [2, -1, 4])
    assert samples.flags.writeable and samples.flags.c_contiguous
    np.testing.assert_array_equal(voxline.load(source), [1, -2, 3])


@pytest.mark.parametrize("frames", [0, 1, 2, 159, 160, 16000, 70000])
def test_every_length_keeps_its_frames(frames: int) -> None:
    values = [(i * 7919) % 65536 - 32768 for i in range(frames)]
    samples = voxline.load(wav(values))
    assert samples.shape == (frames,)
    np.testing.assert_array_equal(samples, np.array(values, dtype=np.int16))


def test_floats_are_neither_rounded_nor_clipped() -> None:
    signal = (np.sin(np.arange(5000) * 0.1) * 1.5).astype("<f4")
    loaded = voxline.load(signal.tobytes(), dtype=np.float32, input_raw_format="f32le", input_raw_rate_hz=16000)
    np.testing.assert_array_equal(loaded, signal)


def test_what_cannot_be_one_array_is_refused(call_wav: Path) -> None:
    with pytest.raises(voxline.InvalidArgumentError, match="keep"):
        voxline.load(call_wav, channels="split")  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="float32"):
        voxline.load(call_wav, dtype="float64")  # type: ignore[call-overload]
    with pytest.raises(voxline.InvalidArgumentError, match="sample_rate_hz"):
        voxline.load(call_wav, sample_rate=3)
