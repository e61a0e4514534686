"""The console script of the wheel is the program ``voxline``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest
import voxline

pytestmark = pytest.mark.processes

SCRIPT = [str(Path(sysconfig.get_path("scripts")) / "voxline")]
MODULE = [sys.executable, "-m", "voxline"]
WAYS = pytest.mark.parametrize("program", [SCRIPT, MODULE], ids=["script", "module"])

# A process that was started in the background is born deaf to Ctrl-C.
HEARING = [
    sys.executable,
    "-c",
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])",
]


def environment() -> dict[str, str]:
    """Without what the developer has set."""
    return {name: value for name, value in os.environ.items() if not name.startswith("VOXLINE_")}


def run(program: list[str], *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    command = [*program, *(os.fspath(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, env=environment(), check=False)


@WAYS
def test_it_is_there_under_both_names(program: list[str]) -> None:
    done = run(program, "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"voxline {voxline.__version__}\n".encode(), b"")
    # The same name in its help, whatever started it.
    assert b"Usage: voxline [OPTIONS] <COMMAND>" in run(program, "--help").stdout


@WAYS
def test_it_prepares_what_the_library_prepares(program: list[str], call_mp3: Path, tmp_path: Path) -> None:
    expected = voxline.prepare(call_mp3, profile="chat-8k").data
    done = run(program, "prepare", call_mp3, "-o", "-", "--profile", "chat-8k")
    assert (done.returncode, done.stdout) == (0, expected), done.stderr
    # Names that are no UTF-8 arrive as they are.
    target = tmp_path / os.fsdecode(b"an\xffruf.pcm")
    assert run(program, "prepare", call_mp3, "-o", target, "--profile", "chat-8k").returncode == 0
    assert target.read_bytes() == expected


def test_the_options_are_those_of_the_library() -> None:
    listed = json.loads(run(SCRIPT, "options", "--json").stdout)
    assert [option["name"] for option in listed["options"]] == [row[1] for row in voxline.option_table()]


@WAYS
def test_exit_codes(program: list[str], call_wav: Path, tmp_path: Path) -> None:
    for wrong in ([], ["frobnicate"], ["info"], ["prepare", call_wav, "-o", "x.wav", "--rate", "fast"]):
        done = run(program, *wrong)
        assert (done.returncode, done.stdout) == (2, b"") and done.stderr, wrong
    done = run(program, "info", tmp_path / "missing.wav")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"error: ") and done.stderr.count(b"\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_closed_pipe_is_an_error_without_a_traceback() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as out:
        done = subprocess.run([*SCRIPT, "options"], stdout=out, stderr=subprocess.PIPE, env=environment(), check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(b"error: ") and b"Broken pipe" in done.stderr and done.stderr.count(b"\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@WAYS
def test_ctrl_c_leaves_no_partial_file(program: list[str], call_mp3: Path, tmp_path: Path) -> None:
    command = [*HEARING, *program, "prepare", "-", "-o", str(tmp_path / "out.wav")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stdin and process.stderr
        try:
            # The pipe stays open: the program waits for more with its output begun.
            process.stdin.write(call_mp3.read_bytes())
            process.stdin.flush()
            while not os.listdir(tmp_path):
                assert process.poll() is None
                time.sleep(0.01)
            assert all(name.endswith(".part") for name in os.listdir(tmp_path))
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
            assert process.stderr.read() == b""
        finally:
            process.kill()
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_the_simulator_as_in_the_program_of_rust() -> None:
    command = [*HEARING, *SCRIPT, "sim"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stdout and process.stderr
        try:
            assert process.stdout.readline().startswith(b"http://127.0.0.1:")
            while b"stop with Ctrl-C" not in process.stderr.readline():
                pass
            process.send_signal(signal.SIGINT)
            # In good order, or by the signal if that came before the simulator listened to it; not by an exception.
            assert process.wait(30) in (0, -signal.SIGINT)
            assert b"Traceback" not in process.stderr.read()
        finally:
            process.kill()


def test_the_demo_goes_all_the_way() -> None:
    done = run(SCRIPT, "demo")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith(b"Done.")
