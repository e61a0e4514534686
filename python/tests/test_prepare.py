"""Bytes as a service takes them."""

from __future__ import annotations

import base64
import io
import pickle
import wave
from pathlib import Path

import pytest
import voxline
from conftest import Dripping, wav


def test_wav_can_be_opened_by_others(call_mp3: Path) -> None:
    prepared = voxline.prepare(call_mp3)
    with wave.open(io.BytesIO(prepared.data)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 16000, 2)
        assert file.getnframes() == prepared.report.target.frames == 246_498


def test_base64_is_that_of_the_standard_library(call_mp3: Path) -> None:
    prepared = voxline.prepare(call_mp3, profile="chat-16k")
    expected = base64.b64encode(prepared.data).decode()
    assert prepared.base64() == expected
    assert not prepared.is_base64
    text = voxline.prepare(call_mp3, profile="chat-16k", base64=True)
    assert text.is_base64 and text.data == expected.encode() and text.base64() == expected


def test_split_gives_one_output_a_speaker(call_wav: Path) -> None:
    prepared = voxline.prepare(call_wav, channels="split", encoding="pcm", sample_rate="keep")
    both = voxline.load(call_wav, channels="keep", sample_rate="keep")
    assert [bytes(output) for output in prepared.outputs] == [both[:, 0].tobytes(), both[:, 1].tobytes()]
    assert prepared.data == prepared.outputs[0] == bytes(prepared)


def test_the_report_says_what_was_found_and_done(call_mp3: Path) -> None:
    report = voxline.prepare(call_mp3).report
    assert report.source.codec == "mp3" and report.source.frames == 679_410
    assert report.source.duration_s == pytest.approx(679_410 / 44_100)
    assert len(report.source.channels) == 2 and len(report.target.channels) == 1
    assert report.source.channels[0].peak_dbfs is not None and report.source.channels[0].peak_dbfs < 0
    assert voxline.info(call_mp3).source == report.source
    assert voxline.info(call_mp3).target.frames == 0


def test_damage_is_a_warning_and_an_error_only_on_demand() -> None:
    cut = wav(list(range(1000)))[:-100]
    report = voxline.prepare(cut).report
    assert [warning.code for warning in report.warnings] == ["truncated"]
    assert report.target.frames == 950
    with pytest.raises(voxline.TruncatedInputError):
        voxline.prepare(cut, input_strict=True)


def test_profiles_hold_their_limit() -> None:
    long = bytes(2 * 16000 * 19)
    with pytest.raises(voxline.LimitError, match="max_output_bytes"):
        voxline.prepare(long, profile="chat-16k", input_raw_format="s16le", input_raw_rate_hz=16000)
    assert set(voxline.profiles()) >= {"chat-16k", "chat-8k", "chat-speex", "chat-speex-wb", "transcription"}
    for name in voxline.profiles():
        assert voxline.prepare(wav([0] * 16000), profile=name).data


def test_progress_is_told_and_can_stop_the_work(mp3: bytes) -> None:
    told: list[tuple[int, int | None, int]] = []
    voxline.prepare(mp3, progress=lambda *state: told.append(state))
    assert told[-1][:2] == (len(mp3), len(mp3)) and told[-1][2] > 600_000
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)

    def stop(*_: object) -> None:
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        voxline.prepare(mp3, progress=stop)


def test_a_bar_is_drawn_where_tqdm_is(mp3: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys
    import types

    class Bar:
        def __init__(self, **_: object) -> None:
            bars.append(self)
            self.n, self.is_closed = 0, False
            self.total: int | None = None

        def update(self, more: int) -> None:
            self.n += more

        def close(self) -> None:
            self.is_closed = True

    bars: list[Bar] = []
    module = types.ModuleType("tqdm.auto")
    monkeypatch.setattr(module, "tqdm", Bar, raising=False)
    monkeypatch.setitem(sys.modules, "tqdm", types.ModuleType("tqdm"))
    monkeypatch.setitem(sys.modules, "tqdm.auto", module)
    voxline.prepare(mp3, progress=True)
    assert [(bar.n, bar.total, bar.is_closed) for bar in bars] == [(len(mp3), len(mp3), True)]
    # Also where nobody knows how much there is, and where it ends with an error.
    voxline.prepare(Dripping(mp3, 50_000), progress=True)
    with pytest.raises(voxline.LimitError):
        voxline.prepare(mp3, limits_max_output_bytes=1000, progress=True)
    with pytest.raises(voxline.ConnectError):
        with voxline.RecordingClient(token="t", base_url="http://127.0.0.1:9", http_max_attempts=1) as client:
            client.download(voxline.RecordingId("u", "t", "r"), tmp_path / "a.mp3", progress=True)
    assert len(bars) == 4 and all(bar.is_closed for bar in bars)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    voxline.prepare(mp3, progress=True)
    voxline.prepare(mp3, progress=False)
    assert len(bars) == 4


def test_results_survive_pickling(call_mp3: Path) -> None:
    prepared = voxline.prepare(call_mp3, channels="split")
    again = pickle.loads(pickle.dumps(prepared))
    assert again == prepared and again.report == prepared.report and again.outputs == prepared.outputs
    assert hash(again) == hash(prepared) and {prepared, again} == {again}
    assert pickle.loads(pickle.dumps(prepared.report)) == prepared.report
    assert again != voxline.prepare(call_mp3)
    assert "16000 Hz" in repr(prepared)
