"""The client of the voice-chat service."""

from __future__ import annotations

import concurrent.futures
import json
import multiprocessing
import pickle
from typing import Any

import pytest
import voxline
from conftest import http, server


def test_an_utterance_is_answered(services: voxline.Simulator, utterance: voxline.Prepared) -> None:
    with voxline.ChatClient(**services.chat) as client:
        services.next_answer("fine weather")
        answer = client.send(utterance)
        assert (answer.text, answer.status, answer.instructions, answer.audio_url) == ("fine weather", 0, None, None)
        assert json.loads(answer.raw) == {"answer": "fine weather", "status": 0}
        assert not client.uses_trial_host
    assert services.log["counts"]["chat"] == {"requests": 1, "accepted": 1, "refused": 0, "faults": 0}


def test_everything_that_can_be_said_arrives() -> None:
    seen: list[bytes] = []

    def answer(request: bytes) -> bytes:
        seen.append(request)
        return http(b'{"status": 0, "answer": "x"}')

    with server(answer) as address, voxline.ChatClient(base_url=address, access_token="t") as client:
        client.send(
            b"\0\0" * 160, format="pcm", sample_rate=8000, tts=True, answer_audio="wav-8k", voice_name="boy", speed=2.5,
            volume=9, pitch=0, latitude=31.5, longitude=-121.25, city="Bremen", position="harbour",
            data=[(7, '[{"a": 1}]')], voice_type="narrow",
        )
    said = json.loads(seen[0].partition(b"\r\n\r\n")[2])
    text = json.dumps(said)
    for part in ("narrow", "Bremen", "harbour", "2.5", "31.5", "-121.25"):
        assert part in text, part
    assert said["voiceType"] == "narrow" and said["voiceFormat"] == "raw"


def test_spoken_answers_are_fetched_and_decoded(services: voxline.Simulator, utterance: voxline.Prepared) -> None:
    kinds: list[Any] = ["mp3", "pcm-16k", "pcm-8k", "wav-16k", "wav-8k", "alaw-8k", "mulaw-8k"]
    with voxline.ChatClient(**services.chat) as client:
        for kind in kinds:
            url = client.send(utterance, tts=True, answer_audio=kind).audio_url
            assert url is not None and url.kind == kind
            spoken = client.fetch_audio(url)
            assert spoken == client.fetch_audio(url.expose())
            decoded = voxline.decode_answer(spoken, kind, encoding="pcm")
            assert decoded.report.target.sample_rate_hz == 16000 and decoded.report.target.duration_s > 0.1
    with pytest.raises(voxline.InvalidArgumentError, match="mulaw-8k"):
        voxline.decode_answer(b"", "ogg")  # type: ignore[arg-type]


def test_instructions_are_told_from_text(services: voxline.Simulator, utterance: voxline.Prepared) -> None:
    services.next_answer(instructions=True)
    with voxline.ChatClient(**services.chat) as client:
        answer = client.send(utterance)
    assert answer.text == "好的" and answer.instructions is not None
    assert (answer.instructions.rtext, answer.instructions.outc, answer.instructions.action_count) == ("好的", 0, 2)


def test_an_application_gets_its_tokens_itself(services: voxline.Simulator, utterance: voxline.Prepared) -> None:
    with voxline.ChatClient(**services.chat_app) as first:
        second = first.for_user("somebody else")
        assert [client.send(utterance).status for client in (first, second, first, second)] == [0] * 4
        assert services.log["counts"]["authorize"]["requests"] == 2
        services.expire_tokens()
        assert first.send(utterance).status == 0
    with pytest.raises(voxline.InvalidStateError, match="closed"):
        first.send(utterance)
    # It was made from the first, and goes on without it.
    assert second.send(utterance).status == 0
    with voxline.ChatClient(**services.chat) as given, pytest.raises(voxline.InvalidArgumentError):
        given.for_user("x")


@pytest.mark.parametrize(
    ("fault", "cls", "facts"),
    [
        ("http=401", voxline.UnauthenticatedError, {"http_status": 401, "retryable": False}),
        ("http=403", voxline.PermissionDeniedError, {"http_status": 403}),
        ("http=500", voxline.ServiceError, {"http_status": 500}),
        ("http=429@3600", voxline.RateLimitedError, {"http_status": 429, "retryable": True, "retry_after": 3600.0}),
        ("status=122", voxline.UnauthenticatedError, {"code": "122", "http_status": 200}),
        ("drop", voxline.OutcomeUnknownError, {"retryable": None, "http_status": None}),
        ("truncate", voxline.OutcomeUnknownError, {"retryable": None}),
        ("html", voxline.ServiceError, {"http_status": 200, "retryable": False}),
    ],
)
def test_every_fault_has_its_class(
    services: voxline.Simulator, utterance: voxline.Prepared, fault: str, cls: Any, facts: dict[str, object]
) -> None:
    services.set_faults(fault)
    with voxline.ChatClient(**services.chat, http_max_attempts=1) as client, pytest.raises(cls) as caught:
        client.send(utterance)
    error = caught.value
    assert type(error) is cls and error.service == "chat" and error.request_id
    assert {name: getattr(error, name) for name in facts} == facts
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is cls and again.__dict__ == error.__dict__
    # It was said once: nothing is repeated behind anybody's back.
    assert services.log["counts"]["chat"]["requests"] == 1


