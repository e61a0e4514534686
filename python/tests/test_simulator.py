"""The services for users' own tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import voxline


# What the documentation of Simulator shows.
@pytest.fixture
def shop() -> Iterator[voxline.Simulator]:
    with voxline.Simulator(faults="chat:drop") as simulator:
        yield simulator
        assert simulator.leaks == []


def test_my_program_survives_a_lost_answer(shop: voxline.Simulator, utterance: voxline.Prepared) -> None:
    with voxline.ChatClient(**shop.chat) as client, pytest.raises(voxline.OutcomeUnknownError):
        client.send(utterance)


def test_it_stops_and_its_port_is_free(utterance: voxline.Prepared) -> None:
    with voxline.Simulator() as first:
        address = first.base_url
    first.close()
    with pytest.raises(voxline.InvalidStateError):
        first.next_answer("x")
    with pytest.raises(voxline.ConnectError):
        voxline.ChatClient(**first.chat, http_max_attempts=1).send(utterance)
    with voxline.Simulator(port=int(address.rpartition(":")[2])) as second:
        assert second.base_url == address
        with pytest.raises(OSError):
            voxline.Simulator(port=int(address.rpartition(":")[2]))


def test_what_is_ordered_is_checked() -> None:
    with pytest.raises(voxline.InvalidArgumentError, match="item 2"):
        voxline.Simulator(faults="drop,dorp")
    with pytest.raises(voxline.InvalidArgumentError, match="redirect"):
        voxline.Simulator(voice_host="there")  # type: ignore[arg-type]
    with voxline.Simulator() as services:
        with pytest.raises(voxline.InvalidArgumentError):
            services.set_faults("chat:rain")
        with pytest.raises(TypeError):
            services.next_answer()
        with pytest.raises(TypeError):
            services.set_transcript("https://x", "text", code=1)
        with pytest.raises(FileNotFoundError):
            services.add_recording("x", "/nowhere/to/be.found")


def test_settings_of_the_services_count() -> None:
    settings: list[dict[str, object]] = [{"voice_host": "api"}, {"voice_host": "redirect"}, {"ranges": False}]
    for setting in settings:
        with voxline.Simulator(**setting) as services:  # type: ignore[arg-type]
            with voxline.RecordingClient(**services.recording) as client, client.open(services.recordings[0]) as file:
                assert voxline.info(file).source.frames > 0
            assert services.leaks == []
    with voxline.Simulator(key_fetches=1, pending_polls=0) as services:
        with voxline.RecordingClient(**services.recording, http_max_attempts=1) as client:
            url = client.locate(services.recordings[0])
            assert client.open(url).read(4) == b"RIFF"
            services.remove_recording(services.recordings[0].record_id)
            with pytest.raises(voxline.NotFoundError):
                client.locate(services.recordings[0])
        with voxline.TranscriptionClient(**services.transcription) as other:
            services.set_transcript("https://x/y", data='{"text": "here"}')
            state = other.query(other.submit("https://x/y").request_id)
            assert state.transcript is not None and state.transcript.text == "here"


def test_leaks_are_seen(utterance: voxline.Prepared) -> None:
    with voxline.Simulator() as services:
        settings = services.chat
        # A chat token where a recording token belongs.
        wrong = voxline.RecordingClient(token=settings["access_token"], base_url=settings["base_url"])
        with pytest.raises(voxline.ServiceError):
            wrong.check_token()
        assert services.leaks == ["header authorization of /agent-api/token"]
        services.accept_token("another")
        with voxline.ChatClient(base_url=services.base_url, access_token="another") as client:
            assert client.send(utterance).status == 0
            services.expire_tokens()
            with pytest.raises(voxline.UnauthenticatedError):
                client.send(utterance)
