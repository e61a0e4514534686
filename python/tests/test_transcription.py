"""The client of the transcription service, and its ledger."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import voxline

LINK = "https://files.example/call.wav?signature=canary"


@pytest.fixture
def client(services: voxline.Simulator) -> Iterator[voxline.TranscriptionClient]:
    with voxline.TranscriptionClient(**services.transcription, http_max_attempts=1) as made:
        yield made


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[voxline.Ledger]:
    with voxline.Ledger(tmp_path / "calls.ledger") as made:
        yield made


def test_a_link_becomes_a_transcript(services: voxline.Simulator, client: voxline.TranscriptionClient) -> None:
    services.set_transcript(LINK, "good morning")
    accepted = client.submit(LINK, req_id="call-1", business_data="order 7")
    assert accepted.req_id == "call-1" and pickle.loads(pickle.dumps(accepted)) == accepted
    assert client.query(accepted.request_id).state == "pending"
    transcript = client.wait(accepted.request_id, interval_s=0.001)
    assert transcript.text == "good morning"
    assert transcript.sentences == (voxline.Sentence("good morning", 0, 2400, 0),)
    assert json.loads(transcript.payload)["duration_ms"] == 2400 and json.loads(transcript.raw)["code"] == "10000"
    assert "morning" not in repr(transcript) and pickle.loads(pickle.dumps(transcript)) == transcript
    assert client.query(accepted.request_id).transcript == transcript
    assert services.log["paid_submissions"] == 1


def test_a_failure_is_told(services: voxline.Simulator, client: voxline.TranscriptionClient) -> None:
    services.set_transcript(LINK, code=10903, message="no speech")
    accepted = client.submit(voxline.Submission(file_link=LINK))
    with pytest.raises(voxline.ServiceError) as caught:
        client.wait(accepted.request_id, interval_s=0.001)
    assert (caught.value.code, caught.value.request_id) == ("10903", accepted.request_id)
    state = client.query(accepted.request_id)
    assert (state.state, state.code, state.transcript) == ("failed", "10903", None)
    with pytest.raises(TimeoutError):
        client.wait(client.submit(LINK).request_id, interval_s=0.001, deadline_s=0.0)


@pytest.mark.parametrize(
    ("fault", "cls", "facts"),
    [
        ("submit:http=401", voxline.UnauthenticatedError, {"http_status": 401}),
        ("submit:status=10302", voxline.RateLimitedError, {"code": "10302", "retryable": True}),
        ("submit:drop", voxline.OutcomeUnknownError, {"retryable": None}),
        ("submit:http=504", voxline.OutcomeUnknownError, {"retryable": None}),
        ("submit:garbage", voxline.OutcomeUnknownError, {"retryable": None}),
    ],
)
def test_every_fault_has_its_class(
    services: voxline.Simulator, client: voxline.TranscriptionClient, fault: str, cls: Any, facts: dict[str, object]
) -> None:
    services.set_faults(f"{fault}*9")
    with pytest.raises(cls) as caught:
        client.submit(LINK, req_id="mine")
    assert {name: getattr(caught.value, name) for name in facts} == facts
    assert caught.value.service == "transcription" and caught.value.request_id == "mine"
    assert services.log["counts"]["submit"]["requests"] == 1


def test_a_run_writes_everything_down(
    services: voxline.Simulator, client: voxline.TranscriptionClient, ledger: voxline.Ledger
) -> None:
    links = [f"https://files.example/{i}.wav" for i in range(6)]
    services.set_transcript(links[0], "zero")
    services.set_transcript(links[1], code=10903)
    services.set_faults("submit:ok,submit:ok,submit:drop")
    heard: list[voxline.JobReport] = []
    reports = client.run(ledger, links[:5], interval_s=0.001, in_flight=1, observe=heard.append)
    states = [report.state for report in reports]
    assert states == ["done", "failed", "unknown", "done", "done"]
    assert [(report.req_id, report.state) for report in heard] == [(r.req_id, r.state) for r in reports]
    assert isinstance(reports[1].error, voxline.ServiceError) and reports[1].error.code == "10903"
    assert isinstance(reports[2].error, voxline.OutcomeUnknownError) and reports[0].error is None
    assert pickle.loads(pickle.dumps(reports[0])) == reports[0]
    first = ledger.transcript(reports[0].req_id)
    assert first is not None and first.text == "zero"
    assert ledger.counts() == {"queued": 0, "sending": 0, "unknown": 1, "accepted": 0, "done": 3, "failed": 1}
    # Nothing is paid for twice: known links are refused, or skipped.
    with pytest.raises(voxline.InvalidStateError, match="5 of 6"):
        client.run(ledger, links)
    entered = client.enter(ledger, links, known_links="skip")
    assert (len(entered.new), entered.known, entered.repeated) == (1, 5, 0)
    assert [report.state for report in client.resume(ledger, interval_s=0.001)] == ["unknown", "done"]
    # What is unknown is for the caller to decide.
    (unknown,) = ledger.entries("unknown")
    assert unknown.submission.file_link == links[2] and unknown.attempts == 1 and links[2] not in repr(unknown)
    assert services.log["paid_submissions"] == 6 and services.log["double_submissions"] == []
    assert ledger.requeue(unknown.req_id)
    assert [report.state for report in client.resume(ledger, interval_s=0.001)] == ["done"]
    entry = ledger.entry(unknown.req_id)
    assert entry is not None and entry.request_id is not None and entry.state == "done"
    assert ledger.entry_of_request(entry.request_id) == entry and pickle.loads(pickle.dumps(entry)) == entry
    assert [entry.submission.file_link for entry in ledger.entries()] == links


def test_deliveries_are_recorded(
    services: voxline.Simulator, client: voxline.TranscriptionClient, ledger: voxline.Ledger
) -> None:
    address = "http://127.0.0.1:9/callback"
    submission = voxline.Submission(file_link=LINK, callback_url=address, req_id="a")
    (report,) = client.run(ledger, [submission])
    assert report.state == "awaiting_callback"
    entry = ledger.entry("a")
    assert entry is not None and entry.state == "accepted" and entry.submission.callback_url == address
    body = json.dumps({"code": "10000", "requestId": entry.request_id, "data": {"text": "hello"}}).encode()
    callback = voxline.parse_callback(body)
    assert (callback.state, callback.request_id) == ("done", entry.request_id) and "hello" not in repr(callback)
    assert [ledger.record(callback.body), ledger.record(memoryview(body))] == ["new", "nothing"]
    transcript = ledger.transcript("a")
    assert transcript is not None and transcript.text == "hello" and transcript == callback.transcript
    assert ledger.record(b'{"code": "10000", "requestId": "other", "data": {"text": "x"}}') == "unknown_id"
    assert voxline.parse_callback(b'{"code": "990003"}').state == "pending"
    with pytest.raises(voxline.DecodeError):
        voxline.parse_callback(b"no JSON")


def test_a_ledger_outlives_the_program(services: voxline.Simulator, tmp_path: Path) -> None:
    path = tmp_path / "calls.ledger"
    with pytest.raises(FileNotFoundError) as missing:
        voxline.Ledger(path, create=False)
    assert isinstance(missing.value, voxline.VoxlineError) and missing.value.filename == str(path)
    with voxline.Ledger(path) as ledger, voxline.TranscriptionClient(**services.transcription) as client:
        client.enter(ledger, [voxline.Submission(file_link=LINK, req_id="a")])
        with pytest.raises(voxline.InvalidStateError):
            ledger.requeue("a")
        assert ledger.give_up("a", "not wanted")
        with pytest.raises(voxline.NotFoundError):
            ledger.accept("b", "work-1")
    with pytest.raises(voxline.InvalidStateError):
        ledger.entries()
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
    with voxline.Ledger(str(path), create=False) as ledger:
        (entry,) = ledger.entries()
        assert (entry.state, entry.note, ledger.path) == ("failed", "not wanted", path)
        with pytest.raises(voxline.InvalidArgumentError, match="queued"):
            ledger.entries("lost")
        assert ledger.entry("b") is None and ledger.transcript("a") is None
    path.write_bytes(b"something else " * 100)
    with pytest.raises(voxline.UnsupportedFormatError):
        voxline.Ledger(path)


def test_settings_are_checked(client: voxline.TranscriptionClient, ledger: voxline.Ledger) -> None:
    with pytest.raises(TypeError, match="app_key"):
        voxline.TranscriptionClient(app_id="a")
    with pytest.raises(voxline.InvalidArgumentError):
        voxline.TranscriptionClient(app_id="a", app_key="k\n")
    voxline.TranscriptionClient(authorization="Bearer x", device_uuid="1").close()
    with pytest.raises(voxline.InvalidArgumentError, match="brings everything"):
        client.submit(voxline.Submission(file_link=LINK), req_id="x")
    with pytest.raises(voxline.InvalidArgumentError, match="file link"):
        client.submit("no link")
    with pytest.raises(voxline.InvalidArgumentError, match="interval"):
        client.wait("x", interval_s=-1.0)
    with pytest.raises(TypeError, match="intervall_s"):
        client.wait("x", intervall_s=1.0)  # type: ignore[call-arg]
    with pytest.raises(voxline.InvalidArgumentError, match="in_flight"):
        client.run(ledger, [], in_flight=0)
    first, second = client.new_req_id(), client.new_req_id()
    assert len(first) == 36 and first != second
