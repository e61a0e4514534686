"""The wheel from outside: small inputs, the boundary, threads, import; `cargo xtask compare python` calls this.

It runs in an environment that has the wheel and its competitors. Whatever is compared takes turns, call by call or
process by process, so that what else the machine does falls on all of them alike; figures are medians.
"""

from __future__ import annotations

import argparse
import io
import statistics
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "compare"))

import report  # noqa: E402
import sections  # noqa: E402

ABOUT = """\
*Small inputs*: a second of 16 kHz mono from the bytes of a WAV file to a NumPy array. *Boundary*: calls that do next to
nothing. *Threads*: the same recordings one after another and in two threads; the ratio is 0.5 where nothing is in the way.
*Import*: in a fresh interpreter, everything that the statement loads. Medians; whatever is compared takes turns.
"""


def small_inputs(rounds: int) -> list[str]:
    import miniaudio
    import soundfile
    import voxline

    samples = (np.random.default_rng(1).normal(size=16000) * 3000).astype("<i2")
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(samples.tobytes())
    data = content.getvalue()

    def standard() -> np.ndarray:
        with wave.open(io.BytesIO(data)) as file:
            return np.frombuffer(file.readframes(file.getnframes()), "<i2")

    ways: dict[str, Callable[[], np.ndarray]] = {
        f"voxline {voxline.__version__}": lambda: voxline.load(data),
        "wave of the standard library": standard,
        f"miniaudio {metadata.version('miniaudio')}": lambda: np.array(
            miniaudio.decode(data, miniaudio.SampleFormat.SIGNED16, 1, 16000).samples, copy=False
        ),
        f"soundfile {metadata.version('soundfile')}": lambda: soundfile.read(io.BytesIO(data), dtype="int16")[0],
    }
    for name, way in ways.items():
        assert np.array_equal(way(), samples), name
    return ["| a second of WAV | µs |", "|---|--:|", *rows(in_turns(ways, rounds * 300))]


def boundary(rounds: int) -> list[str]:
    import voxline

    empty = b"RIFF$\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80>\0\0\0}\0\0\2\0\x10\0data\0\0\0\0"
    options = voxline.Options()
    ways: dict[str, Callable[[], object]] = {
        "a function of Python that does nothing": lambda: None,
        "`ulaw2lin(b\"\", 2)`": lambda: voxline.ulaw2lin(b"", 2),
        "`base64_encode(b\"\")`": lambda: voxline.base64_encode(b""),
        "`Options()`": lambda: voxline.Options(),
        "`load` of a WAV file without frames": lambda: voxline.load(empty),
        "the same with `options=`": lambda: voxline.load(empty, options=options),
        "`prepare` of it": lambda: voxline.prepare(empty, encoding="pcm"),
    }
    return ["| a call | µs |", "|---|--:|", *rows(in_turns(ways, rounds * 300))]


def in_turns(ways: dict[str, Callable[[], object]], turns: int) -> dict[str, float]:
    """Median microseconds of each."""
    spent: dict[str, list[int]] = {name: [] for name in ways}
    for turn in range(turns + 100):
        for name, way in ways.items():
            start = time.perf_counter_ns()
            way()
            took = time.perf_counter_ns() - start
            if turn >= 100:
                spent[name].append(took)
    return {name: statistics.median(times) / 1000 for name, times in spent.items()}


def rows(figures: dict[str, float], digits: int = 1) -> list[str]:
    return [f"| {name} | {figure:.{digits}f} |" for name, figure in figures.items()]


def threads(rounds: int) -> list[str]:
    import voxline

    call = ROOT / "assets" / "call.mp3"
    jobs: dict[str, Callable[[Path], object]] = {
        "`load` of MP3, 44.1 kHz stereo to 16 kHz mono": voxline.load,
        "`prepare` of MP3 to Speex": lambda path: voxline.prepare(path, profile="chat-speex"),
    }
    lines = ["| 8 recordings of 15 s | one after another, ms | two threads, ms | ratio |", "|---|--:|--:|--:|"]
    for name, job in jobs.items():
        one, two = [], []
        with ThreadPoolExecutor(2) as pool:
            for _ in range(rounds + 1):
                start = time.perf_counter()
                for _ in range(8):
                    job(call)
                middle = time.perf_counter()
                list(pool.map(job, [call] * 8))
                one.append(middle - start)
                two.append(time.perf_counter() - middle)
        ratio = statistics.median(b / a for a, b in zip(one[1:], two[1:], strict=True))
        alone, both = (1000 * statistics.median(times[1:]) for times in (one, two))
        lines.append(f"| {name} | {alone:.0f} | {both:.0f} | {ratio:.2f} |")
    return lines


def imports(rounds: int) -> list[str]:
    statements = ["import voxline", "import numpy", "import numpy; import voxline"]
    clock = "import time; a = time.perf_counter(); {}; print(time.perf_counter() - a)"
    spent: dict[str, list[float]] = {statement: [] for statement in statements}
    for turn in range(rounds + 1):
        for statement in statements:
            done = subprocess.run(
                [sys.executable, "-I", "-c", clock.format(statement)], check=True, stdout=subprocess.PIPE
            )
            if turn:
                spent[statement].append(1000 * float(done.stdout))
    figures = {f"`{statement}`": statistics.median(times) for statement, times in spent.items()}
    return ["| import | ms |", "|---|--:|", *rows(figures)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="cargo xtask compare python")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--wheel", required=True, type=Path)
    args = parser.parse_args()
    parts = [small_inputs, boundary, threads, imports]
    page = ["## Python", "", f"    cargo xtask compare python --rounds {args.rounds}", "", *report.machine(), "", ABOUT]
    for part in parts:
        print(part.__name__, flush=True)
        page += [*part(args.rounds), ""]
    page += [f"The wheel, `{args.wheel.name}`: {args.wheel.stat().st_size / 1e6:.2f} MB."]
    text = "\n".join(page) + "\n"
    print(f"\n{text}")
    sections.replace(ROOT / "BENCHMARKS.md", "Python", text)


if __name__ == "__main__":
    main()
