"""Processes that are forked off a program with clients."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import voxline

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

NOWHERE: Any = {"base_url": "http://127.0.0.1:9", "app_id": "a", "app_key": "k"}
AUDIO = "https://files.example/a.wav"


def in_child(work: Callable[[], str], within_s: int = 20) -> str:
    """What the function gives in a forked process, which ends as a process does."""
    receiving, sending = os.pipe()
    pid = os.fork()
    if pid == 0:
        import signal

        signal.alarm(within_s)
        try:
            answer = work()
        except BaseException:
            answer = traceback.format_exc()
        os.write(sending, answer.encode())
        os._exit(0)
    os.close(sending)
    with open(receiving, encoding="utf-8") as file:
        answer = file.read()
    assert os.waitpid(pid, 0)[1] == 0
    return answer


def refusal(use: Callable[[], object]) -> str:
    try:
        use()
    except voxline.InvalidStateError as error:
        return "refused" if "forked" in str(error) else str(error)
    return "done"


def ids(count: int) -> list[str]:
    client = voxline.TranscriptionClient(**NOWHERE)
    return [client._core.new_req_id() for _ in range(count)]


def test_ids_of_forked_processes_are_all_different() -> None:
    known = ids(3)
    with multiprocessing.get_context("fork").Pool(4) as pool:
        for answer in pool.map(ids, [3] * 16, chunksize=1):
            known += answer
    assert len(set(known)) == len(known) == 51


def test_what_forked_processes_submit_is_not_taken_for_the_same(services: voxline.Simulator) -> None:
    keywords = services.transcription
    voxline.TranscriptionClient(**keywords)
    answers = [in_child(lambda: voxline.TranscriptionClient(**keywords).submit(AUDIO).req_id) for _ in range(3)]
    assert len(set(answers)) == 3
    assert services.log["double_submissions"] == []


@pytest.mark.parametrize("kind", ["chat", "recording", "transcription"])
def test_a_client_is_not_used_in_a_forked_process(services: voxline.Simulator, kind: str) -> None:
    made: Any = {"chat": voxline.ChatClient, "recording": voxline.RecordingClient}.get(kind, voxline.TranscriptionClient)
    keywords = getattr(services, kind)
    uses: dict[str, Callable[[Any], object]] = {
        "chat": lambda client: client.send(bytes(3200), format="pcm"),
        "recording": lambda client: client.check_token(),
        "transcription": lambda client: client.submit(AUDIO),
    }
    use = uses[kind]
    client = made(**keywords)
    use(client)

    def child() -> str:
        told = refusal(lambda: use(client))
        # To close it, or to forget it, is allowed, and does nothing to the parent.
        client.close()
        with made(**keywords) as own:
            use(own)
        return told

    assert in_child(child) == "refused"
    # Its connection is there as before.
    use(client)
    client.close()


def test_answers_reach_those_who_asked(services: voxline.Simulator) -> None:
    client = voxline.ChatClient(**services.chat)

    def asked(seconds: int) -> str:
        return client.send(bytes(32000 * seconds), format="pcm").text or ""

    expected = asked(1)
    for _ in range(3):
        assert in_child(lambda: refusal(lambda: asked(2))) == "refused"
        assert asked(1) == expected
    assert services.log["counts"]["chat"]["requests"] == 4


def test_a_ledger_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "calls.ledger"
    with voxline.Ledger(path) as ledger:
        assert ledger.counts()["queued"] == 0

        def child() -> str:
            nonlocal ledger
            told = refusal(ledger.counts)
            del ledger
            with voxline.Ledger(path) as own:
                return f"{told} {own.counts()['queued']}"

        assert in_child(child) == "refused 0"
        assert ledger.counts()["queued"] == 0


def test_a_simulator_goes_on_when_a_child_ends() -> None:
    with voxline.Simulator() as simulator:

        def child() -> str:
            told = refusal(lambda: simulator.log)
            simulator.close()
            # As an interpreter does at its end.
            sys.modules.clear()
            return told

        assert in_child(child) == "refused"
        with voxline.RecordingClient(**simulator.recording) as client:
            client.check_token()


def test_a_recording_goes_on_when_a_child_ends(services: voxline.Simulator) -> None:
    with voxline.RecordingClient(**services.recording) as client:
        whole = client.open(services.recordings[0]).readall()
        with client.open(services.recordings[0]) as recording:
            first = recording.read(1000)

            def child() -> str:
                with contextlib.closing(recording):
                    return refusal(lambda: recording.read(1000))

            assert in_child(child) == "refused"
            assert first + recording.readall() == whole
