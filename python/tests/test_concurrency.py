"""Threads, processes, Ctrl-C."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import zlib
from pathlib import Path

import pytest
import voxline

pytestmark = pytest.mark.processes


def digest(path: Path, options: voxline.Options) -> tuple[int, voxline.Report]:
    prepared = voxline.prepare(path, options=options)
    return zlib.crc32(prepared.data), prepared.report


def test_other_threads_run_while_a_recording_is_decoded(call_mp3: Path) -> None:
    # The main thread counts while the other one is inside a single call: hardly ever, if the call held the lock.
    content = call_mp3.read_bytes() * 4
    inside, done = threading.Event(), threading.Event()

    def work() -> None:
        inside.set()
        voxline.prepare(content)
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    counted = 0
    while not done.is_set():
        counted += inside.is_set()
        # Asleep, so that the other one gets the lock whenever it wants it.
        time.sleep(0.001)
    worker.join()
    assert counted > 20


def test_many_threads_get_the_same_bytes(call_mp3: Path, call_wav: Path) -> None:
    alone = [voxline.prepare(path).data for path in (call_mp3, call_wav)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda path: voxline.prepare(path).data, [call_mp3, call_wav] * 8))
    assert results == alone * 8


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_worker_processes_take_options_and_give_reports(call_wav: Path, method: str) -> None:
    options = voxline.Options("chat-8k", channels="left")
    expected = digest(call_wav, options)
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        assert list(pool.map(digest, [call_wav] * 4, [options] * 4)) == [expected] * 4


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_a_long_call() -> None:
    # Hours of silence to resample, of which none is awaited.
    program = textwrap.dedent("""
        import sys, voxline

        class Endless:
            def read(self, count):
                return bytes(count)

        print("ready", flush=True)
        try:
            voxline.info(Endless(), input_raw_format="s8", limits_max_duration_s=None, limits_max_input_bytes=None)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
    """)
    check_interrupt(program)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device that never ends")
def test_ctrl_c_ends_a_call_that_never_runs_python(tmp_path: Path) -> None:
    # A sparse file of a terabyte: nothing but Rust runs.
    endless = tmp_path / "endless"
    with open(endless, "wb") as file:
        os.truncate(file.fileno(), 1 << 40)
    program = textwrap.dedent(f"""
        import sys, voxline
        print("ready", flush=True)
        try:
            voxline.info({str(endless)!r}, input_raw_format="s8", limits_max_duration_s=None,
                         limits_max_input_bytes=None)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
    """)
    check_interrupt(program)


# A process that was started in the background is born deaf to Ctrl-C, and Python leaves it at that.
HEARING = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"


def check_interrupt(program: str) -> None:
    command = [sys.executable, "-c", HEARING + program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=30)[0] == "interrupted\n"
            assert process.returncode == 0
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_finish_which_can_go_on() -> None:
    program = textwrap.dedent("""
        import voxline
        sound = bytes(range(128, 256)) * 40_000
        plain = voxline.Preparer(input_raw_format="alaw", sample_rate=48000, limits_max_duration_s=None)
        preparer = voxline.Preparer(input_raw_format="alaw", sample_rate=48000, limits_max_duration_s=None)
        plain.push(sound)
        preparer.push(sound)
        def handler(number, frame):
            seen.append(preparer.source_frames)
            try:
                preparer.finish()
            except voxline.InvalidStateError:
                raise KeyboardInterrupt
        signal.signal(signal.SIGALRM, handler)
        seen = []
        ended = 0
        while True:
            signal.setitimer(signal.ITIMER_REAL, 0.05 if ended < 2 else 0)
            try:
                report = preparer.finish()
                break
            except KeyboardInterrupt:
                ended += 1
                try:
                    preparer.push(b"x")
                except voxline.InvalidStateError as error:
                    pass
        assert ended == 2 and 0 < seen[0] < seen[1] < report.source.frames, seen
        assert report == plain.finish()
        assert preparer.pull() == plain.pull()
        print("same")
    """)
    done = subprocess.run([sys.executable, "-c", HEARING + program], stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    assert done.stdout == "same\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_signal_handler_may_use_what_is_pushed_to_and_what_it_ends_is_not_gone_on_with() -> None:
    program = textwrap.dedent("""
        import signal, voxline
        signal.signal(signal.SIGINT, signal.default_int_handler)
        preparer = voxline.Preparer(encoding="pcm", input_raw_format="alaw", limits_max_duration_s=None)
        def handler(number, frame):
            preparer.source_frames, preparer.pull()
            try:
                preparer.push(bytes(10))
            except voxline.InvalidStateError:
                signal.setitimer(signal.ITIMER_REAL, 0)
                raise ZeroDivisionError
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
        try:
            while True:
                preparer.push(bytes(50_000_000))
        except ZeroDivisionError:
            pass
        for call in [lambda: preparer.push(b""), preparer.finish]:
            try:
                call()
            except voxline.InvalidStateError as error:
                print(error.operation)
    """)
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["push", "finish"]
