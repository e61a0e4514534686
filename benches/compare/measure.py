"""Runs one process and says what it cost."""

import json
import os
import shutil
import subprocess
import tempfile
import time

TIME = shutil.which("time")


def run(command: list[str]) -> dict:
    """Wall clock, CPU time (user and system) and peak memory of a command; of its call alone if it prints that.

    The kernel counts the memory of the process that starts another into the peak of the started one, so a small
    launcher, GNU time, stands between this interpreter and the command. Without it the peak is that of an
    interpreter at least.
    """
    with tempfile.NamedTemporaryFile("r", suffix=".time") as peak, tempfile.TemporaryFile() as errors:
        launcher = [TIME, "-q", "-f", "%M", "-o", peak.name] if TIME else []
        started = time.perf_counter()
        child = subprocess.Popen(
            [*launcher, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
        )
        printed = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
            raise RuntimeError(f"{' '.join(command)} exited with {child.returncode}: {said[-500:]}")
        peak_kib = int(peak.read().split()[-1]) if TIME else usage.ru_maxrss
    cost = {"wall_s": wall_s, "cpu_s": usage.ru_utime + usage.ru_stime, "peak_mib": peak_kib / 1024}
    if printed.startswith(b'{"wall_s"'):
        cost["call"] = json.loads(printed)
    return cost
