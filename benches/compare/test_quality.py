"""The measures against closed forms."""

import unittest

import numpy as np

import quality

RNG = np.random.default_rng(7)


FREQUENCIES = RNG.uniform(60.0, 3500.0, size=60)
PHASES = RNG.uniform(0.0, 2 * np.pi, size=60)


def tones(rate_hz: int, seconds: float, delay_s: float = 0.0, gain: float = 1.0) -> np.ndarray:
    """A sum of tones that can be written down at any rate and any delay, of power 0.3."""
    t = np.arange(round(rate_hz * seconds)) / rate_hz - delay_s
    return gain * sum(0.1 * np.sin(2 * np.pi * f * t + p) for f, p in zip(FREQUENCIES, PHASES))


class Resampling(unittest.TestCase):
    def test_tones_stay_what_they_are(self) -> None:
        for rate_hz in (48000, 44100, 8000, 11025):
            with self.subTest(rate_hz=rate_hz):
                out = quality.resample(tones(rate_hz, 4.0), rate_hz, 16000)
                exact = tones(16000, 4.0)
                self.assertEqual(len(out), len(exact))
                # The recording starts and ends with a step, which rings; a shift by 1e-6 of a sample would be found.
                middle = slice(24000, 40000)
                self.assertLess(np.max(np.abs(out - exact)[middle]), 2e-5)

    def test_what_lies_above_the_new_nyquist_frequency_is_gone(self) -> None:
        t = np.arange(48000 * 4) / 48000
        shaped = np.sin(2 * np.pi * 9000 * t) * quality.window(len(t), 24000)
        out = quality.resample(shaped, 48000, 16000)
        # The fade of the tone itself has a tail of 4e-8; aliasing 100 dB down would be 1e-5.
        self.assertLess(np.max(np.abs(out)), 1e-6)

    def test_lengths_are_rounded(self) -> None:
        for frames in (44100, 44101, 50000, 65537):
            out = quality.resample(RNG.normal(size=frames), 44100, 16000)
            self.assertEqual(len(out), round(frames * 16000 / 44100))

    def test_fast_lengths_have_small_factors_and_none_lies_between(self) -> None:
        def is_smooth(n: int) -> bool:
            for factor in (2, 3, 5):
                while n % factor == 0:
                    n //= factor
            return n == 1

        for least in range(1, 700):
            expected = next(n for n in range(least, 2 * least + 1) if is_smooth(n))
            self.assertEqual(quality.fast_length(least), expected)


class Measures(unittest.TestCase):
    def test_a_shift_and_a_gain_are_found_and_taken_out(self) -> None:
        reference = tones(16000, 6.0)
        for lag, gain in ((0.0, 1.0), (3.25, 0.5), (-17.5, 0.98), (400.9, 1.1)):
            with self.subTest(lag=lag):
                output = tones(16000, 6.0, delay_s=lag / 16000, gain=gain)
                found = quality.measure(reference, output, 16000)
                self.assertAlmostEqual(found["lag"], lag, places=5)
                self.assertAlmostEqual(found["gain_db"], 20 * np.log10(gain), places=5)
                self.assertGreater(found["snr_db"], 100.0)

    def test_noise_gives_its_own_ratio(self) -> None:
        reference = RNG.normal(size=16000 * 10)
        noise = RNG.normal(size=len(reference)) * 10 ** (-60 / 20)
        found = quality.measure(reference, reference + noise, 16000)
        self.assertAlmostEqual(found["snr_db"], 60.0, delta=0.1)
        self.assertAlmostEqual(found["lag"], 0.0, places=4)

    def test_noise_outside_the_band_does_not_count_but_is_shown(self) -> None:
        reference = tones(16000, 6.0)
        image = 0.01 * np.sin(2 * np.pi * 5000 * np.arange(len(reference)) / 16000)
        found = quality.measure(reference, reference + image, 8000)
        self.assertGreater(found["snr_db"], 100.0)
        expected = 10 * np.log10(0.01**2 / 2 / (0.3 + 0.01**2 / 2))
        self.assertAlmostEqual(found["stray_db"], expected, delta=0.1)

    def test_missing_frames_are_counted(self) -> None:
        reference = tones(16000, 6.0)
        self.assertEqual(quality.measure(reference, reference[:-123], 16000)["frames_off"], -123)


if __name__ == "__main__":
    unittest.main()
