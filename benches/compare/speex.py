"""Our Speex encoder and libspeex's: quality and speed side by side; `cargo xtask compare speex` calls this."""

import argparse
import os
import statistics
import subprocess
import wave
from pathlib import Path

import numpy as np

import libspeex
import measure
import report

ROOT = Path(__file__).parent.parent.parent
BENCHMARKS = ROOT / "BENCHMARKS.md"
HEADING = "## Speex"
PROFILE = "### Where the time goes"
QUALITIES = range(11)
NAMES = {"nb": "narrowband, 8 kHz", "wb": "wideband, 16 kHz"}
ABOUT = """\
The encoder of `voxline-speex` beside libspeex's ({version}), at constant bit rate and equal quality and complexity.

*Quality*: both streams decoded by libspeex with enhancement; means over {count} recordings ({seconds:.0f} s). *segSNR*:
segmental signal-to-noise ratio in decibels; *PESQ*: MOS-LQO, narrowband or wideband mode. *Speed*: medians of the CPU
time (user and system) of whole processes over {minutes:g} min of speech in {rounds} interleaved rounds on one core:
`speexenc` against `packets`, an example of the crate that writes bare packets. *ratio*: above 1 ours is faster.
"""


WHERE = """\
Share of the encoder's CPU time at quality 8, from `perf record` over the same speech; what has less than 2 % is left
out. `continue_paths` is the search for shapes of the innovation: it weighs each entry of a codebook against each path
kept so far, eight entries at a time. The next factor is there: registers twice as wide (AVX-512), fewer entries looked at
(a tree or a sort of the codebook by direction), or fewer paths; the last two change what is found. The rest is spread
over a dozen small kernels, none of which holds a factor any more.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="cargo xtask compare speex")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--complexity", type=int, default=3)
    parser.add_argument(
        "--only", choices=("quality", "speed", "profile"), help="a part; only the profile is written to the page"
    )
    parser.add_argument("--packets", required=True, help="the example as built for release")
    parser.add_argument("--work", required=True, type=Path, help="folder for inputs and outputs")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

    if args.only == "profile":
        page = BENCHMARKS.read_text().split(f"\n{PROFILE}\n")[0].rstrip()
        BENCHMARKS.write_text(f"{page}\n\n{profile(args)}\n")
        print(f"written to {BENCHMARKS.name}")
        return
    lines = []
    for mode in NAMES:
        speech = recordings(mode)
        print(f"{NAMES[mode]}: {', '.join(speech)}", flush=True)
        quality = judge(args, mode, speech) if args.only != "speed" else None
        speed = race(args, mode, speech) if args.only != "quality" else None
        lines += [f"### {NAMES[mode]}, complexity {args.complexity}", "", *table(quality, speed), ""]
    seconds = sum(len(samples) for samples in speech.values()) / 16_000
    about = ABOUT.format(
        version=version(), count=len(speech), seconds=seconds, minutes=args.minutes, rounds=args.rounds
    )
    command = f"    cargo xtask compare speex --rounds {args.rounds} --minutes {args.minutes:g}"
    page = "\n".join([HEADING, "", command, "", *report.machine(), "", about, *lines]).rstrip() + "\n"
    print(f"\n{page}")
    if not args.only:
        page += f"\n{profile(args)}\n"
        BENCHMARKS.write_text(BENCHMARKS.read_text().split(f"\n{HEADING}\n")[0].rstrip() + f"\n\n{page}")
        print(f"written to {BENCHMARKS.name}")


def version() -> str:
    said = subprocess.run(["speexenc", "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return next((line.strip() for line in said.stdout.splitlines() if "ersion" in line), "version unknown")


def recordings(mode: str) -> dict[str, np.ndarray]:
    """The bundled speech and what VOXLINE_VECTORS has, by name."""
    paths = [ROOT / f"assets/answer/answer-{libspeex.RATES_HZ[mode] // 1000}k.wav"]
    folder = os.environ.get("VOXLINE_VECTORS")
    if folder:
        paths += sorted(Path(folder).glob("speech/*.wav"))
    found = {}
    for path in paths:
        with wave.open(str(path)) as file:
            rate = file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")[:: file.getnchannels()]
        if rate == 2 * libspeex.RATES_HZ[mode]:
            samples = halve(samples)
        if rate >= libspeex.RATES_HZ[mode]:
            found[path.stem] = samples
    return found


def halve(samples: np.ndarray) -> np.ndarray:
    """At half the rate, after a windowed sinc."""
    at = np.arange(-64, 65)
    taps = np.sinc(at * 0.48) * 0.48 * np.blackman(len(at))
    low = np.convolve(samples.astype(float), taps / taps.sum(), mode="same")[::2]
    return np.clip(np.round(low), -32768, 32767).astype(np.int16)


def ours(args: argparse.Namespace, mode: str, quality: int, speech: np.ndarray) -> list[bytes]:
    source, target = args.work / "speech.s16", args.work / "speech.packets"
    speech.astype("<i2").tofile(source)
    subprocess.run([args.packets, mode, str(quality), str(args.complexity), source, target], check=True)
    stream = target.read_bytes()
    count = len(libspeex.frames(mode, speech))
    size = len(stream) // count
    return [stream[at : at + size] for at in range(0, len(stream), size)]


def judge(args: argparse.Namespace, mode: str, speech: dict[str, np.ndarray]) -> list[np.ndarray]:
    """For each quality segmental SNR and PESQ of libspeex and of ours."""
    rows = []
    for quality in QUALITIES:
        theirs = [
            libspeex.judge(mode, samples, libspeex.encode(mode, quality, args.complexity, samples))
            for samples in speech.values()
        ]
        own = [libspeex.judge(mode, samples, ours(args, mode, quality, samples)) for samples in speech.values()]
        rows.append(np.array([np.mean(theirs, axis=0), np.mean(own, axis=0)]))
        print(f"{mode}: judged quality {quality}", flush=True)
    return rows


def race(args: argparse.Namespace, mode: str, speech: dict[str, np.ndarray]) -> list[tuple[float, float]]:
    """For each quality the median CPU seconds of speexenc and of ours."""
    rate = libspeex.RATES_HZ[mode]
    long = np.resize(np.concatenate(list(speech.values())), int(60 * args.minutes) * rate)
    source, raw, target = args.work / f"long-{mode}.wav", args.work / f"long-{mode}.s16", args.work / "coded"
    long.astype("<i2").tofile(raw)
    with wave.open(str(source), "wb") as file:
        file.setparams((1, 2, rate, len(long), "NONE", ""))
        file.writeframes(long.astype("<i2").tobytes())
    rows = []
    for quality in QUALITIES:
        options = ["--quality", str(quality), "--comp", str(args.complexity)]
        commands = [
            ["speexenc", "-n" if mode == "nb" else "-w", *options, str(source), str(target)],
            [args.packets, mode, str(quality), str(args.complexity), str(raw), str(target)],
        ]
        costs: list[list[float]] = [[], []]
        for turn in range(args.rounds):
            for which in (turn % 2, 1 - turn % 2):
                costs[which].append(measure.run(commands[which])["cpu_s"])
        rows.append((statistics.median(costs[0]), statistics.median(costs[1])))
        print(f"{mode}: raced at quality {quality}", flush=True)
    return rows


def profile(args: argparse.Namespace) -> str:
    """The section of the page that says where the encoder's time goes; needs `perf`."""
    lines = [PROFILE, "", WHERE]
    for mode, name in NAMES.items():
        speech, data = recordings(mode), args.work / "perf.data"
        long = np.resize(np.concatenate(list(speech.values())), 120 * libspeex.RATES_HZ[mode])
        source = args.work / f"profile-{mode}.s16"
        long.astype("<i2").tofile(source)
        job = [args.packets, mode, "8", str(args.complexity), str(source), str(args.work / "coded")]
        subprocess.run(["perf", "record", "-q", "-o", data, *job], check=True, stderr=subprocess.DEVNULL)
        report_of = ["perf", "report", "-i", data, "--stdio", "--no-children", "-F", "overhead,symbol"]
        said = subprocess.run(report_of, check=True, capture_output=True, text=True).stdout
        rows = [row.split("%", 1) for row in said.splitlines() if "%" in row and not row.startswith("#")]
        shares = {}
        for share, symbol in rows:
            parts = [part for part in symbol.split()[-1].split("::") if part != "work"]
            shares[parts[-1]] = shares.get(parts[-1], 0.0) + float(share)
        ranked = sorted(shares.items(), key=lambda entry: -entry[1])
        parts = ", ".join(f"`{part}` {share:.0f} %" for part, share in ranked if share >= 2)
        lines.append(f"* {name}: {parts}.")
    return "\n".join(lines)


def table(quality: list[np.ndarray] | None, speed: list[tuple[float, float]] | None) -> list[str]:
    head, rule = "| quality |", "|---|"
    if quality:
        head += " segSNR libspeex | ours | difference | PESQ libspeex | ours | difference |"
        rule += "---|" * 6
    if speed:
        head += " CPU speexenc | ours | ratio |"
        rule += "---|" * 3
    lines = [head, rule]
    for row in QUALITIES:
        line = f"| {row} |"
        if quality:
            (snr, mos), (own_snr, own_mos) = quality[row]
            line += f" {snr:.2f} | {own_snr:.2f} | {own_snr - snr:+.2f} |"
            line += f" {mos:.3f} | {own_mos:.3f} | {own_mos - mos:+.3f} |"
        if speed:
            line += f" {speed[row][0]:.2f} | {speed[row][1]:.2f} | {speed[row][0] / speed[row][1]:.2f} |"
        lines.append(line)
    if quality:
        snr, mos = np.mean([own - theirs for theirs, own in quality], axis=0)
        lines.append(f"| mean | | | {snr:+.2f} | | | {mos:+.3f} |" + (" | | |" if speed else ""))
    return lines


if __name__ == "__main__":
    main()
