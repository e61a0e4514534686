"""Makes the three inputs: a long call of two synthetic voices.

Stereo, one voice a side, taking turns with pauses over faint noise; the same lines in another order each time round.
The noise reaches up to the Nyquist frequency, so that a converter that lets it alias is found out.
"""

import argparse
import json
import subprocess
import wave
from pathlib import Path

import numpy as np

VOICES = (("en-us", "170", "40"), ("en-gb+f3", "175", "58"))
LINES = (
    "Good morning, this is the parcel service, how may I help you today?",
    "I ordered a pair of shoes last week and they have not arrived yet.",
    "I see. Could you please tell me the number on your receipt?",
    "Certainly, it is seven, four, nine, double zero, three, one.",
    "Thank you. The parcel left our warehouse on Thursday at six.",
    "That is strange, because the tracking page still says preparing.",
    "The page is updated once a day; it should change this evening.",
    "Fine. Can you have it delivered to my neighbour across the street?",
    "Of course. Which house number is that, and what is the name?",
    "Number fifteen, please, and the name on the door is Fletcher.",
)
NOISE_DBFS = -62.0


def speak(folder: Path, rate_hz: int) -> list[np.ndarray]:
    """Every line by its speaker, trimmed, as floats at the rate."""
    spoken = []
    for number, line in enumerate(LINES):
        voice, speed, pitch = VOICES[number % 2]
        raw, ready = folder / "line-raw.wav", folder / "line.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-s", speed, "-p", pitch, "-w", raw, line], check=True)
        trim = ["silence", "1", "0.01", "0.3%", "reverse"] * 2
        subprocess.run(["sox", "-D", "-R", raw, "-r", str(rate_hz), "-b", "16", ready, *trim, "norm", "-4"], check=True)
        with wave.open(str(ready)) as file:
            pcm = file.readframes(file.getnframes())
        spoken.append(np.frombuffer(pcm, "<i2") / 32768.0)
    return spoken


def call(lines: list[np.ndarray], rate_hz: int, frames: int) -> np.ndarray:
    """A call of exactly that many frames, as interleaved s16."""
    random = np.random.default_rng(20240229)
    sides = random.normal(scale=10 ** (NOISE_DBFS / 20), size=(frames, 2))
    at, turn = rate_hz // 4, 0
    while at < frames:
        # Keep the speakers taking turns, whatever the order of the lines.
        side = turn % 2
        line = lines[2 * random.integers(len(lines) // 2) + side]
        line = line[: frames - at]
        sides[at : at + len(line), side] += line * random.uniform(0.6, 1.0)
        at += len(line) + int(rate_hz * random.uniform(0.2, 0.9))
        turn += 1
    return np.clip(np.rint(sides * 32768.0), -32768, 32767).astype("<i2")


def write_wav(path: Path, rate_hz: int, frames: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(frames.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(frames.tobytes())


def make(folder: Path, minutes: float) -> list[dict]:
    """The jobs, each with its input file; what is there already is kept."""
    jobs = [
        {"name": "MP3 44.1 kHz stereo, 128 kbit/s", "file": f"stereo-44k-{minutes:g}min.mp3", "rate_hz": 44100},
        {"name": "WAV 48 kHz stereo, s16", "file": f"stereo-48k-{minutes:g}min.wav", "rate_hz": 48000},
        {"name": "MP3 8 kHz mono, 16 kbit/s", "file": f"mono-8k-{minutes:g}min.mp3", "rate_hz": 8000},
    ]
    folder.mkdir(parents=True, exist_ok=True)
    for job in jobs:
        rate_hz, target = job["rate_hz"], folder / job["file"]
        job["frames"] = round(minutes * 60 * rate_hz)
        job["channels"] = 1 if rate_hz == 8000 else 2
        if not target.exists():
            frames = call(speak(folder, rate_hz), rate_hz, job["frames"])
            if job["channels"] == 1:
                frames = np.rint(frames.mean(axis=1, keepdims=True)).astype("<i2")
            part = folder / "making.part"
            if target.suffix == ".wav":
                write_wav(part, rate_hz, frames)
            else:
                plain = folder / "plain.wav"
                write_wav(plain, rate_hz, frames)
                how = ["-m", "m", "-b", "16"] if job["channels"] == 1 else ["-m", "j", "-b", "128"]
                how += ["--cbr", "--resample", f"{rate_hz / 1000:g}", "--noreplaygain"]
                subprocess.run(["lame", "--quiet", *how, plain, part], check=True)
                plain.unlink()
            part.rename(target)
        job["file"] = str(target)
    return jobs


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("minutes", type=float)
    args = parser.parse_args()
    print(json.dumps(make(args.folder, args.minutes)))
