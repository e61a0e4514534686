"""The package itself: types, examples, what importing costs."""

from __future__ import annotations

import doctest
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest
import voxline
from voxline import _voxline

pytestmark = pytest.mark.processes

HERE = Path(__file__).parent


def run(*command: str) -> str:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=HERE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.types
def test_the_stub_says_what_is_there(tmp_path: Path) -> None:
    # A compiled class shows its __getattr__ under another name; and this is what the decorator leaves.
    allowed = tmp_path / "allowed"
    allowed.write_text("voxline._voxline.Options.__getattr__\nvoxline._record.Record.__dataclass_transform__\n")
    run("-m", "mypy.stubtest", "voxline", "--ignore-disjoint-bases", "--allowlist", str(allowed))


@pytest.mark.types
def test_package_and_tests_are_typed() -> None:
    run("-m", "mypy", "--strict", "--no-error-summary", "-p", "voxline")
    run("-m", "mypy", "--strict", "--no-error-summary", *map(str, sorted(HERE.glob("*.py"))))


def test_examples_in_the_docs_run() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    runner = doctest.DocTestRunner()
    ran = set()
    things = {**_voxline.__dict__, **{name: getattr(voxline, name) for name in voxline.__all__}}
    for name, thing in things.items():
        for test in finder.find(thing, name, module=False, globs={}):
            assert runner.run(test).failed == 0, name
            if test.examples:
                ran.add(test.name)
    assert ran >= {"prepare", "load", "info", "stream", "Options", "Preparer", "Resampler", "base64_encode", "ulaw2lin"}
    assert ran >= {"SpeexEncoder", "SpeexDecoder", "Simulator", "Ledger", "decode_answer", "parse_callback", "AudioUrl"}
    assert ran >= {f"{form}{name}Client" for form in ("", "Async") for name in ("Chat", "Recording", "Transcription")}


def test_the_licences_come_along() -> None:
    found = importlib.metadata.distribution("voxline")
    assert found.metadata.get_all("License-File") == ["LICENSE-APACHE", "LICENSE-MIT", "NOTICE", "THIRD-PARTY.md"]
    for name in ("LICENSE-APACHE", "LICENSE-MIT", "NOTICE"):
        assert found.read_text(f"licenses/{name}") == (HERE.parents[1] / name).read_text(encoding="utf-8")
    assert "| MIT" in (found.read_text("licenses/THIRD-PARTY.md") or "")


def test_everything_public_is_documented() -> None:
    for name in voxline.__all__:
        thing = getattr(voxline, name)
        assert name == "__version__" or thing.__doc__, name
        for member, value in vars(thing).items() if isinstance(thing, type) else ():
            if callable(value) and not member.startswith("_"):
                assert value.__doc__, f"{name}.{member}"


def test_importing_does_not_import_numpy() -> None:
    # NumPy takes longer to import than all of Voxline; whoever only prepares bytes does not pay for it.
    loaded = run("-c", "import sys, voxline; voxline.prepare(bytes(100), input_raw_format='alaw'); print(*sys.modules)")
    assert "voxline._voxline" in loaded.split()
    assert not {"numpy", "json", "dataclasses", "asyncio"} & set(loaded.split())


def test_memory_does_not_grow(mp3: bytes) -> None:
    program = """
import resource, sys, voxline
wav = open(sys.argv[1], "rb").read()[:20000]
def turn():
    voxline.load(wav)
    voxline.load(bytearray(wav), channels="keep", dtype="float32")
    voxline.prepare(wav, profile="chat-8k").base64()
    voxline.info(wav).source
    sum(map(len, voxline.stream([wav[:999], wav[999:]])))
    try:
        voxline.load(b"nonsense")
    except voxline.VoxlineError:
        pass
for _ in range(200):
    turn()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(2000):
    turn()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    grown_kib = int(run("-c", program, str(HERE.parents[1] / "assets/call.wav")))
    # 10 000 calls: one lost object of 100 bytes a call would be a megabyte.
    assert grown_kib < 1000, f"{grown_kib} KiB"


def test_memory_does_not_grow_with_calls() -> None:
    program = """
import asyncio, resource, voxline
call = voxline.prepare(bytes(640), profile="chat-16k", input_raw_format="s16le")
settings = dict(base_url="http://127.0.0.1:9", access_token="t", http_max_attempts=1)
blocking, awaited = voxline.ChatClient(**settings), voxline.AsyncChatClient(**settings)
encoder, decoder = voxline.SpeexEncoder(), voxline.SpeexDecoder()
async def turn():
    for send in (blocking.send, awaited.send):
        try:
            sent = send(call)
            await sent
        except voxline.ConnectError:
            pass
    decoder.decode(encoder.encode(bytes(320)))
    voxline.parse_callback(b'{"code": "10000", "data": {"text": "x"}}')
async def turns(count):
    for _ in range(count):
        await turn()
asyncio.run(turns(300))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
asyncio.run(turns(1000))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    grown_kib = int(run("-c", program))
    # 4000 calls: one lost object of 200 bytes a call would be 800 KB.
    assert grown_kib < 500, f"{grown_kib} KiB"
