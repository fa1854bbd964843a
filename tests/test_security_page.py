"""The page on security names tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")


def named(row: str) -> list[tuple[str, str]]:
    """File and test; a name without a file is of the file before it."""
    found, file = [], ""
    for path, test in re.findall(r"`([\w/.]*)::(\w+)`", row):
        file = path or file
        found.append((file, test))
    return found


def test_every_promise_names_a_test_and_every_test_exists() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "held by" not in line]
    assert len(rows) > 25
    for row in rows:
        assert named(row), row
        for file, test in named(row):
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
            assert test in functions, f"{file}::{test}"
