"""Long calls with the voice-chat service, in parts."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
import voxline
from conftest import http
from test_interrupts import interrupted

FIVE: dict[str, Any] = {"profile": "chat-speex-wb", "split_max_duration_s": 5, "split_overlap_ms": 200}


@pytest.fixture(scope="module")
def parts(mp3: bytes) -> list[voxline.Part]:
    found = voxline.split(mp3, **FIVE)
    assert len(found) >= 4
    return found


def sent(services: voxline.Simulator) -> int:
    count = services.log["counts"].get("chat", {"requests": 0})["requests"]
    assert isinstance(count, int)
    return count


def times(found: list[voxline.LongPart] | list[voxline.Part]) -> list[tuple[int, float, float, str]]:
    return [(part.index, part.start_s, part.end_s, part.cut) for part in found]


def test_parts_go_out_in_order_and_answers_have_their_times(
    services: voxline.Simulator, mp3: bytes, parts: list[voxline.Part]
) -> None:
    with voxline.ChatClient(**services.chat) as client:
        services.next_answer("first")
        services.next_answer("second")
        long = client.chat_long(mp3, **FIVE, tts=True)
        assert not long.is_complete and long.report is None and sent(services) == 0
        got = []
        for part in long:
            got.append(part)
            assert sent(services) == len(got) and long.parts == got
        assert times(got) == times(parts) and long.is_complete
        assert [part.overlap_s for part in got] == [0.0] + [0.2] * (len(parts) - 1)
        assert [part.answer.text for part in got[:2] if part.answer] == ["first", "second"]
        assert all(part.answer and part.answer.audio_url and part.error is None for part in got)
        assert long.report is not None and long.report.target.frames == 246_498 and list(long) == []
        # A part by itself is as good as prepared audio.
        assert client.send(parts[1]).status == 0
        with pytest.raises(TypeError, match="for bytes"):
            client.send(parts[1], format="pcm")


def test_no_part_is_larger_than_the_client_may_send(services: voxline.Simulator, mp3: bytes) -> None:
    with voxline.ChatClient(**services.chat, size_limit="base64") as client:
        # The profile allows 599 999 bytes, and no profile any number.
        for options in ({"profile": "chat-16k"}, {"options": voxline.Options(encoding="pcm")}):
            long = client.chat_long(mp3, **options)
            assert [part.error for part in long] == [None, None] and long.is_complete
            assert 7 < long.parts[0].end_s < 14.1


def test_a_part_without_an_answer_ends_the_loop_or_not(
    services: voxline.Simulator, mp3: bytes, parts: list[voxline.Part]
) -> None:
    for on_failure, came in (("stop", 2), ("go_on", len(parts))):
        before = sent(services)
        services.set_faults("chat:ok,chat:drop")
        with voxline.ChatClient(**services.chat) as client:
            long = client.chat_long(mp3, **FIVE, on_failure=on_failure)  # type: ignore[arg-type]
            got = list(long)
            assert len(got) == came == sent(services) - before
            lost = got[1]
            assert isinstance(lost.error, voxline.OutcomeUnknownError) and lost.answer is None
            assert [part.error is None for part in got] == [part.index != 1 for part in got]
            assert not long.is_complete and (long.report is None) == (on_failure == "stop")
            # Another loop goes on; nothing that may have been paid for was sent twice.
            rest = list(long)
            assert times(got + rest) == times(parts) and sent(services) - before == len(parts)
            # By itself, also when it was kept for later, and then never again.
            kept = pickle.loads(pickle.dumps(lost))
            assert client.resend(lost).text and lost.error is None and lost.answer is not None and long.is_complete
            with pytest.raises(voxline.InvalidStateError, match="part 1"):
                client.resend(lost)
            assert client.resend(kept).status == 0
            assert sent(services) - before == len(parts) + 2


def test_what_fails_again_stays_as_it_was(services: voxline.Simulator, mp3: bytes) -> None:
    services.set_faults("chat:drop*2")
    with voxline.ChatClient(**services.chat) as client:
        (part,) = client.chat_long(mp3, **FIVE)
        first = part.error
        with pytest.raises(voxline.OutcomeUnknownError):
            client.resend(part)
        assert part.error is first and client.resend(part) is part.answer


def test_arguments_that_cannot_be_are_no_part_s_fault(services: voxline.Simulator, mp3: bytes) -> None:
    with voxline.ChatClient(**services.chat) as client:
        for wrong in ({"speed": 99}, {"channels": "keep"}, {"sample_rate": 44_100, "encoding": "pcm"}):
            long = client.chat_long(mp3, **{**FIVE, **wrong}, on_failure="go_on")
            with pytest.raises(voxline.InvalidArgumentError):
                list(long)
            assert long.parts == []
        with pytest.raises(voxline.InvalidArgumentError, match="go_on"):
            client.chat_long(mp3, on_failure="perhaps")  # type: ignore[arg-type]
        with pytest.raises(FileNotFoundError):
            client.chat_long("missing.mp3")
        with pytest.raises(voxline.UnknownOptionError):
            client.chat_long(mp3, colour="red")  # type: ignore[call-arg]
    with pytest.raises(voxline.InvalidStateError, match="closed"):
        list(client.chat_long(mp3))
    assert sent(services) == 0


def test_answers_are_kept_when_the_recording_ends_badly(services: voxline.Simulator, mp3: bytes) -> None:
    def broken() -> Iterator[bytes]:
        yield mp3[: len(mp3) // 2]
        raise LookupError("gone")

    with voxline.ChatClient(**services.chat) as client, client.chat_long(broken(), **FIVE) as long:
        with pytest.raises(LookupError, match="gone"):
            list(long)
        assert long.parts and all(part.answer for part in long.parts) and not long.is_complete
        with pytest.raises(voxline.InvalidStateError, match="exception"):
            list(long)


def test_ctrl_c_loses_no_answer() -> None:
    requests: list[bytes] = []

    def before(request: bytes) -> bytes | None:
        requests.append(request)
        return None if len(requests) == 2 else http(b'{"status": 0, "answer": "yes"}')

    assert interrupted("""
        client = voxline.ChatClient(access_token="t", base_url=address)
        long = client.chat_long(bytes(128_000), input_raw_format="alaw", split_max_duration_s=4)
        sys.stdin.readline()
        try:
            for part in long:
                pass
        except KeyboardInterrupt as error:
            print(type(error).__name__, [part.answer and part.answer.text for part in long.parts])
            print(long.parts[1].error is error.outcome)
        print([part.index for part in long], long.is_complete, client.resend(long.parts[1]).text, long.is_complete)
    """, before) == "InterruptedOutcomeUnknown ['yes', None]\nTrue\n[2, 3] False yes True\n"
    assert len(requests) == 5


def test_the_same_for_asyncio(services: voxline.Simulator, mp3: bytes, parts: list[voxline.Part]) -> None:
    async def main() -> None:
        services.set_faults("chat:ok,chat:drop")
        async with voxline.AsyncChatClient(**services.chat) as client:
            async with client.chat_long(mp3, **FIVE, speed=6.5) as long:
                got = [part async for part in long]
                assert len(got) == 2 and isinstance(got[1].error, voxline.OutcomeUnknownError)
                got += [part async for part in long]
                assert times(got) == times(parts) and long.parts == got and long.report is not None
                assert (await client.resend(got[1])).text and long.is_complete
                with pytest.raises(voxline.InvalidStateError):
                    await client.resend(got[1])
            with pytest.raises(voxline.InvalidArgumentError):
                [part async for part in client.chat_long(mp3, **FIVE, speed=99)]
            # Two at once.
            longs = [client.chat_long(mp3, **FIVE) for _ in range(2)]

            async def texts(long: voxline.AsyncLongChat) -> int:
                return len([part async for part in long])

            assert await asyncio.gather(*map(texts, longs)) == [len(parts)] * 2

    asyncio.run(main())


def test_a_cancelled_task_loses_no_answer(services: voxline.Simulator, mp3: bytes, parts: list[voxline.Part]) -> None:
    async def main() -> None:
        services.set_faults("chat:ok,chat:delay=900")
        async with voxline.AsyncChatClient(**services.chat) as client:
            long = client.chat_long(mp3, **FIVE)

            async def take() -> None:
                async for _ in long:
                    pass

            task = asyncio.create_task(take())
            while sent(services) < 2:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert [part.answer is not None for part in long.parts] == [True, False]
            assert isinstance(long.parts[1].error, voxline.OutcomeUnknownError)
            await take()
            assert times(long.parts) == times(parts)

    asyncio.run(main())


async def first(long: voxline.AsyncLongChat) -> voxline.LongPart | None:
    async for part in long:
        return part
    return None


def test_a_task_cancelled_while_a_part_is_made_goes_on_with_it(services: voxline.Simulator, mp3: bytes) -> None:
    async def main() -> None:
        async with voxline.AsyncChatClient(**services.chat) as client:
            long = client.chat_long(mp3, **FIVE)
            for _ in range(5):
                task = asyncio.create_task(first(long))
                await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            assert sent(services) == 0
            assert [part.index async for part in long] == list(range(len(long.parts)))
            assert long.is_complete

    asyncio.run(main())


def test_what_a_loop_left_behind_is_not_sent_again(services: voxline.Simulator, mp3: bytes) -> None:
    services.set_faults("chat:delay=300")
    client = voxline.AsyncChatClient(**services.chat)
    long = client.chat_long(mp3, **FIVE)
    loop = asyncio.new_event_loop()
    task = loop.create_task(first(long))
    while sent(services) < 1:
        loop.run_until_complete(asyncio.sleep(0.01))
    coroutine = task.get_coro()
    assert coroutine is not None
    # As when the loop is closed and everything that waited in it is collected.
    coroutine.close()
    (lost,) = long.parts
    assert isinstance(lost.error, voxline.OutcomeUnknownError) and (lost.error.status, lost.error.retryable) == (-3005, None)
    task.cancel()
    loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
    loop.close()
    found = asyncio.run(first(long))
    assert found is not None and found.index == 1
