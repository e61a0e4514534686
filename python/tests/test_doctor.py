"""The call doctor."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import voxline
from test_concurrency import check_interrupt


def by_program(path: Path) -> object:
    """What the program says about a file."""
    command = [sys.executable, "-m", "voxline", "doctor", "--json", str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    said = json.loads(done.stdout)
    del said["file"]
    return said


def test_it_says_what_the_program_says(call_wav: Path, call_mp3: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.wav"
    cut.write_bytes(call_wav.read_bytes()[:50_000])
    for path in (call_wav, call_mp3, cut):
        diagnosis = voxline.doctor(path)
        assert diagnosis.to_dict() == json.loads(diagnosis.to_json(indent=1)) == by_program(path)
        assert voxline.doctor(io.BytesIO(path.read_bytes())) == voxline.doctor(path.read_bytes()) == diagnosis


def test_a_good_call_has_figures_and_no_findings(call_wav: Path) -> None:
    diagnosis = voxline.doctor(call_wav)
    assert diagnosis.worst is None and diagnosis.findings == ()
    agent, customer = diagnosis.channels
    assert (agent.channel, customer.channel) == (1, 2) and agent.speech_ratio > 0.4 and customer.speech_ratio > 0.35
    assert agent.speech_dbfs is not None and agent.noise_dbfs is not None and agent.speech_dbfs > agent.noise_dbfs + 20
    assert diagnosis.pair is not None and diagnosis.pair.talk_over_ratio is not None and len(diagnosis.pair.leak_blocks) == 2
    assert diagnosis.pair.best_match is not None and abs(diagnosis.pair.best_match.correlation) < 0.3
    assert (diagnosis.sample_rate_hz, diagnosis.report) == (8000, voxline.info(call_wav))
    assert diagnosis.frames == diagnosis.report.source.frames


def test_findings_say_what_and_how_bad_and_what_to_do(call_wav: Path) -> None:
    sound = voxline.load(call_wav, channels="left", sample_rate="keep")
    both = sound.repeat(2).reshape(-1, 2)
    both[:, 1] = -both[:, 0].clip(-32767)
    diagnosis = voxline.doctor(both.tobytes(), input_raw_format="s16le", input_raw_rate_hz=8000, input_raw_channels=2)
    (finding,) = diagnosis.findings
    assert (finding.name, finding.severity, finding.channels) == ("inverted_channels", "error", (1, 2))
    assert diagnosis.worst == "error"
    correlation = finding.figure("correlation")
    assert correlation is not None and -1 <= correlation < -0.98 and finding.figure("lag") is None
    assert [(figure.name, figure.value, figure.unit) for figure in finding.figures] == [("correlation", correlation, "")]
    assert "cancel" in finding.advice and finding.what


def test_nothing_to_hear_is_a_finding(tmp_path: Path) -> None:
    diagnosis = voxline.doctor(bytes(64_000), input_raw_format="s16le")
    assert diagnosis.worst == "error" and [finding.name for finding in diagnosis.findings] == ["silent"]
    empty = voxline.doctor(b"", input_raw_format="s16le")
    assert [finding.name for finding in empty.findings][0] == "empty" and empty.channels == () and empty.pair is None
    with pytest.raises(voxline.UnsupportedFormatError):
        voxline.doctor(b"%PDF-1.7 " + bytes(10_000))
    with pytest.raises(FileNotFoundError):
        voxline.doctor(tmp_path / "missing")


def test_a_diagnosis_is_a_value(call_wav: Path) -> None:
    cut = voxline.doctor(call_wav.read_bytes()[:50_000])
    again = pickle.loads(pickle.dumps(cut))
    assert again == cut != voxline.doctor(call_wav) and hash(again) == hash(cut)
    assert isinstance(again, voxline.Diagnosis) and isinstance(again.findings[0], voxline.Finding)
    assert cut.worst == "warning" and "truncated" in [finding.name for finding in cut.findings]
    with pytest.raises(AttributeError):
        cut.frames = 3  # type: ignore[misc]


def test_progress_is_told_and_may_end_it(mp3: bytes) -> None:
    heard: list[int] = []
    voxline.doctor(mp3, progress=lambda done, total, frames: heard.append(done))
    assert heard == sorted(heard) and heard[-1] == len(mp3)

    def stop(*_: object) -> None:
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        voxline.doctor(mp3, progress=stop)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_it() -> None:
    check_interrupt("""
import voxline

class Endless:
    def read(self, count):
        return bytes(count)

print("ready", flush=True)
try:
    voxline.doctor(Endless(), limits_max_duration_s=None, limits_max_input_bytes=None, input_raw_format="s8")
except KeyboardInterrupt:
    print("interrupted", flush=True)
""")


def test_importing_does_not_bring_it() -> None:
    program = "import sys, voxline; print('voxline._doctor' in sys.modules); voxline.Diagnosis; print('voxline._doctor' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True).stdout == "False\nTrue\n"
    with pytest.raises(AttributeError, match="nothing"):
        voxline.nothing  # noqa: B018
