"""What one process remembers of a community between transactions: people, periods, rounds, the meeting plan,
minutes, newest reports, open forms.

They are asked for at every turn and change seldom. Only a process that has the database to itself may remember
(SQLite); whatever changes one of them forgets it when it commits. Where others write too, a transaction has a memory of
its own, so that what it looks at twice is read once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """One community's. `generation` changes with what is remembered.

    `languages` is what people chose, by person, as it was last read: for the words of the moment in which nothing can
    be read. It outlives what is forgotten, and the memory of a transaction.
    """

    def __init__(self, languages: dict[str, str | None] | None = None) -> None:
        self._known: dict[str, Any] = {}
        self.generation = 0
        self.languages = {} if languages is None else languages

    def forget(self) -> None:
        self.generation += 1
        self._known.clear()

    def learn(self, known: Mapping[str, Any]) -> None:
        """What a commit has made of these."""
        if known:
            self.generation += 1
            self._known.update(known)

    async def recall(self, key: str, load: Callable[[], Awaitable[T]], generation: int) -> T:
        """`generation` is the one in which the transaction began: it reads what stood then, however late it reads, so
        after a change that is not to be remembered."""
        if key in self._known:
            found: T = self._known[key]
            return found
        loaded = await load()
        if generation == self.generation:
            self._known[key] = loaded
        return loaded
