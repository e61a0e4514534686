"""What the tests share."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest

ASSETS = Path(__file__).parents[2] / "assets"


def wav(samples: list[int], *, rate: int = 16000, channels: int = 1) -> bytes:
    """A WAV file written by the book, independently of Voxline."""
    data = struct.pack(f"<{len(samples)}h", *samples)
    fmt = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.fixture(scope="session")
def call_mp3() -> Path:
    """15.4 s of stereo MP3 at 44.1 kHz."""
    return ASSETS / "call.mp3"


@pytest.fixture(scope="session")
def call_wav() -> Path:
    """The same call as stereo WAV at 8 kHz."""
    return ASSETS / "call.wav"


@pytest.fixture(scope="session")
def mp3(call_mp3: Path) -> bytes:
    return call_mp3.read_bytes()


class Dripping(io.RawIOBase):
    """Something with read() that gives a little at a time, whatever it is asked for."""

    def __init__(self, content: bytes, step: int) -> None:
        self.rest, self.step = content, step

    def read(self, count: int = -1) -> bytes:
        piece, self.rest = self.rest[: self.step], self.rest[self.step :]
        return piece
