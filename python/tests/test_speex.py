"""The Speex codec by itself."""

from __future__ import annotations

import concurrent.futures
from typing import Any

import numpy as np
import pytest
import voxline
from numpy.typing import NDArray


def tone(frames: int, rate: int) -> NDArray[np.int16]:
    """Slowly rising, so that no other shift fits."""
    t = np.arange(frames) / rate
    return np.asarray(8000 * np.sin(2 * np.pi * 700 * t * (1 + t / 10)), dtype=np.int16)


@pytest.mark.parametrize(("band", "rate", "frame", "profile"), [
    ("narrowband", 8000, 160, "speex"),
    ("wideband", 16000, 320, "speex-wb"),
])
def test_packets_are_those_of_prepare(band: Any, rate: int, frame: int, profile: Any) -> None:
    samples = tone(50 * frame, rate)
    encoder = voxline.SpeexEncoder(band, quality=9, complexity=2)
    assert (encoder.band, encoder.sample_rate, encoder.frame_samples) == (band, rate, frame)
    assert (encoder.quality, encoder.complexity) == (9, 2)
    packets = [encoder.encode(samples[i : i + frame]) for i in range(0, len(samples), frame)]
    assert {len(packet) for packet in packets} == {encoder.packet_bytes}
    prepared = voxline.prepare(
        samples.tobytes(), input_raw_format="s16le", input_raw_rate_hz=rate, sample_rate=rate, encoding=profile,
        speex_quality=9, speex_complexity=2, speex_framing="bare",
    )
    assert prepared.report.target.packet_bytes == encoder.packet_bytes
    # The same from bytes, from float32, and after reset.
    encoder.reset()
    assert encoder.encode(samples[:frame].tobytes()) == packets[0]
    encoder.reset()
    assert encoder.encode(samples[:frame].astype(np.float32) / np.float32(32768)) == packets[0]
    # And it is the tone: shifted by what both say, the decoder gives it back.
    decoder = voxline.SpeexDecoder(band)
    heard = np.concatenate([decoder.decode(packet) for packet in packets]).astype(np.float64)

    def noise(late: int) -> float:
        part = slice(20 * frame, 40 * frame)
        ours, theirs = samples[part].astype(np.float64), heard[part.start + late : part.stop + late]
        return float(np.sum((ours - theirs) ** 2) / np.sum(ours**2))

    late = encoder.lookahead + decoder.lookahead
    assert noise(late) < 0.1
    assert noise(late) < min(noise(late - 1), noise(late + 1))


def test_decoding_gives_arrays_of_either_kind() -> None:
    encoder = voxline.SpeexEncoder()
    packet = encoder.encode(tone(160, 8000))
    whole, floats = voxline.SpeexDecoder(), voxline.SpeexDecoder()
    for _ in range(3):
        ours, theirs = whole.decode(packet), floats.decode(bytearray(packet), dtype=np.float32)
        assert (ours.dtype.name, theirs.dtype.name, ours.shape) == ("int16", "float32", (160,))
        np.testing.assert_array_equal(np.clip(np.rint(theirs * 32768), -32768, 32767), ours)
    lost = whole.conceal()
    np.testing.assert_array_equal(np.rint(floats.conceal(dtype="float32") * 32768), lost)
    assert np.any(lost)
    whole.reset()
    assert np.max(np.abs(whole.conceal())) <= 1
    assert voxline.SpeexDecoder("wideband").decode(packet).shape == (320,)
    plain = voxline.SpeexDecoder(enhancement=False)
    assert np.any(plain.decode(packet) != voxline.SpeexDecoder().decode(packet)) and "enhancement=False" in repr(plain)


def test_what_cannot_be_is_refused_and_harms_nothing() -> None:
    refused: list[dict[str, Any]] = [{"quality": 11}, {"complexity": 0}, {"band": "middle"}]
    for wrong in refused:
        with pytest.raises(voxline.InvalidArgumentError):
            voxline.SpeexEncoder(**wrong)
    encoder, again = voxline.SpeexEncoder(), voxline.SpeexEncoder()
    samples = tone(320, 8000)
    assert encoder.encode(samples[:160]) == again.encode(samples[:160])
    for frame in (samples[:159], samples[:161], b""):
        with pytest.raises(voxline.InvalidArgumentError, match="160"):
            encoder.encode(frame)
    packet = encoder.encode(samples[160:])
    assert packet == again.encode(samples[160:])
    decoder, twin = voxline.SpeexDecoder(), voxline.SpeexDecoder()
    with pytest.raises(voxline.TruncatedInputError):
        decoder.decode(packet[:9])
    with pytest.raises(voxline.DecodeError):
        decoder.decode(b"")
    np.testing.assert_array_equal(decoder.decode(packet), twin.decode(packet))
    with pytest.raises(TypeError):
        encoder.encode([0] * 160)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="dtype"):
        decoder.decode(packet, dtype="int8")  # type: ignore[call-overload]


def test_threads_may_share_one() -> None:
    encoder = voxline.SpeexEncoder()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        sizes = set(pool.map(lambda _: len(encoder.encode(bytes(320))), range(200)))
    assert sizes == {encoder.packet_bytes}
