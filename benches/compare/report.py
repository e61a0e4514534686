"""The page with the tables."""

import os
import platform
import statistics
import subprocess
from pathlib import Path

ABOUT_SPEED = """\
Medians. *wall* and *CPU* (user and system) are seconds for the whole process, start to exit; *x wall* and *x CPU* say
how many times as long as voxline that is, so above 1 voxline is faster. For a Python library the row *call* counts the
call alone, its imports done and warmed up, against the whole process of voxline; *process* is the whole interpreter.
"""

ABOUT_QUALITY = """\
*frames off*: output frames against round(n·b/a). *lag*: samples at 16 kHz by which the output is late. *gain*: against
(L + R) / 2. *SNR*: signal to error below 0.90 of the lower Nyquist frequency against a long-double resampling of the
source, lag and gain taken out; rounding to 16 bits alone gives the first row. *stray*: what stands above the source's
band (images and rounding noise), where the rate goes up. The first and the last half second do not count.
"""


def page(results: list[dict], field: list, args) -> str:
    lines = [
        "# Benchmarks",
        "",
        "One job: a file of call audio in, 16 kHz mono s16le out; the same through voxline and through others, interleaved,",
        "one process at a time on one core.",
        "",
        f"    cargo xtask compare {args.what} --rounds {args.rounds} --minutes {args.minutes:g}",
        "",
        *machine(),
        "",
        "| tool | version |",
        "|---|---|",
        *[f"| {competitor.name} | {competitor.version} |" for competitor in field],
        "",
    ]
    if args.what != "quality":
        lines += ["## Speed and memory", "", ABOUT_SPEED]
        for result in results:
            lines += [f"### {result['job']['name']}, {args.minutes:g} min", "", *speed_table(result["costs"]), ""]
    if any(result["quality"] for result in results):
        lines += ["## Quality", "", ABOUT_QUALITY]
        for result in results:
            lines += [f"### {result['job']['name']}", "", f"Source: {result['quality']['note']}.", ""]
            lines += [*quality_table(result["quality"]["table"]), ""]
    return "\n".join(lines).rstrip() + "\n"


def machine() -> list[str]:
    """What it ran on; no names of hosts or people."""
    model, memory = platform.machine(), ""
    cpu, mem = Path("/proc/cpuinfo"), Path("/proc/meminfo")
    if cpu.exists():
        names = [line.split(":", 1)[1].strip() for line in cpu.read_text().splitlines() if line.startswith("model name")]
        model = names[0] if names else model
    if mem.exists():
        memory = f", {int(mem.read_text().split()[1]) / 1048576:.0f} GiB"
    rustc = subprocess.run(["rustc", "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    return [
        f"{model}, {os.cpu_count()} cores{memory}; {platform.system()} {platform.release().split('-')[0]} "
        f"{platform.machine()}; {rustc or 'rustc unknown'}; Python {platform.python_version()}."
    ]


def speed_table(costs: dict[str, list[dict]]) -> list[str]:
    def median(rounds: list[dict], what: str) -> float:
        return statistics.median(cost[what] for cost in rounds)

    rows = []
    for name, rounds in costs.items():
        peak = f"{median(rounds, 'peak_mib'):.1f}"
        if "call" in rounds[0]:
            calls = [cost["call"] for cost in rounds]
            rows.append((f"{name}, call", median(calls, "wall_s"), median(calls, "cpu_s"), ""))
            rows.append((f"{name}, process", median(rounds, "wall_s"), median(rounds, "cpu_s"), peak))
        else:
            rows.append((name, median(rounds, "wall_s"), median(rounds, "cpu_s"), peak))
    own_wall, own_cpu = rows[0][1], rows[0][2]
    lines = ["| | wall s | CPU s | x wall | x CPU | peak MiB |", "|---|--:|--:|--:|--:|--:|"]
    for name, wall, cpu, peak in rows:
        ratios = f"{wall / own_wall:.2f} | {cpu / own_cpu:.2f}"
        lines.append(f"| {name} | {wall:.3f} | {cpu:.3f} | {ratios} | {peak} |")
    return lines


def quality_table(table: dict[str, dict]) -> list[str]:
    lines = ["| | frames off | lag | gain dB | SNR dB | stray dB |", "|---|--:|--:|--:|--:|--:|"]
    for name, measure in table.items():
        stray = "" if measure["stray_db"] is None else f"{measure['stray_db']:.1f}"
        # Adding zero turns -0.000 into 0.000.
        lag, gain = round(measure["lag"], 3) + 0.0, round(measure["gain_db"], 3) + 0.0
        lines.append(
            f"| {name} | {measure['frames_off']:+d} | {lag:.3f} | {gain:.3f} | {measure['snr_db']:.1f} | {stray} |"
        )
    return lines
