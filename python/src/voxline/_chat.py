"""The clients of the voice-chat service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, Self

from ._errors import InvalidArgumentError
from ._long import AsyncLongChat, LongChat, LongPart
from ._stream import _chosen, stream_parts
from ._twins import Awaited, Blocking, Client, call
from ._voxline import ChatCore, Work

if TYPE_CHECKING:
    from os import PathLike
    from typing import TypeAlias, Unpack

    from typing_extensions import Buffer

    from ._keywords import HttpKeywords, Keywords
    from ._results import ChatAnswer
    from ._stream import PartStream
    from ._voxline import AudioUrl, Options, Part, Prepared, _AnswerAudio, _Reads

    _Streamable: TypeAlias = str | PathLike[str] | Buffer | _Reads | Iterable[bytes]
    _Voice: TypeAlias = Literal["female", "male", "girl", "boy"]

    class _LongKeywords(Keywords, total=False):
        """Every option, and what goes along with each part."""

        tts: bool
        answer_audio: _AnswerAudio
        voice_name: _Voice
        speed: float
        volume: int
        pitch: int
        latitude: float
        longitude: float
        city: str
        position: str
        data: list[tuple[int, str]]
        voice_type: str


_OF_REQUEST = (
    *("tts", "answer_audio", "voice_name", "speed", "volume", "pitch"),
    *("latitude", "longitude", "city", "position", "data", "voice_type"),
)


class _Chat(Client):
    """Talks to the voice-chat service: prepared audio in, an answer out.

    Give an access token, or an application's credentials: then the client gets and renews its tokens itself.

    Args:
        base_url: where the service is, without /httpapi; by default the vendor's trial host.
        access_token: a ready token; it is not renewed.
        app_key, auth_code, user_id: the application's credentials, and whom it speaks for.
        expires_unit: in what the service counts the life of a token: "hours" or "days".
        renew_before_s: how long before its end a token is renewed, at most a tenth of its life.
        size_limit: how the limit of 600 KB is read: "audio" before base64, or strictly the "base64" text.
        repeat_unknown: send again when nobody knows whether the service got it; it may answer twice.
        options: the HTTP part of an Options object.
        max_concurrency: with asyncio: how many calls run at once, by default 100.
        **http: any option of option_table() that begins with http_; times in ms.

    Raises:
        InvalidArgumentError: missing or unusable credentials, address or options.

    An utterance is repeated only when the service surely did not act on it. Ctrl-C in send is obeyed at once, but if
    the utterance may have been sent, what is raised is an InterruptedOutcomeUnknown, a KeyboardInterrupt that
    ``except VoxlineError`` and ``except Exception`` let pass; its outcome is the OutcomeUnknownError.
    """

    _core: ChatCore

    def __init__(
        self,
        *,
        base_url: str | None = None,
        access_token: str | None = None,
        app_key: str | None = None,
        auth_code: str | None = None,
        user_id: str | None = None,
        expires_unit: Literal["hours", "days"] | None = None,
        renew_before_s: float | None = None,
        size_limit: Literal["audio", "base64"] | None = None,
        repeat_unknown: bool = False,
        options: Options | None = None,
        max_concurrency: int | None = None,
        **http: Unpack[HttpKeywords],
    ) -> None:
        settings = {
            "base_url": base_url,
            "access_token": access_token,
            "app_key": app_key,
            "auth_code": auth_code,
            "user_id": user_id,
            "expires_unit": expires_unit,
            "renew_before_s": renew_before_s,
            "size_limit": size_limit,
            "repeat_unknown": repeat_unknown,
            "options": options,
            "http": http,
        }
        self._set_up(ChatCore(settings), max_concurrency)

    @call
    def send(
        self,
        audio: Prepared | Part | Buffer,
        *,
        format: Literal["pcm", "wav", "speex", "speex-wb"] | None = None,
        sample_rate: int | None = None,
        speex_size: int | None = None,
        tts: bool | None = None,
        answer_audio: _AnswerAudio | None = None,
        voice_name: _Voice | None = None,
        speed: float | None = None,
        volume: int | None = None,
        pitch: int | None = None,
        latitude: float | None = None,
        longitude: float | None = None,
        city: str | None = None,
        position: str | None = None,
        data: Iterable[tuple[int, str]] | None = None,
        voice_type: str | None = None,
    ) -> Work[ChatAnswer]:
        """Sends an utterance and waits for the answer.

        Args:
            audio: what prepare or split gave with a profile chat-…; or bytes, of which format says what they are.
            format: of bytes: 16-bit mono as "pcm" or "wav", or Speex packets.
            sample_rate: of bytes, in Hz: 16000 (the default but for "speex") or 8000.
            speex_size: bytes of a Speex packet with the byte that holds its length.
            tts: whether the answer is wanted as speech, too.
            answer_audio: what the speech is encoded as; the service's default is "mp3".
            voice_name, speed, volume, pitch: who speaks and how; 0 to 9, the service's default is 5.
            latitude, longitude, city, position: where the speaker is; in degrees, and in words.
            data: JSON that goes along: pairs of a target and the text of a JSON array.
            voice_type: sent in place of "16k" or "8k".

        Returns:
            ChatAnswer: .text, .instructions, .audio_url …

        Raises:
            InvalidArgumentError, LimitError: the request breaks the service's rules; nothing was sent.
            ConnectError, RequestTimeoutError: the service was not reached.
            OutcomeUnknownError: it may have been.
            UnauthenticatedError, PermissionDeniedError, RateLimitedError, ServiceError: what it said, in .code.
        """
        return self._core.send(
            audio,
            {
                "format": format,
                "sample_rate": sample_rate,
                "speex_size": speex_size,
                "tts": tts,
                "answer_audio": answer_audio,
                "voice_name": voice_name,
                "speed": speed,
                "volume": volume,
                "pitch": pitch,
                "latitude": latitude,
                "longitude": longitude,
                "city": city,
                "position": position,
                "data": None if data is None else list(data),
                "voice_type": voice_type,
            },
        )

    @call
    def fetch_audio(self, url: AudioUrl | str) -> Work[bytes]:
        """Fetches a spoken answer; decode_answer makes PCM of it. The access token does not go along.

        Raises:
            LimitError: it is longer than http_max_response_bytes.
            ServiceError: what came is not audio of the kind that was asked for. Otherwise as send.
        """
        return self._core.fetch_audio(url)

    def for_user(self, user_id: str) -> Self:
        """The same client speaking for another user: same connections and credentials, tokens of the user's own.

        Raises:
            InvalidArgumentError: it has no application's credentials, or the id cannot be sent.
        """
        return self._made_from(self._core.for_user(user_id))

    @property
    def uses_trial_host(self) -> bool:
        """Whether this is the vendor's trial host, which is not for production."""
        return self._core.uses_trial_host


    def _parts(
        self,
        src: _Streamable,
        profile: str | None,
        options: Options | None,
        on_failure: str,
        keywords: Any,
    ) -> tuple[PartStream, dict[str, Any], bool]:
        """What a long call is made of."""
        if on_failure not in ("stop", "go_on"):
            raise InvalidArgumentError(f'on_failure is "{on_failure}"; use "stop" or "go_on"')
        request = {name: keywords.pop(name) for name in _OF_REQUEST if name in keywords}
        if profile is None and options is None:
            profile = "chat-16k"
        # No part is larger than this client may send.
        chosen = self._core.sendable(_chosen(src, profile, options, keywords))
        return stream_parts(src, options=chosen), request, on_failure == "go_on"


