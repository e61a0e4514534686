"""The bar of ``progress=True``."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


def bar() -> Callable[[int, int | None, int], None] | None:
    """A callback that draws a bar with tqdm; ``None`` where tqdm is not installed."""
    try:
        tqdm = importlib.import_module("tqdm.auto")
    except ImportError:
        return None
    return _Bar(tqdm.tqdm(unit="B", unit_scale=True))


class _Bar:
    """Closes the bar as well when a call ends with an error, or without knowing how much there is: it lets go of this."""

    def __init__(self, shown: Any) -> None:
        self.shown = shown

    def __call__(self, done: int, total: int | None, _frames: int = 0) -> None:
        self.shown.total = total
        self.shown.update(done - self.shown.n)
        if done == total:
            self.shown.close()

    def __del__(self) -> None:
        self.shown.close()
