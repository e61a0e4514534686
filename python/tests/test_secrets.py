"""What must not be shown is shown nowhere."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import pytest
import voxline
from conftest import http, server

CANARY = "canary-0123456789"
QUERY = "sig=canary-0123456789"


def echo(status: str) -> Callable[[bytes], bytes]:
    """A server that repeats everything it was told, as some do in their errors."""
    def answer(request: bytes) -> bytes:
        text = request.decode("latin-1").replace("\\", "\\\\").replace('"', '\\"').replace("\r\n", "\\n")
        body = f'{{"status": 19, "code": 10104, "description": "{text}", "message": "{text}", "msg": "{text}"}}'
        return http(body.encode("latin-1"), status)

    return answer


def calls(address: str) -> list[Callable[[], object]]:
    fast: Any = {"http_max_attempts": 1, "http_total_timeout_ms": 2000}
    chat = voxline.ChatClient(access_token=CANARY, base_url=address, **fast)
    app = voxline.ChatClient(app_key=CANARY, auth_code=CANARY + "c", user_id="u", base_url=address, **fast)
    recording = voxline.RecordingClient(token=CANARY, base_url=address, download_scheme="http", **fast)
    signed = voxline.TranscriptionClient(app_id="a", app_key=CANARY, base_url=address, **fast)
    ready = voxline.TranscriptionClient(authorization=CANARY, base_url=address, **fast)
    id = voxline.RecordingId("u", "t", "r")
    link = f"{address}/file?{QUERY}"
    for client in (chat, app, recording, signed, ready):
        assert CANARY not in repr(client) and CANARY not in str(client) and address[-5:] in repr(client)
        with pytest.raises(TypeError):
            pickle.dumps(client)
    return [
        lambda: chat.send(bytes(640), format="pcm"),
        lambda: app.send(bytes(640), format="pcm"),
        lambda: chat.fetch_audio(voxline.AudioUrl(link)),
        lambda: recording.locate(id),
        lambda: recording.check_token(),
        lambda: recording.open(id),
        lambda: signed.submit(link, callback_url=f"{address}/cb?{QUERY}", business_data=CANARY),
        lambda: ready.submit(link),
        lambda: ready.query("work-1"),
    ]


@pytest.mark.parametrize("status", ["200 OK", "401 Unauthorized", "403 Forbidden", "500 Oops", "302 Found", "nonsense"])
def test_errors_hold_no_token(
    status: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    failed, echoed = 0, 0
    with server(echo(status)) as address:
        for call in calls(address):
            try:
                call()
            except voxline.VoxlineError as error:
                failed += 1
                facts = [str(error), repr(error), repr(error.__dict__), "".join(traceback.format_exception(error))]
                assert not any(CANARY in fact for fact in facts), facts
                echoed += "HTTP/1.1" in (error.service_message or "") + str(error)
                assert CANARY.encode() not in pickle.dumps(error)
    assert failed >= 7
    # The server's words do come through: what is missing from them was cut out.
    assert echoed > 0 or status in ("302 Found", "nonsense")
    assert CANARY not in caplog.text and CANARY not in "".join(capfd.readouterr())


def test_refused_settings_are_not_repeated() -> None:
    wrong: list[Callable[[], object]] = [
        lambda: voxline.ChatClient(access_token=CANARY + "\n"),
        lambda: voxline.ChatClient(access_token="t", base_url=f"ftp://{CANARY}@host/"),
        lambda: voxline.ChatClient(access_token=CANARY.encode()),  # type: ignore[arg-type]
        lambda: voxline.ChatClient(app_key=CANARY, auth_code=CANARY + " ", user_id="u"),
        lambda: voxline.RecordingClient(token=f"Bearer {CANARY}"),
        lambda: voxline.TranscriptionClient(app_id="a/b", app_key=CANARY),
        lambda: voxline.TranscriptionClient(authorization=CANARY + "\n"),
    ]
    for make in wrong:
        with pytest.raises((voxline.InvalidArgumentError, TypeError)) as caught:
            make()
        assert CANARY not in str(caught.value) and CANARY not in repr(caught.value.__dict__)


def test_links_are_shown_by_their_origin_alone(services: voxline.Simulator) -> None:
    url = voxline.AudioUrl(f"https://files.example/answer?{QUERY}", "mp3")
    assert repr(url) == "AudioUrl('https://files.example/…')" and url.expose().endswith(QUERY)
    again = pickle.loads(pickle.dumps(url))
    assert again == url and {url, again} == {url} and hash(url) != hash(voxline.AudioUrl(url.expose(), "pcm-8k"))
    submission = voxline.Submission(file_link=f"https://files.example/?{QUERY}", business_data=CANARY)
    assert CANARY not in repr(submission) and submission.file_link.endswith(QUERY)
    with voxline.RecordingClient(**services.recording) as client:
        located = client.locate(services.recordings[0])
        address = located.expose()
        assert address.startswith(located.origin) and address not in repr(located)
        again = pickle.loads(pickle.dumps(located))
        assert (again, again.id, again.expose()) == (located, located.id, address) and repr(again) == repr(located)
        with pytest.raises(voxline.InvalidArgumentError) as refused:
            type(located)._restore(located.id, f"ftp://host/?{QUERY}")
        assert QUERY not in str(refused.value)
        check = client.check_token()
        assert check.raw not in repr(check) and pickle.loads(pickle.dumps(check)) == check
        assert address.partition("?")[2] not in repr(client.locate_many(list(services.recordings)))


def test_the_services_of_tests_keep_their_secrets(services: voxline.Simulator) -> None:
    token = services.chat["access_token"]
    assert token not in repr(services) and token not in str(services.log)
