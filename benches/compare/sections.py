"""The parts of BENCHMARKS.md, each written by a command of its own: the comparison itself, then these."""

import re
from pathlib import Path

TITLES = ("Python", "Speex")


def replace(path: Path, title: str | None, text: str) -> None:
    """Writes the part with this title, or without one the first; the others stay."""
    page = path.read_text() if path.exists() else ""
    pieces = re.split(rf"^## ({'|'.join(TITLES)})\n", page, flags=re.MULTILINE)
    parts = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    found = {None: pieces[0], **{name: f"## {name}\n{rest}" for name, rest in parts.items()}, title: text}
    ordered = [found[name].strip() for name in (None, *TITLES) if found.get(name)]
    path.write_text("\n\n".join(part for part in ordered if part) + "\n")
    print(f"written to {path.name}")
