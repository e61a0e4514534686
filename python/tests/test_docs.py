"""The code of the pages for people runs as it stands there."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ASSETS

pytestmark = pytest.mark.processes

ROOT = ASSETS.parent
PAGES = ["README.md", "python/README.md", "docs/python.md", "docs/python-migration.md"]
FENCE = re.compile(r"^```(.*)\n((?:.*\n)*?)```$", re.MULTILINE)
#: What a page takes for granted.
GIVEN = {"README.md": "import io; response = io.BytesIO(open('call.mp3', 'rb').read())"}


@dataclass
class Block:
    """A block of Python: the code of before, or ours; a program of its own when its first line names a file."""

    line: int
    code: str
    is_before: bool

    @property
    def file(self) -> str | None:
        named = re.match(r"# (\w+\.py)\n", self.code)
        return named and named.group(1)

    def can_run(self) -> bool:
        """Whether all that it imports, and ffmpeg where it calls that, is there."""
        names = [node.names[0].name for node in ast.walk(ast.parse(self.code)) if isinstance(node, ast.Import)]
        names += [str(node.module) for node in ast.walk(ast.parse(self.code)) if isinstance(node, ast.ImportFrom)]
        has_modules = all(importlib.util.find_spec(name.partition(".")[0]) for name in names)
        return has_modules and ('"ffmpeg"' not in self.code or shutil.which("ffmpeg") is not None)


def blocks(page: str) -> list[Block]:
    text = (ROOT / page).read_text(encoding="utf-8")
    found = []
    for fence in FENCE.finditer(text):
        language, *rest = fence.group(1).split() or [""]
        if language == "python":
            line = text.count("\n", 0, fence.start(2))
            found.append(Block(line, fence.group(2), is_before=rest == ["before"]))
            assert rest in ([], ["before"]), (page, line)
    return found


def script(parts: list[Block], given: str = "") -> str:
    """The blocks as one program, each on the lines where it stands in the page."""
    lines = [given]
    for block in parts:
        lines += [""] * (block.line - len(lines)) + block.code.splitlines()
    return "\n".join(lines) + "\n"


def run(folder: Path, name: str, code: str, *flags: str) -> None:
    for asset, copy in [
        ("call.mp3", "call.mp3"),
        ("call.wav", "call.wav"),
        ("answer/answer-8k.alaw", "line.alaw"),
        ("answer/answer-8k.ulaw", "line.ulaw"),
    ]:
        shutil.copy(ASSETS / asset, folder / copy)
    (folder / name).write_text(code, encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("VOXLINE_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", *flags, name],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES)
def test_what_stands_in_a_page_runs(page: str, tmp_path: Path) -> None:
    ours = [block for block in blocks(page) if not block.is_before]
    assert ours
    run(tmp_path, "page.py", script([block for block in ours if block.file is None], GIVEN.get(page, "")))
    for block in ours:
        if block.file is not None:
            # Processes that are forked from one with threads are what the page shows.
            run(tmp_path, block.file, block.code, "-W", "ignore:This process:DeprecationWarning")


def test_what_it_replaces_runs_too_where_it_is_installed(tmp_path: Path) -> None:
    parts = [block for block in blocks("docs/python-migration.md") if not block.is_before or block.can_run()]
    if not any(block.is_before for block in parts):
        pytest.skip("needs pydub, audioop, librosa or ffmpeg")
    # In the order of the page, so that ours works on what the other one made.
    run(tmp_path, "page.py", script(parts), "-W", "ignore::DeprecationWarning")


def test_a_block_that_fails_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match='page.py", line 41'):
        run(tmp_path, "page.py", script([Block(40, "assert False\n", is_before=False)]))


@pytest.mark.types
def test_the_tour_is_typed(tmp_path: Path) -> None:
    ours = blocks("docs/python.md")
    (tmp_path / "page.py").write_text(script([block for block in ours if block.file is None]), encoding="utf-8")
    (tmp_path / "workers.py").write_text(next(block.code for block in ours if block.file), encoding="utf-8")
    for file in ("page.py", "workers.py"):
        check = [sys.executable, "-m", "mypy", "--no-error-summary", "--check-untyped-defs", str(tmp_path / file)]
        done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
