"""The compiled part of the package."""

from collections.abc import Callable
from os import PathLike
from typing import Any, Literal, Protocol, TypeAlias, Unpack, final, overload

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Buffer

from ._keywords import Keywords, LoadKeywords
from ._report import Report

class _Reads(Protocol):
    def read(self, count: int, /) -> bytes | bytearray | memoryview | None: ...

_Src: TypeAlias = str | PathLike[str] | Buffer | _Reads
_Progress: TypeAlias = bool | Callable[[int, int | None, int], object] | None
_Channels: TypeAlias = int | Literal["mix", "left", "right", "keep"]

__all__ = [
    "Base64Encoder",
    "Options",
    "Prepared",
    "Preparer",
    "Resampler",
    "__version__",
    "_error_kinds",
    "_provoke",
    "alaw2lin",
    "base64_encode",
    "info",
    "lin2alaw",
    "lin2ulaw",
    "load",
    "option_table",
    "prepare",
    "profiles",
    "ulaw2lin",
]

__version__: str

@final
class Options:
    def __new__(cls, profile: str | None = None, **options: Unpack[Keywords]) -> Options: ...
    def replace(self, **options: Unpack[Keywords]) -> Options: ...
    def __getattr__(self, name: str, /) -> Any: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __dir__(self) -> list[str]: ...
    @staticmethod
    def _from_json(text: str) -> Options: ...

@final
class Prepared:
    @property
    def data(self) -> bytes: ...
    @property
    def outputs(self) -> tuple[bytes, ...]: ...
    @property
    def report(self) -> Report: ...
    @property
    def is_base64(self) -> bool: ...
    def base64(self) -> str: ...
    def __bytes__(self) -> bytes: ...
    def __eq__(self, other: object, /) -> bool: ...
    @staticmethod
    def _restore(outputs: tuple[bytes, ...], report: str, is_base64: bool) -> Prepared: ...

@final
class Preparer:
    def __new__(
        cls, profile: str | None = None, *, options: Options | None = None, **keywords: Unpack[Keywords]
    ) -> Preparer: ...
    def push(self, data: Buffer) -> None: ...
    def pull(self, output: int = 0) -> bytes: ...
    def pull_samples(self, output: int = 0) -> NDArray[np.int16]: ...
    def finish(self) -> Report: ...
    def wav_header(self) -> bytes | None: ...
    @property
    def outputs(self) -> int | None: ...
    @property
    def source_frames(self) -> int: ...

@final
class Base64Encoder:
    def __new__(cls) -> Base64Encoder: ...
    def push(self, data: Buffer) -> str: ...
    def finish(self) -> str: ...

@final
class Resampler:
    def __new__(
        cls,
        from_rate: int,
        to_rate: int,
        *,
        channels: int = 1,
        quality: Literal["fast", "standard", "best"] = "standard",
    ) -> Resampler: ...
    @overload
    def push(self, samples: NDArray[np.int16]) -> NDArray[np.int16]: ...
    @overload
    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]: ...
    @overload
    def push(self, samples: bytes | bytearray | memoryview) -> bytes: ...
    def finish(self) -> Any: ...
    def reset(self) -> None: ...

def base64_encode(data: Buffer) -> str: ...
def ulaw2lin(fragment: Buffer, width: int = 2, /) -> bytes: ...
def alaw2lin(fragment: Buffer, width: int = 2, /) -> bytes: ...
def lin2ulaw(fragment: Buffer, width: int = 2, /) -> bytes: ...
def lin2alaw(fragment: Buffer, width: int = 2, /) -> bytes: ...
def prepare(
    src: _Src,
    *,
    profile: str | None = None,
    options: Options | None = None,
    progress: _Progress = None,
    **keywords: Unpack[Keywords],
) -> Prepared: ...
@overload
def load(
    src: _Src,
    *,
    sample_rate: int | Literal["keep"] | None = None,
    channels: _Channels | None = None,
    dtype: Literal["int16"] | type[np.int16] | np.dtype[np.int16] | None = None,
    options: Options | None = None,
    progress: _Progress = None,
    **keywords: Unpack[LoadKeywords],
) -> NDArray[np.int16]: ...
@overload
def load(
    src: _Src,
    *,
    sample_rate: int | Literal["keep"] | None = None,
    channels: _Channels | None = None,
    dtype: Literal["float32"] | type[np.float32] | np.dtype[np.float32],
    options: Options | None = None,
    progress: _Progress = None,
    **keywords: Unpack[LoadKeywords],
) -> NDArray[np.float32]: ...
def info(
    src: _Src, *, options: Options | None = None, progress: _Progress = None, **keywords: Unpack[Keywords]
) -> Report: ...
def option_table() -> list[tuple[str, str, str, str, str, str]]: ...
def profiles() -> dict[str, str]: ...
def _error_kinds() -> list[tuple[str, int, str]]: ...
def _provoke(status: int) -> None: ...