def test_what_did_no_harm_is_repeated(services: voxline.Simulator, utterance: voxline.Prepared) -> None:
    services.set_faults("http=503*2")
    with voxline.ChatClient(**services.chat, http_backoff_initial_ms=1) as client:
        assert client.send(utterance).status == 0
    assert services.log["counts"]["chat"]["requests"] == 3


def test_nobody_there_is_a_connection_error(utterance: voxline.Prepared) -> None:
    with server(lambda _: None) as address:
        pass
    client = voxline.ChatClient(base_url=address, access_token="t", http_max_attempts=1)
    with pytest.raises(ConnectionError) as caught:
        client.send(utterance)
    assert type(caught.value) is voxline.ConnectError and caught.value.retryable is True


def test_options_go_through_the_table() -> None:
    options = voxline.Options(http_max_attempts=2)
    voxline.ChatClient(access_token="t", options=options, http_read_timeout_ms=5)
    with pytest.raises(voxline.UnknownOptionError, match="http_read_timeout_ms"):
        voxline.ChatClient(access_token="t", sample_rate=8000)  # type: ignore[call-arg]
    with pytest.raises(voxline.InvalidArgumentError, match="max_attempts"):
        voxline.ChatClient(access_token="t", http_max_attempts=99)
    with pytest.raises(TypeError, match="asyncio"):
        voxline.ChatClient(access_token="t", max_concurrency=3)


def test_what_breaks_a_rule_is_not_sent(services: voxline.Simulator, utterance: voxline.Prepared) -> None:
    for wrong in ({}, {"access_token": ""}, {"access_token": "a b"}, {"access_token": "t", "base_url": "ftp://x"}):
        with pytest.raises(voxline.InvalidArgumentError):
            voxline.ChatClient(**wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="together"):
        voxline.ChatClient(app_key="k")
    with voxline.ChatClient(**services.chat) as client:
        with pytest.raises(voxline.LimitError, match="split it"):
            client.send(bytes(700_000), format="pcm")
        with pytest.raises(voxline.InvalidArgumentError, match="speed is 10"):
            client.send(utterance, speed=10)
        with pytest.raises(voxline.InvalidArgumentError, match="pitch"):
            client.send(utterance, pitch=-1)
        with pytest.raises(voxline.InvalidArgumentError, match="female"):
            client.send(utterance, voice_name="robot")  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="format"):
            client.send(b"bytes")
        with pytest.raises(TypeError, match="what was prepared knows"):
            client.send(utterance, sample_rate=8000)
        with pytest.raises(TypeError, match="tts"):
            client.send(utterance, tts="yes")  # type: ignore[arg-type]
        stereo = voxline.prepare(bytes(64), channels="keep", input_raw_format="s16le", input_raw_channels=2)
        with pytest.raises(voxline.InvalidArgumentError, match="channels"):
            client.send(stereo)
    assert services.log["requests"] == []


def test_threads_share_a_client(services: voxline.Simulator, utterance: voxline.Prepared) -> None:
    with (
        voxline.ChatClient(**services.chat_app) as client,
        concurrent.futures.ThreadPoolExecutor(8) as pool,
    ):
        answers = list(pool.map(lambda _: client.send(utterance), range(32)))
    assert {answer.status for answer in answers} == {0}
    # Whoever asked, the token was got once.
    assert services.log["counts"]["authorize"]["requests"] == 1


def described(answer: voxline.ChatAnswer) -> tuple[str, str, bool]:
    return answer.text, answer.raw, answer.audio_url is not None


def test_answers_go_to_other_processes(services: voxline.Simulator, utterance: voxline.Prepared) -> None:
    with voxline.ChatClient(**services.chat) as client:
        answer = client.send(utterance, tts=True)
        again = pickle.loads(pickle.dumps(answer))
        assert again == answer
        with concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            assert pool.submit(described, answer).result() == described(answer)
        with pytest.raises(TypeError, match="secrets"):
            pickle.dumps(client)
    with pytest.raises(AttributeError):
        answer.text = "other"  # type: ignore[misc]
    assert answer.audio_url is not None and answer.audio_url.expose() not in repr(answer)