class ChatClient(_Chat, Blocking):
    __doc__ = f"""{_Chat.__doc__}
    >>> import voxline
    >>> call = voxline.prepare(bytes(16000), profile="chat-16k", input_raw_format="s16le")
    >>> with voxline.Simulator() as services, voxline.ChatClient(**services.chat) as client:
    ...     answer = client.send(call, tts=True, answer_audio="wav-16k")
    ...     spoken = client.fetch_audio(answer.audio_url)
    >>> answer.status, voxline.decode_answer(spoken, "wav-16k").report.target.sample_rate_hz
    (0, 16000)
    """

    def chat_long(
        self,
        src: _Streamable,
        *,
        profile: str | None = None,
        options: Options | None = None,
        on_failure: Literal["stop", "go_on"] = "stop",
        **keywords: Unpack[_LongKeywords],
    ) -> LongChat:
        """Sends a recording of any length in parts, one after the other, while a loop runs over what this gives.

        Args:
            src: as for stream: a path, bytes-like, anything with read(), an iterable of bytes.
            profile, options: how it is prepared and split, by default the profile "chat-16k".
            on_failure: after a part without an answer a loop ends ("stop") or sends the next one ("go_on").
            **keywords: any option of option_table(), such as split_max_duration_s; and those of send: tts, speed, city …

        Returns:
            LongChat: iterable; gives LongPart: .start_s, .end_s, .answer or .error.

        Raises:
            OSError, InvalidArgumentError: the recording cannot be opened, or the options are not valid. A loop over it
            raises what split raises; what send raises is the .error of the part, unless it is about the arguments.

        >>> import voxline
        >>> with voxline.Simulator() as services, voxline.ChatClient(**services.chat) as client:
        ...     long = client.chat_long(bytes(64000), input_raw_format="alaw", split_max_duration_s=3)
        ...     [(part.start_s, part.end_s, part.answer.status) for part in long]
        [(0.0, 3.0, 0), (3.0, 6.0, 0), (6.0, 8.0, 0)]
        >>> long.is_complete, long.report.target.duration_s
        (True, 8.0)
        """
        return LongChat(self.send, *self._parts(src, profile, options, on_failure, keywords))

    def resend(self, part: LongPart) -> ChatAnswer:
        """Sends a part of a long call that has no answer once more, by itself, and keeps the answer in it.

        After an OutcomeUnknownError the service may have answered, and been paid for, already: only the caller can know
        whether it should be asked again.

        Raises:
            InvalidStateError: the part has its answer. Otherwise as send; the part is then as before.
        """
        return part._answered(self.send(part._to_send(), **part._request))


class AsyncChatClient(_Chat, Awaited):
    __doc__ = f"""{_Chat.__doc__}
{Awaited.__doc__}
    >>> import asyncio, voxline
    >>> async def ask(call, **settings):
    ...     async with voxline.AsyncChatClient(**settings) as client:
    ...         answers = await asyncio.gather(*(client.send(call) for _ in range(8)))
    ...         return [answer.status for answer in answers]
    >>> call = voxline.prepare(bytes(16000), profile="chat-16k", input_raw_format="s16le")
    >>> with voxline.Simulator() as services:
    ...     asyncio.run(ask(call, **services.chat))
    [0, 0, 0, 0, 0, 0, 0, 0]
    """

    def chat_long(
        self,
        src: _Streamable,
        *,
        profile: str | None = None,
        options: Options | None = None,
        on_failure: Literal["stop", "go_on"] = "stop",
        **keywords: Unpack[_LongKeywords],
    ) -> AsyncLongChat:
        """The same as ChatClient.chat_long, for ``async for``; not to be awaited itself."""
        return AsyncLongChat(self.send, *self._parts(src, profile, options, on_failure, keywords))

    async def resend(self, part: LongPart) -> ChatAnswer:
        """Sends a part of a long call that has no answer once more, by itself; see ChatClient.resend."""
        return part._answered(await self.send(part._to_send(), **part._request))
