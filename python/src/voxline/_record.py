"""Results that are nothing but their fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, dataclass_transform


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Record:
    """Named fields that cannot be changed; comparable, hashable as far as they are, picklable.

    Fields that are named ``hidden`` are what people said, signed links and the like: of them only whether they are
    there is shown.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _hidden: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, *, hidden: Iterable[str] = ()) -> None:
        cls._fields = tuple(name for name in cls.__annotations__ if not name.startswith("_"))
        cls._hidden = frozenset(hidden)

    def __init__(self, **fields: Any) -> None:
        cls = type(self)
        for name in cls._fields:
            if name in fields:
                self.__dict__[name] = fields.pop(name)
            elif hasattr(cls, name):
                self.__dict__[name] = getattr(cls, name)
            else:
                raise TypeError(f"{cls.__name__} needs {name}")
        if fields:
            raise TypeError(f"{cls.__name__} has no {', '.join(fields)}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__[name] for name in self._fields))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(self._shown, self._fields))})"

    def _shown(self, name: str) -> str:
        value = self.__dict__[name]
        if name not in self._hidden or value is None:
            return f"{name}={value!r}"
        return f"{name}=[{len(value)}]" if hasattr(value, "__len__") else f"{name}=[hidden]"
