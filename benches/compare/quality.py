"""How far an output is from the exact one.

The exact one: the source's frames, mixed as (L + R) / 2, resampled in long double by truncating the spectrum of the
whole recording. The frames of an MP3 are those of mpg123's float decode, and how far ffmpeg's is from it stands beside
the table. Only the band below 0.90 of the lower Nyquist frequency counts, there every converter claims to be
flat; the first and the last half second do not count. A shift and a gain are faults of their own: each is found by least
squares, shown in its own column, and taken out before the ratio of signal to error is formed.
"""

import argparse
import json
import subprocess
import wave
from fractions import Fraction

import numpy as np

TARGET_HZ = 16000
BAND = 0.90
#: Encoder delays are at most a few thousand frames.
LONGEST_LAG = 8192


def fast_length(least: int) -> int:
    """The smallest number from `least` on whose only prime factors are 2, 3 and 5."""
    best, fives = 1 << (least - 1).bit_length(), 1
    while fives < best:
        threes = fives
        while threes < best:
            twos = max(1, 1 << max(0, (-(-least // threes) - 1).bit_length()))
            best = min(best, threes * twos) if threes * twos >= least else best
            threes *= 3
        fives *= 5
    return best


def resample(samples: np.ndarray, from_hz: int, to_hz: int) -> np.ndarray:
    """The samples at another rate, round(n·b/a) of them, through one transform in long double."""
    ratio = Fraction(to_hz, from_hz)
    # A second of silence on either side of the circle keeps the end from ringing into the start.
    blocks = fast_length(-(-(len(samples) + 2 * from_hz) // ratio.denominator))
    length_in, length_out = blocks * ratio.denominator, blocks * ratio.numerator
    spectrum = np.fft.rfft(samples.astype(np.longdouble), length_in)
    spectrum = spectrum[: length_out // 2 + 1]
    if length_out > length_in:
        # The bin at the old Nyquist frequency stands for both signs.
        if length_in % 2 == 0:
            spectrum[-1] /= 2
    out = np.fft.irfft(spectrum, length_out) * np.longdouble(length_out) / np.longdouble(length_in)
    return out[: round(len(samples) * ratio)].astype(np.float64)


def window(length: int, fade: int) -> np.ndarray:
    """One, with a raised cosine at either end."""
    shape = np.ones(length)
    ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / fade)
    shape[:fade], shape[-fade:] = ramp, ramp[::-1]
    return shape


def measure(reference: np.ndarray, output: np.ndarray, lower_hz: int, rate_hz: int = TARGET_HZ) -> dict:
    """Lag in samples, gain in dB and signal-to-error ratio in dB of an output; `lower_hz` is the lower of the rates."""
    length = fast_length(max(len(reference), len(output)) + 2 * LONGEST_LAG)
    correlation = np.fft.irfft(np.conj(np.fft.rfft(reference, length)) * np.fft.rfft(output, length), length)
    correlation[LONGEST_LAG:-LONGEST_LAG] = -np.inf
    lag = int(np.argmax(correlation))
    lag -= length if lag > length // 2 else 0

    # Moving the reference before the window is laid over both keeps the window out of the error; twice is enough.
    fraction = 0.0
    for _ in range(3):
        moved, found, omega = spectra(delayed(reference, fraction), output, lag, rate_hz // 2)
        inside = omega <= BAND * np.pi * lower_hz / rate_hz
        step, gain = fit(moved[inside], found[inside], omega[inside])
        if abs(step) < 1e-7:
            break
        fraction += step
    error = power(found[inside] - gain * moved[inside])
    signal = power(gain * moved[inside])
    stray = power(found[omega > (2 - BAND) * np.pi * lower_hz / rate_hz]) / power(found)
    return {
        "lag": lag + fraction,
        "gain_db": 20 * np.log10(abs(gain)),
        "snr_db": 10 * np.log10(signal / error) if error > 0 else float("inf"),
        "stray_db": 10 * np.log10(stray) if lower_hz < rate_hz and stray > 0 else None,
        "frames_off": len(output) - len(reference),
    }


def delayed(samples: np.ndarray, fraction: float) -> np.ndarray:
    """The samples later by a fraction of one, as if band-limited."""
    if fraction == 0.0:
        return samples
    length = fast_length(len(samples) + 2 * LONGEST_LAG)
    omega = 2 * np.pi * np.arange(length // 2 + 1) / length
    return np.fft.irfft(np.fft.rfft(samples, length) * np.exp(-1j * omega * fraction), length)[: len(samples)]


def spectra(reference: np.ndarray, output: np.ndarray, lag: int, edge: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The spectra of what both hold, edges faded, the output taken `lag` later; and the angular frequencies."""
    start, end = edge + max(0, -lag), min(len(reference), len(output) - lag) - edge
    shape, length = window(end - start, edge), fast_length(end - start)
    exact = np.fft.rfft(reference[start:end] * shape, length)
    found = np.fft.rfft(output[start + lag : end + lag] * shape, length)
    return exact, found, 2 * np.pi * np.arange(len(exact)) / length


def fit(exact: np.ndarray, found: np.ndarray, omega: np.ndarray) -> tuple[float, float]:
    """Delay and gain that bring one spectrum closest to the other: found ≈ gain · exact · e^(−jω·delay)."""
    delay = 0.0
    for _ in range(20):
        # Newton's method.
        cross = np.conj(exact) * found * np.exp(1j * omega * delay)
        step = -np.sum(omega * cross.imag) / np.sum(omega**2 * cross.real)
        delay += step
        if abs(step) < 1e-9:
            break
    turned = exact * np.exp(-1j * omega * delay)
    return delay, np.sum(np.conj(turned) * found).real / power(exact)


def power(spectrum: np.ndarray) -> float:
    return float(np.sum(spectrum.real**2 + spectrum.imag**2))


def source_frames(job: dict) -> tuple[np.ndarray, str]:
    """The mono mix of a job's input as floats, and a note on where the frames of an MP3 come from."""
    channels = job["channels"]
    if job["file"].endswith(".wav"):
        with wave.open(job["file"]) as file:
            frames = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768.0
        return frames.reshape(-1, channels).mean(axis=1), "the samples of the file"
    first = decode(["mpg123", "-q", "-e", "f32", "-s", job["file"]], channels)
    second = decode(["ffmpeg", "-nostdin", "-v", "error", "-i", job["file"], "-f", "f32le", "-"], channels)
    same = min(len(first), len(second), job["frames"])
    error = power_of(first[:same] - second[:same]) / power_of(first[:same])
    difference = f"ffmpeg's differs by {10 * np.log10(error):.0f} dB" if error > 0 else "ffmpeg's is the same"
    note = f"mpg123's float decode, {len(first)} frames of {job['frames']} encoded; {difference}"
    return first.mean(axis=1), note


def power_of(frames: np.ndarray) -> float:
    return float(np.sum(frames**2))


def decode(command: list[str], channels: int) -> np.ndarray:
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return np.frombuffer(out, "<f4").astype(np.float64).reshape(-1, channels)


def judge(job: dict, outputs: dict[str, str]) -> dict:
    """The measures of every output of a job, and of the reference itself once rounded to 16 bits."""
    source, note = source_frames(job)
    reference = resample(source, job["rate_hz"], TARGET_HZ)
    lower_hz = min(job["rate_hz"], TARGET_HZ)
    rounded = np.clip(np.rint(reference * 32768.0), -32768, 32767) / 32768.0
    table = {"the reference, rounded to 16 bits": measure(reference, rounded, lower_hz)}
    for tool, path in outputs.items():
        table[tool] = measure(reference, np.fromfile(path, "<i2") / 32768.0, lower_hz)
    return {"note": note, "table": table}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("job", help="JSON: file, rate_hz, channels, frames")
    parser.add_argument("outputs", help="JSON: tool to file of s16le at 16 kHz")
    args = parser.parse_args()
    print(json.dumps(judge(json.loads(args.job), json.loads(args.outputs))))
