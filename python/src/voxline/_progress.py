"""The bar of ``progress=True``."""

from __future__ import annotations

import importlib
from collections.abc import Callable


def bar() -> Callable[[int, int | None, int], None] | None:
    """A callback that draws a bar with tqdm; ``None`` where tqdm is not installed."""
    try:
        tqdm = importlib.import_module("tqdm.auto")
    except ImportError:
        return None
    shown = tqdm.tqdm(unit="B", unit_scale=True)

    def progress(done: int, total: int | None, _frames: int) -> None:
        shown.total = total
        shown.update(done - shown.n)
        if done == total:
            shown.close()

    return progress
