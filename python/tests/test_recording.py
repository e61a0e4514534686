"""The client of the recording service."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import pytest
import voxline
from conftest import ASSETS


def test_a_recording_is_located_and_downloaded(services: voxline.Simulator, tmp_path: Path) -> None:
    wav_id, mp3_id = services.recordings
    with voxline.RecordingClient(**services.recording) as client:
        url = client.locate(wav_id)
        assert url.id == wav_id and url.origin.startswith("http://127.0.0.1:") and url == url
        heard: list[tuple[int, int | None]] = []
        done = client.download(url, tmp_path / "call.wav", progress=lambda *state: heard.append(state))
        expected = (ASSETS / "call.wav").read_bytes()
        assert (done.path, done.bytes, done.resumed_bytes) == (tmp_path / "call.wav", len(expected), 0)
        assert done.path.read_bytes() == expected and pickle.loads(pickle.dumps(done)) == done
        assert heard[-1] == (len(expected), len(expected)) and heard == sorted(heard)
        assert client.download(mp3_id, str(tmp_path / "call.mp3")).content_type == "audio/mpeg"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["call.mp3", "call.wav"]
        assert client.check_token().raw


def test_many_are_located_at_once(services: voxline.Simulator) -> None:
    wav_id, mp3_id = services.recordings
    missing = wav_id._replace(record_id="missing")
    with voxline.RecordingClient(**services.recording) as client:
        many = client.locate_many([wav_id, missing, mp3_id])
    assert [entry.id for entry in many.entries] == [wav_id, missing, mp3_id]
    assert [entry.url is not None for entry in many.entries] == [True, False, True]
    error = many.entries[1].error
    assert isinstance(error, voxline.NotFoundError) and error.code == "5005" and many.failure_count == 1
    assert len(many.raw_answers) == 1 and many.raw_answers[0] not in repr(many)
    again = pickle.loads(pickle.dumps(many))
    assert (again.entries[0], again.entries[2], again.raw_answers) == (many.entries[0], many.entries[2], many.raw_answers)
    assert str(again.entries[1].error) == str(error) and hash(again.entries[0]) == hash(many.entries[0])


def test_an_open_recording_is_a_file_for_everything(services: voxline.Simulator) -> None:
    wav_id, mp3_id = services.recordings
    mp3 = (ASSETS / "call.mp3").read_bytes()
    with voxline.RecordingClient(**services.recording) as client:
        with client.open(mp3_id) as recording:
            assert (recording.total_bytes, recording.content_type) == (len(mp3), "audio/mpeg")
            assert voxline.prepare(recording, profile="chat-16k").data == voxline.prepare(mp3, profile="chat-16k").data
            assert recording.read(10) == b""
        with pytest.raises(ValueError, match="closed"):
            recording.read(1)
        with client.open(mp3_id) as recording:
            assert recording.read(3) + recording.read(-1) == mp3
            with pytest.raises(voxline.InvalidArgumentError, match="-2"):
                recording.read(-2)
            with pytest.raises(voxline.InvalidArgumentError, match="count"):
                recording.read(1 << 70)
        with pytest.raises(voxline.InvalidStateError):
            recording._core.read(1).run()
        with client.open(mp3_id) as recording:
            pieces = list(voxline.stream(recording, profile="chat-8k"))
            assert b"".join(pieces) == voxline.prepare(mp3, profile="chat-8k").data
        with client.open(client.locate(wav_id)) as recording:
            assert voxline.load(recording, channels="keep").shape[1] == 2
        with client.open(mp3_id) as recording, io.BufferedReader(recording) as buffered:
            assert buffered.read(3) + buffered.read() == mp3


def test_lost_connections_are_not_noticed(services: voxline.Simulator, tmp_path: Path) -> None:
    content = bytes(range(128, 256)) * 4000
    id = services.add_recording("long", content)
    services.set_faults("download:truncate=100000*3")
    with voxline.RecordingClient(**services.recording, http_backoff_initial_ms=1) as client:
        with client.open(id) as recording:
            assert recording.readall() == content
        services.set_faults("download:truncate=100000*3")
        assert client.download(id, tmp_path / "long").path.read_bytes() == content
    assert services.log["counts"]["download"]["requests"] > 4


def test_a_broken_download_is_resumed(services: voxline.Simulator, tmp_path: Path) -> None:
    content = bytes(range(128, 256)) * 4000
    file = tmp_path / "input"
    file.write_bytes(content)
    id = services.add_recording("long", file)

    def stop(received: int, _total: int | None) -> None:
        if received > 0:
            raise LookupError("enough")

    services.set_faults("download:slow=16384/50")
    with voxline.RecordingClient(**services.recording) as client:
        with pytest.raises(LookupError, match="enough"):
            client.download(id, tmp_path / "out", progress=stop)
        assert (tmp_path / "out.part").stat().st_size > 0 and not (tmp_path / "out").exists()
        done = client.download(id, tmp_path / "out")
    assert 0 < done.resumed_bytes < len(content) and done.path.read_bytes() == content


@pytest.mark.parametrize(
    ("fault", "cls", "code"),
    [
        ("recording:http=401", voxline.UnauthenticatedError, None),
        ("recording:status=5002", voxline.NotFoundError, "5002"),
        ("recording:status=9999", voxline.ServiceError, "9999"),
        ("download:html", voxline.ServiceError, None),
        ("recording:drop", voxline.InputOutputError, None),
    ],
)
def test_every_fault_has_its_class(services: voxline.Simulator, fault: str, cls: Any, code: str | None) -> None:
    services.set_faults(f"{fault}*9")
    client = voxline.RecordingClient(**services.recording, http_max_attempts=1)
    with pytest.raises(cls) as caught:
        client.open(services.recordings[0])
    assert (caught.value.service, caught.value.code) == ("recording", code)


def test_ids_and_settings_are_checked(services: voxline.Simulator) -> None:
    with pytest.raises(voxline.InvalidArgumentError):
        voxline.RecordingClient(token="Bearer x")
    with pytest.raises(voxline.InvalidArgumentError, match="https"):
        voxline.RecordingClient(token="x", download_scheme="ftp")  # type: ignore[arg-type]
    with voxline.RecordingClient(**services.recording) as client:
        with pytest.raises(TypeError, match="RecordingId"):
            client.locate("id")  # type: ignore[arg-type]
        with pytest.raises(voxline.InvalidArgumentError, match="record id"):
            client.locate(voxline.RecordingId("u", "t", ".."))
        limited = voxline.RecordingClient(**services.recording, options=voxline.Options(limits_max_input_bytes=1000))
        with pytest.raises(voxline.LimitError):
            limited.open(services.recordings[0])
