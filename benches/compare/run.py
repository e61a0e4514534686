"""The same jobs through voxline and through others, in one run; `cargo xtask compare` calls this.

The processes run one after another on one core, every tool once a round and in another order each round, so that
whatever else the machine does falls on all of them alike. Nothing heavy is imported here: see measure.py on memory.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import competitors
import measure
import report
import sections

HERE = Path(__file__).parent


def helper(script: str, *args: str) -> object:
    """A helper of ours in a process of its own: its answer in JSON."""
    command = [sys.executable, "-B", str(HERE / script), *args]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(prog="cargo xtask compare")
    parser.add_argument("what", nargs="?", default="all", choices=("speed", "quality", "all"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--program", required=True, help="voxline as built for release")
    parser.add_argument("--work", required=True, type=Path, help="folder for inputs and outputs")
    args = parser.parse_args()
    rounds = 1 if args.what == "quality" else args.rounds

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(f"making the inputs ({args.minutes:g} minutes each)", flush=True)
    jobs = helper("inputs.py", str(args.work), str(args.minutes))
    field = [competitors.voxline(args.program), *competitors.programs(), *competitors.libraries()]

    results = []
    for number, job in enumerate(jobs):
        takers = [competitor for competitor in field if competitor.takes(job["file"])]
        outputs = {c.name: str(args.work / f"out-{number}-{c.name}.s16") for c in takers}
        costs: dict[str, list[dict]] = {c.name: [] for c in takers}
        for turn in range(rounds):
            shift = turn % len(takers)
            for competitor in takers[shift:] + takers[:shift]:
                Path(outputs[competitor.name]).unlink(missing_ok=True)
                command = competitor.command(job["file"], outputs[competitor.name])
                costs[competitor.name].append(measure.run(command))
            print(f"{job['name']}: round {turn + 1} of {rounds}", flush=True)
        result = {"job": job, "costs": costs, "quality": None}
        if args.what != "speed":
            print(f"{job['name']}: judging the outputs", flush=True)
            result["quality"] = helper("quality.py", json.dumps(job), json.dumps(outputs))
        for path in outputs.values():
            Path(path).unlink(missing_ok=True)
        results.append(result)

    page = report.page(results, field, args)
    print(f"\n{page}")
    if args.what == "all":
        sections.replace(HERE.parent.parent / "BENCHMARKS.md", None, page)


if __name__ == "__main__":
    main()
