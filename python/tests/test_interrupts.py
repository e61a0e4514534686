"""Ctrl-C while a service is asked."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import http, server
from voxline import _voxline

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

#: The number of the kind.
OUTCOME_UNKNOWN = {kind: number for kind, number, _ in _voxline._error_kinds()}["OutcomeUnknown"]

# A process that was started in the background is born deaf to Ctrl-C, and Python leaves it at that.
HEARING = "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\nimport voxline\n"


def interrupted(program: str, before: Callable[[bytes], bytes | None] = lambda _: None) -> str:
    """Runs a program whose `address` takes a request and never answers; Ctrl-C once the request is there.

    What `before` has an answer to is answered. Gives what the program printed.
    """
    running: list[subprocess.Popen[str]] = []

    def answer(request: bytes) -> bytes | None:
        reply = before(request)
        if reply is None:
            running[0].send_signal(signal.SIGINT)
        return reply

    with server(answer) as address:
        command = [sys.executable, "-c", HEARING + f"address = {address!r}\n" + textwrap.dedent(program)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            running.append(process)
            try:
                # Far less than the time-out of an answer, which is a minute.
                printed = process.communicate("go\n", timeout=30)[0]
                # Also a call that is left to itself does not keep the program from ending well.
                assert process.returncode == 0, process.returncode
                return printed
            finally:
                process.kill()


def test_what_only_reads_ends_at_once() -> None:
    assert interrupted("""
        client = voxline.RecordingClient(token="t", base_url=address)
        sys.stdin.readline()
        try:
            client.locate(voxline.RecordingId("u", "t", "r"))
        except KeyboardInterrupt as error:
            print(type(error).__name__, flush=True)
    """) == "KeyboardInterrupt\n"


def test_waiting_for_a_transcript_ends_at_once() -> None:
    assert interrupted("""
        client = voxline.TranscriptionClient(app_id="a", app_key="k", base_url=address)
        sys.stdin.readline()
        try:
            client.wait("work-1")
        except KeyboardInterrupt as error:
            print(type(error).__name__, flush=True)
    """) == "KeyboardInterrupt\n"


@pytest.mark.parametrize("reading", ["recording.readall()", "voxline.info(recording, input_raw_format='alaw')"])
def test_reading_a_recording_ends_at_once(reading: str) -> None:
    def before(request: bytes) -> bytes | None:
        if b"/download-full-voice" in request:
            return http(b'{"code": 200, "data": {"voice_url": "/file"}}')
        if b"range:" in request.lower():
            return None
        # The connection is lost after a tenth of it.
        return b"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nETag: \"1\"\r\nContent-Length: 100000\r\n\r\n" + b"\xd5" * 10000

    program = f"""
        client = voxline.RecordingClient(token="t", base_url=address, http_backoff_initial_ms=1)
        sys.stdin.readline()
        with client.open(voxline.RecordingId("u", "t", "r")) as recording:
            try:
                {reading}
            except KeyboardInterrupt as error:
                print(type(error).__name__, recording.total_bytes, flush=True)
    """
    assert interrupted(program, before) == "KeyboardInterrupt 100000\n"


def test_what_may_have_been_sent_says_so() -> None:
    assert interrupted("""
        client = voxline.ChatClient(access_token="t", base_url=address)
        sys.stdin.readline()
        try:
            client.send(bytes(640), format="pcm")
        except KeyboardInterrupt as error:
            print(type(error).__name__, isinstance(error, Exception), error.__cause__ is error.outcome)
            print(type(error.outcome).__name__, error.outcome.retryable, error.outcome.service, error.answer)
    """) == "InterruptedOutcomeUnknown False True\nOutcomeUnknownError None chat None\n"


@pytest.mark.parametrize("caught", ["voxline.VoxlineError", "Exception"])
@pytest.mark.parametrize("send", ["client.send(call)", "asyncio.run(ask())"])
def test_a_loop_that_goes_on_after_errors_ends(caught: str, send: str) -> None:
    requests: list[bytes] = []

    def before(request: bytes) -> bytes | None:
        requests.append(request)
        return None if len(requests) == 1 else http(b'{"status": 0, "answer": "paid"}')

    program = f"""
        import asyncio
        call = voxline.prepare(bytes(640), profile="chat-16k", input_raw_format="s16le")
        client = voxline.ChatClient(access_token="t", base_url=address)
        async def ask():
            async with voxline.AsyncChatClient(access_token="t", base_url=address) as client:
                for _ in range(3):
                    try:
                        await client.send(call)
                    except {caught}:
                        print("goes on", flush=True)
        sys.stdin.readline()
        try:
            for _ in range(3):
                try:
                    {send}
                except {caught}:
                    print("goes on", flush=True)
        except KeyboardInterrupt:
            print("ended", flush=True)
    """
    assert interrupted(program, before) == "ended\n"
    assert len(requests) == 1


def test_a_handler_that_exits_exits() -> None:
    assert interrupted("""
        def leave(number, frame):
            raise SystemExit(3)
        signal.signal(signal.SIGINT, leave)
        client = voxline.ChatClient(access_token="t", base_url=address)
        sys.stdin.readline()
        try:
            client.send(bytes(640), format="pcm")
        except SystemExit as error:
            print(error.code, error.outcome is error.__cause__, error.outcome.service)
    """) == "3 True chat\n"


def test_a_submission_names_what_to_ask_about() -> None:
    assert interrupted("""
        import pickle
        client = voxline.TranscriptionClient(app_id="a", app_key="k", base_url=address)
        sys.stdin.readline()
        try:
            client.submit("https://files.example/a.wav", req_id="mine")
        except KeyboardInterrupt as error:
            again = pickle.loads(pickle.dumps(error))
            print(type(again.outcome).__name__, again.request_id, error.request_id, again.outcome.status)
    """) == f"OutcomeUnknownError mine mine {OUTCOME_UNKNOWN}\n"


def test_a_program_for_asyncio_is_told_too() -> None:
    assert interrupted("""
        import asyncio
        async def main():
            async with voxline.AsyncChatClient(access_token="t", base_url=address) as client:
                try:
                    await client.send(bytes(640), format="pcm")
                except asyncio.CancelledError as error:
                    print(error.outcome.retryable, error.outcome.service, error.__cause__ is error.outcome)
                    raise
        sys.stdin.readline()
        try:
            asyncio.run(main())
        except KeyboardInterrupt:
            print("ended")
    """) == "None chat True\nended\n"


def test_a_handler_that_goes_on_lets_the_call_go_on() -> None:
    # Here the answer comes: after the handler has run, on a time-out of the service's.
    assert interrupted("""
        heard = []
        signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
        client = voxline.ChatClient(access_token="t", base_url=address, http_read_timeout_ms=300)
        sys.stdin.readline()
        try:
            client.send(bytes(640), format="pcm")
        except voxline.OutcomeUnknownError as error:
            print(isinstance(error, KeyboardInterrupt), len(heard))
    """) == "False 1\n"


def test_the_second_ctrl_c_ends_a_run(tmp_path: Path) -> None:
    # The submission is never answered: the first one waits for it, the second one does not.
    program = """
        import os, threading, time
        client = voxline.TranscriptionClient(app_id="a", app_key="k", base_url=address)
        ledger = voxline.Ledger(LEDGER)
        def again():
            time.sleep(0.3)
            print("waits", flush=True)
            os.kill(os.getpid(), signal.SIGINT)
        def first(number, frame):
            signal.signal(signal.SIGINT, signal.default_int_handler)
            threading.Thread(target=again).start()
            raise KeyboardInterrupt
        signal.signal(signal.SIGINT, first)
        sys.stdin.readline()
        try:
            client.run(ledger, ["https://files.example/a.wav"])
        except KeyboardInterrupt:
            print("ended", ledger.counts()["sending"], flush=True)
            os._exit(0)
    """.replace("LEDGER", repr(str(tmp_path / "ledger")))
    assert interrupted(program) == "waits\nended 1\n"
