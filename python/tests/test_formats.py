"""FLAC, Ogg Vorbis, Ogg Opus and M4A, made by ffmpeg: decoded by every door of the wheel."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import voxline
from numpy.typing import NDArray

FFMPEG = shutil.which("ffmpeg")

#: Name of the file, the encoder, and what it is found to be.
KINDS = [
    ("call.flac", "flac", ("flac", "flac")),
    ("call.ogg", "libvorbis", ("ogg", "vorbis")),
    ("call.opus", "libopus", ("ogg", "opus")),
    ("call.m4a", "aac", ("m4a", "aac")),
]


@pytest.fixture(params=KINDS, ids=[kind[0] for kind in KINDS])
def kind(request: pytest.FixtureRequest, tmp_path: Path, call_wav: Path) -> tuple[Path, tuple[str, str]]:
    """The call as ffmpeg writes it."""
    if FFMPEG is None:
        pytest.skip("needs ffmpeg")
    name, encoder, found = request.param
    path = tmp_path / name
    subprocess.run(
        [FFMPEG, "-v", "error", "-i", call_wav, "-c:a", encoder, path], check=True, stdin=subprocess.DEVNULL
    )
    return path, found


def level_db(samples: NDArray[np.int16]) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64))))


def test_it_is_told_apart_and_decoded(kind: tuple[Path, tuple[str, str]], call_wav: Path) -> None:
    path, found = kind
    source = voxline.info(path).source
    assert (source.container, source.codec, source.channel_count) == (*found, 2)
    original = voxline.load(call_wav, sample_rate=8000, channels="keep")
    decoded = voxline.load(path, sample_rate=8000, channels="keep")
    if found == ("flac", "flac"):
        np.testing.assert_array_equal(decoded, original)
    # M4A does not always say what fills up its last block.
    assert 0 <= len(decoded) - len(original) <= 1024
    for side in range(2):
        assert abs(level_db(decoded[:, side]) - level_db(original[:, side])) < 1.0
    # The sides are where they were, and not late: as one moves, so does the other.
    both = decoded[: len(original)].astype(float), original.astype(float)
    for side in range(2):
        assert np.corrcoef(both[0][:, side], both[1][:, side])[0, 1] > 0.9


def test_every_way_in_gives_the_same(kind: tuple[Path, tuple[str, str]]) -> None:
    path, _ = kind
    content = path.read_bytes()
    expected = voxline.prepare(path, profile="chat-8k", encoding="pcm").data
    assert voxline.prepare(content, profile="chat-8k", encoding="pcm").data == expected
    preparer = voxline.Preparer(profile="chat-8k", encoding="pcm")
    pieces = []
    for at in range(0, len(content), 997):
        preparer.push(content[at : at + 997])
        pieces.append(preparer.pull())
    preparer.finish()
    pieces.append(preparer.pull())
    assert b"".join(pieces) == expected
    assert voxline.load(content, sample_rate=8000).tobytes() == expected


@pytest.mark.processes
def test_the_program_of_the_wheel_says_the_same(kind: tuple[Path, tuple[str, str]]) -> None:
    path, found = kind
    command = [sys.executable, "-m", "voxline", "info", "--json", str(path)]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL).stdout)
    assert (said["container"], said["codec"]) == found


def test_half_a_file_is_what_can_be_decoded_of_it(kind: tuple[Path, tuple[str, str]]) -> None:
    path, _ = kind
    content, whole = path.read_bytes(), voxline.load(path, sample_rate="keep", channels="keep")
    half = content[: len(content) // 2]
    try:
        samples = voxline.load(half, sample_rate="keep", channels="keep")
    except voxline.DecodeError:
        # The index of this M4A stands behind the audio, where the cut is.
        assert path.suffix == ".m4a"
    else:
        assert 0 < len(samples) < len(whole)
        assert voxline.info(half).warnings
