"""What `oversikt` asks of the database does not grow with the rounds that lie behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from bench.overview import Case, filled


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that goes to a database meanwhile."""
    asked: list[str] = []

    def heard(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", heard)
    yield asked
    event.remove(Engine, "before_cursor_execute", heard)


async def asked_for(folder: Path, rounds: int) -> list[str]:
    """The statements of one `oversikt` after so many rounds, however many ids stand in a list."""
    made = await filled(f"sqlite+aiosqlite:///{folder}/after_{rounds}.db", Case("after", 2, 1, rounds))
    await made.turn("warm")
    with statements() as asked:
        await made.turn("counted")
    await made.store.close()
    return [re.sub(r"IN \([?, ]+\)", "IN (…)", statement) for statement in asked]


async def test_as_many_questions_after_twelve_rounds_as_after_two(tmp_path: Path) -> None:
    assert await asked_for(tmp_path, 12) == await asked_for(tmp_path, 2)


async def test_what_was_sealed_is_read_whole_for_the_round_that_is_shown_alone(tmp_path: Path) -> None:
    """It is as large as all the round's answers; of the rounds before only the totals are taken out."""
    asked = [statement.split("FROM")[0] for statement in await asked_for(tmp_path, 12)]
    assert len([taken for taken in asked if re.search(r"(?<!\()round\.sealed\b", taken)]) == 1
    assert len([taken for taken in asked if re.search(r"\(round\.sealed\b", taken)]) == 1
