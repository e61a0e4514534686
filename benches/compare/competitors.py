"""Who takes part, and how each does the job: a file in, 16 kHz mono s16le without a header out."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Callable

TARGET_HZ = "16000"
HERE = Path(__file__).parent
#: What the Python libraries warm up on, so that their lazy imports are not counted.
WARM_UP = HERE.parent.parent / "assets" / "answer" / "answer.mp3"


@dataclass(frozen=True)
class Competitor:
    """A way to do the job; `reports_call` when the process prints the time of the call alone."""

    name: str
    version: str
    command: Callable[[str, str], list[str]]
    takes: Callable[[str], bool] = lambda file: True
    reports_call: bool = False


def first_line(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout.strip().splitlines()[0] if done.stdout.strip() else "unknown"


def voxline(program: str) -> Competitor:
    options = ["--profile", "chat-16k", "--encoding", "pcm", "--set", "limits.max_output_bytes=none"]
    return Competitor(
        "voxline", first_line(program, "--version"), lambda a, b: [program, "prepare", a, "-o", b, *options]
    )


def programs() -> list[Competitor]:
    """The programs that are installed, each told not to use more threads and not to dither."""
    ffmpeg = ["ffmpeg", "-nostdin", "-v", "error", "-threads", "1", "-y", "-i"]
    raw = ["-r", TARGET_HZ, "-c", "1", "-b", "16", "-e", "signed-integer", "-L", "-t", "raw"]
    known = [
        Competitor(
            "ffmpeg",
            " ".join(first_line("ffmpeg", "-version").split()[:3]) if shutil.which("ffmpeg") else "",
            lambda a, b: [*ffmpeg, a, "-ac", "1", "-ar", TARGET_HZ, "-f", "s16le", b],
        ),
        Competitor(
            "sox",
            first_line("sox", "--version").split(":")[-1].strip() if shutil.which("sox") else "",
            lambda a, b: ["sox", "-V1", "-D", "--single-threaded", a, *raw, b],
        ),
        Competitor(
            "mpg123",
            first_line("mpg123", "--version") if shutil.which("mpg123") else "",
            lambda a, b: ["mpg123", "-q", "-m", "-r", TARGET_HZ, "-e", "s16", "-O", b, a],
            takes=lambda file: file.endswith(".mp3"),
        ),
    ]
    return [competitor for competitor in known if competitor.version]


def libraries() -> list[Competitor]:
    """Our wheel and the Python libraries of requirements.txt, as far as they could be installed."""
    found = []
    for name, packages in (
        ("voxline wheel", ("voxline",)),
        ("soundfile+soxr", ("soundfile", "soxr")),
        ("librosa", ("librosa",)),
        ("miniaudio", ("miniaudio",)),
        ("PyAV", ("av",)),
    ):
        try:
            version = " + ".join(f"{package} {metadata.version(package)}" for package in packages)
        except metadata.PackageNotFoundError:
            continue
        script = str(HERE / "library_call.py")

        def command(a: str, b: str, name: str = name) -> list[str]:
            return [sys.executable, "-B", script, name, str(WARM_UP), a, b]

        found.append(Competitor(name, version, command, reports_call=True))
    return found
