"""What the tests share."""

from __future__ import annotations

import io
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import voxline

#: Files whose tests set up services and ledgers, which a test cannot share with itself in another thread.
ALONE = {"test_async", "test_chat", "test_long", "test_recording", "test_simulator", "test_transcription"}

ASSETS = Path(__file__).parents[2] / "assets"


def wav(samples: list[int], *, rate: int = 16000, channels: int = 1) -> bytes:
    """A WAV file written by the book, independently of Voxline."""
    data = struct.pack(f"<{len(samples)}h", *samples)
    fmt = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem in ALONE:
            item.add_marker("processes")


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


@pytest.fixture
def services() -> Iterator[voxline.Simulator]:
    """The services, which see no secret where none belongs."""
    with voxline.Simulator() as simulator:
        yield simulator
        assert simulator.leaks == []


@pytest.fixture(scope="session")
def utterance() -> voxline.Prepared:
    """A quarter of a second."""
    return voxline.prepare(bytes(8000), profile="chat-16k", input_raw_format="s16le", input_raw_rate_hz=16000)


@contextmanager
def server(answer: Callable[[bytes], bytes | None]) -> Iterator[str]:
    """A server that hands each request over and sends what comes back; after ``None`` it says nothing at all.

    Gives its address.
    """

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            request = b""
            while b"\r\n\r\n" not in request:
                request += self.request.recv(65536)
            head, _, body = request.partition(b"\r\n\r\n")
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
                    while len(body) < length:
                        body += self.request.recv(65536)
            reply = answer(head + b"\r\n\r\n" + body)
            if reply is None:
                # Until the other side goes away.
                while self.request.recv(65536):
                    pass
            else:
                self.request.sendall(reply)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away is no fault."""

    with Server(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_address[1]}"
        listening.shutdown()


def http(body: bytes, status: str = "200 OK") -> bytes:
    """An answer with JSON, after which the connection is closed."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body
