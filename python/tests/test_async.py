"""The clients for asyncio."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import voxline
from conftest import ASSETS, http, server
from voxline import _twins

TWINS = [
    (voxline.ChatClient, voxline.AsyncChatClient),
    (voxline.RecordingClient, voxline.AsyncRecordingClient),
    (voxline.TranscriptionClient, voxline.AsyncTranscriptionClient),
]


@pytest.mark.parametrize(("blocking", "awaited"), TWINS)
def test_twins_have_the_same_calls(blocking: type, awaited: type) -> None:
    names = {name for name in dir(blocking) if not name.startswith("_")}
    assert names == {name for name in dir(awaited) if not name.startswith("_")}
    waiting = set()
    for name in names:
        ours, theirs = getattr(blocking, name), getattr(awaited, name)
        if callable(ours):
            assert list(inspect.signature(ours).parameters.values()) == list(
                inspect.signature(theirs).parameters.values()
            )
            assert not inspect.iscoroutinefunction(ours)
            waiting |= {name} if inspect.iscoroutinefunction(theirs) else set()
    assert waiting and names - waiting <= {"close", "for_user", "uses_trial_host", "new_req_id", "chat_long"}


def test_sixty_four_chats_at_once_leave_the_loop_free(
    services: voxline.Simulator, utterance: voxline.Prepared
) -> None:
    # Each answer takes a fifth of a second; the ticker runs meanwhile, unless something holds the loop.
    services.set_faults("delay=200*64")

    async def main() -> int:
        ticks = 0

        async def ticker() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.005)
                ticks += 1

        ticking = asyncio.create_task(ticker())
        async with voxline.AsyncChatClient(**services.chat) as client:
            answers = await asyncio.gather(*(client.send(utterance) for _ in range(64)))
        ticking.cancel()
        assert [answer.status for answer in answers] == [0] * 64
        return ticks

    # Twenty would be half of what an idle loop does in the time of a single answer.
    assert asyncio.run(main()) >= 20
    assert services.log["counts"]["chat"]["accepted"] == 64


def test_all_of_them_are_under_way_together(utterance: voxline.Prepared) -> None:
    # The server is in the same loop and answers nobody until all are there: one that waited its turn, or held the
    # loop, would wait for ever.
    async def main() -> int:
        waiting: list[asyncio.StreamWriter] = []
        most = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal most
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
            waiting.append(writer)
            most = max(most, len(waiting))
            if len(waiting) == expected:
                # Time for one too many to arrive.
                await asyncio.sleep(grace_s)
                for ready in waiting:
                    ready.write(http(b'{"status": 0, "answer": "together"}'))
                    ready.close()
                waiting.clear()

        listening = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=128)
        address = "http://127.0.0.1:%d" % listening.sockets[0].getsockname()[1]
        expected, grace_s = 64, 0.0
        async with voxline.AsyncChatClient(base_url=address, access_token="t") as client:
            async with asyncio.timeout(60):
                answers = await asyncio.gather(*(client.send(utterance) for _ in range(expected)))
            assert {answer.text for answer in answers} == {"together"}
        # And no more than wished for: of eight, four and four.
        expected, most, grace_s = 4, 0, 0.1
        async with voxline.AsyncChatClient(base_url=address, access_token="t", max_concurrency=4) as client:
            await asyncio.gather(*(client.send(utterance) for _ in range(8)))
        listening.close()
        return most

    assert asyncio.run(main()) == 4


def given_up(call: Coroutine[Any, Any, Any], arrived: asyncio.Event) -> Coroutine[Any, Any, BaseException]:
    """Cancels a call whose request has arrived; what the task ends with."""

    async def run() -> BaseException:
        task = asyncio.create_task(call)
        await arrived.wait()
        task.cancel()
        return await ended(task)

    return run()


async def ended(task: asyncio.Task[Any]) -> BaseException:
    """What a task ends with: the exception itself, which gather makes anew."""
    try:
        await task
    except BaseException as error:
        return error
    raise AssertionError("it did not end with an exception")


def outcome_of(error: BaseException) -> voxline.OutcomeUnknownError:
    """What a cancellation says about its call."""
    assert isinstance(error, asyncio.CancelledError)
    outcome = error.outcome  # type: ignore[attr-defined]
    assert type(outcome) is voxline.OutcomeUnknownError
    return outcome


@contextmanager
def mute() -> Iterator[tuple[asyncio.Event, str]]:
    """A server that takes a request and never answers."""
    loop, arrived = asyncio.get_running_loop(), asyncio.Event()

    def answer(_request: bytes) -> None:
        loop.call_soon_threadsafe(arrived.set)

    with server(answer) as address:
        yield arrived, address


def test_cancelling_ends_what_may_be_cancelled() -> None:
    async def main() -> None:
        id = voxline.RecordingId("u", "t", "r")
        with mute() as (arrived, address):
            async with voxline.AsyncRecordingClient(token="t", base_url=address) as client:
                assert isinstance(await given_up(client.locate(id), arrived), asyncio.CancelledError)
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.05):
                        await client.locate(id)
        with mute() as (arrived, address):
            async with voxline.AsyncTranscriptionClient(app_id="a", app_key="k", base_url=address) as other:
                assert isinstance(await given_up(other.wait("x"), arrived), asyncio.CancelledError)

    asyncio.run(main())


def test_cancelling_what_was_paid_for_says_that_nobody_knows(utterance: voxline.Prepared) -> None:
    async def main() -> None:
        with mute() as (arrived, address):
            async with voxline.AsyncChatClient(base_url=address, access_token="t", max_concurrency=1) as chat:
                sent = asyncio.create_task(chat.send(utterance))
                waiting = asyncio.create_task(chat.send(utterance))
                await arrived.wait()
                # Its turn had not come: a cancellation like any other.
                waiting.cancel()
                assert isinstance((await asyncio.gather(waiting, return_exceptions=True))[0], asyncio.CancelledError)
                sent.cancel()
                error = await ended(sent)
                assert type(error) is asyncio.CancelledError and sent.cancelled()
                outcome = outcome_of(error)
                assert error.__cause__ is outcome and outcome.retryable is None and outcome.answer is None
        with mute() as (arrived, address):
            async with voxline.AsyncTranscriptionClient(app_id="a", app_key="k", base_url=address) as client:
                error = await given_up(client.submit("https://files.example/a.wav", req_id="mine"), arrived)
                assert outcome_of(error).request_id == "mine"
        with mute() as (arrived, address):
            async with voxline.AsyncTranscriptionClient(app_id="a", app_key="k", base_url=address) as client:
                loop = asyncio.get_running_loop()

                async def expire() -> None:
                    await arrived.wait()
                    limit.reschedule(loop.time())

                expiring = asyncio.create_task(expire())
                with pytest.raises(TimeoutError) as caught:
                    async with asyncio.timeout(None) as limit:
                        await client.submit("https://files.example/a.wav")
                assert caught.value.__cause__ is not None and outcome_of(caught.value.__cause__).service
                await expiring

    asyncio.run(main())


def test_giving_up_cancels_first_and_asks_then() -> None:
    class Seen:
        is_observed, patience = False, 0.0

        def __init__(self) -> None:
            self.calls: list[str] = []

        def __getattr__(self, name: str) -> Any:
            return lambda *_: self.calls.append(name)

    async def main() -> list[str]:
        seen = Seen()
        work: Any = seen
        task = asyncio.create_task(_twins.finished(work))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return seen.calls

    assert asyncio.run(main()) == ["start", "cancel", "verdict"]


def test_a_cancellation_while_an_exception_ends_a_call_is_not_lost() -> None:
    class Deaf:
        is_observed, patience = True, 60.0

        def start(self, _done: object) -> None: ...
        def cancel(self) -> None: ...
        def verdict(self) -> None: ...

        def heed(self) -> None:
            raise LookupError("enough")

    async def main() -> bool:
        work: Any = Deaf()
        task = asyncio.create_task(_twins.finished(work))
        await asyncio.sleep(0.2)
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert isinstance(caught.value.__context__, LookupError)
        return task.cancelled()

    assert asyncio.run(main())


def test_a_cancelled_run_ends_in_good_order(services: voxline.Simulator, tmp_path: Path) -> None:
    services.set_faults("submit:delay=150")
    links = [f"https://files.example/{i}.wav" for i in range(3)]

    async def main() -> None:
        async with voxline.AsyncTranscriptionClient(**services.transcription) as client:
            with voxline.Ledger(tmp_path / "ledger") as ledger:
                task = asyncio.create_task(client.run(ledger, links, in_flight=1))
                while services.log["api_connections"]["requests"] == 0:
                    await asyncio.sleep(0.001)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                # What was being sent was answered, and that was written down; nothing more was sent.
                counts = ledger.counts()
                assert (counts["accepted"], counts["queued"], counts["sending"], counts["unknown"]) == (1, 2, 0, 0)
                heard: list[voxline.JobReport] = []
                reports = await client.resume(ledger, interval_s=0.001, observe=heard.append)
                assert [report.state for report in reports] == ["done"] * 3 and len(heard) == 3

    asyncio.run(main())
    assert services.log["paid_submissions"] == 3 and services.log["double_submissions"] == []


def test_recordings_arrive_piece_by_piece(services: voxline.Simulator, tmp_path: Path) -> None:
    mp3 = (ASSETS / "call.mp3").read_bytes()
    services.set_faults("download:truncate=50000*2")

    async def main() -> None:
        async with voxline.AsyncRecordingClient(**services.recording, http_backoff_initial_ms=1) as client:
            preparer = voxline.Preparer("chat-8k")
            async with await client.open(services.recordings[1]) as stream:
                assert (stream.total_bytes, stream.content_type) == (len(mp3), "audio/mpeg")
                async for piece in stream:
                    preparer.push(piece)
                assert await stream.read() == b""
            assert preparer.finish() == voxline.prepare(mp3, profile="chat-8k").report
            with pytest.raises(voxline.InvalidStateError):
                await stream.read()
            async with await client.open(services.recordings[1]) as stream:
                assert await stream.read(3) + await stream.read(-1) == mp3
                with pytest.raises(voxline.InvalidArgumentError, match="-2"):
                    await stream.read(-2)
                assert await stream.read(None) == b""
            heard: list[int] = []
            ids: list[voxline.RecordingId | voxline.RecordingUrl] = [services.recordings[1], await client.locate(services.recordings[1])]
            downloads = [client.download(id, tmp_path / str(i), progress=lambda done, _: heard.append(done))
                         for i, id in enumerate(ids)]
            done = await asyncio.gather(*downloads)
            assert [one.path.read_bytes() for one in done] == [mp3, mp3] and max(heard) == len(mp3)
            many = await client.locate_many(list(services.recordings))
            assert many.failure_count == 0 and (await client.check_token()).raw

            def refuse(_done: int, _total: int | None) -> None:
                raise LookupError("enough")

            with pytest.raises(LookupError):
                await client.download(ids[0], tmp_path / "x", progress=refuse)

    asyncio.run(main())


def test_errors_are_those_of_the_blocking_clients(services: voxline.Simulator, utterance: voxline.Prepared) -> None:
    services.set_faults("http=401,drop,http=429")

    async def main() -> list[object]:
        async with voxline.AsyncChatClient(**services.chat, http_max_attempts=1) as client:
            sent = [await asyncio.gather(client.send(utterance), return_exceptions=True) for _ in range(3)]
            assert (await client.send(utterance, tts=True)).audio_url is not None
        with pytest.raises(voxline.InvalidStateError):
            await client.send(utterance)
        return [type(one[0]) for one in sent]

    assert asyncio.run(main()) == [voxline.UnauthenticatedError, voxline.OutcomeUnknownError, voxline.RateLimitedError]


def test_a_client_serves_one_loop_after_the_other(services: voxline.Simulator, utterance: voxline.Prepared) -> None:
    client = voxline.AsyncChatClient(**services.chat_app, max_concurrency=1)

    async def main() -> int:
        clients = [client, client.for_user("other")]
        answers = await asyncio.gather(*(one.send(utterance) for one in clients for _ in range(3)))
        return len(answers)

    assert [asyncio.run(main()) for _ in range(2)] == [6, 6]
    with pytest.raises(voxline.InvalidArgumentError):
        voxline.AsyncChatClient(**services.chat, max_concurrency=0)


def test_a_client_serves_two_loops_at_once() -> None:
    client = voxline.AsyncChatClient(base_url="http://127.0.0.1:9", access_token="t", max_concurrency=1)
    loops = [asyncio.new_event_loop() for _ in range(2)]
    first, second = (client._turn(loop) for loop in loops)
    # Each loop keeps its own, whichever asked last: otherwise more than one call is under way.
    assert first is not second and [client._turn(loop) for loop in loops] == [first, second]
    for loop in loops:
        loop.close()
    another = asyncio.new_event_loop()
    client._turn(another)
    assert list(client._turns) == [another]
    another.close()


def test_many_submissions_at_once(services: voxline.Simulator) -> None:
    links = [f"https://files.example/{i}.wav" for i in range(16)]
    for link in links:
        services.set_transcript(link, link)

    async def transcribe(client: voxline.AsyncTranscriptionClient, link: str) -> str:
        accepted = await client.submit(link)
        assert (await client.query(accepted.request_id)).state in ("pending", "done")
        return (await client.wait(accepted.request_id, interval_s=0.01)).text

    async def main() -> list[str]:
        async with voxline.AsyncTranscriptionClient(**services.transcription) as client:
            return await asyncio.gather(*(transcribe(client, link) for link in links))

    assert asyncio.run(main()) == links
    assert json.dumps(services.log) and services.log["paid_submissions"] == 16


def test_the_answer_of_a_call_given_up_too_late_is_kept(
    utterance: voxline.Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The moment in which it may still come is a short one: here it lasts as long as it takes.
    wait = asyncio.wait
    monkeypatch.setattr(asyncio, "wait", lambda futures, timeout=None: wait(futures))

    async def main() -> BaseException:
        loop = asyncio.get_running_loop()
        task: asyncio.Task[voxline.ChatAnswer]

        def answer(_request: bytes) -> bytes:
            loop.call_soon_threadsafe(task.cancel)
            return http(b'{"status": 0, "answer": "late"}')

        with server(answer) as address:
            async with voxline.AsyncChatClient(base_url=address, access_token="t") as client:
                task = asyncio.create_task(client.send(utterance))
                return await ended(task)

    outcome = outcome_of(asyncio.run(main()))
    assert isinstance(outcome.answer, voxline.ChatAnswer) and outcome.answer.text == "late"


def test_a_program_may_end_right_after_a_call() -> None:
    # The thread that told the loop of the last answer is hardly out of the interpreter by then.
    program = """
import asyncio, voxline
async def main():
    client = voxline.AsyncRecordingClient(token="t", base_url="http://127.0.0.1:9", http_max_attempts=1)
    for _ in range(100):
        try:
            await client.locate(voxline.RecordingId("u", "t", "r"))
        except voxline.ConnectError as error:
            last = error
    print(type(last).__name__)
asyncio.run(main())
"""
    for _ in range(6):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "ConnectError\n", "")
