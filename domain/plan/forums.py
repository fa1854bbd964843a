"""Which organ a cell or a line speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.community import Forum
from domain.plan.words import plain

_BESIDE = re.compile(r"møte(?:r|dato(?:er|ar)?|tid(?:er)?)?|møta|meetings?|datoe?r?|datoar")
_LONG_KEY = 3
_TIME_OF_DAY = r"(?:(?<=\d )|(?<=\d))[ap]m(?!\w)"  # `1 PM` is no organ


class Forums:
    """The community's organs, found by key or name. Short keys count in capitals only: `au` is a word too."""

    def __init__(self, forums: Sequence[Forum]) -> None:
        names = {plain(name): forum.key for forum in forums for name in (forum.key, forum.name)}
        self._by_name = dict(sorted(names.items(), key=lambda item: -len(item[0])))
        pattern = "|".join(re.escape(name) for name in self._by_name)
        self._pattern = re.compile(rf"(?<!\w)(?!{_TIME_OF_DAY})(?:{pattern})(?!\w)") if pattern else None
        self._short = {plain(forum.key): forum.key for forum in forums if len(forum.key) < _LONG_KEY}

    def in_cell(self, text: str) -> tuple[str, ...]:
        """The organs that a cell names and says nothing else of."""
        found, rest = self._found(plain(text))
        return found if all(_BESIDE.fullmatch(word) for word in re.findall(r"[^\W\d_]+", rest)) else ()

    def in_line(self, text: str) -> tuple[str, ...]:
        return self.split(text)[0]

    def split(self, text: str) -> tuple[tuple[str, ...], str]:
        """The organs that a line names, and the line without them."""
        found, rest = self._found(plain(text), text)
        return found, rest

    def _found(self, lower: str, capitals: str | None = None) -> tuple[tuple[str, ...], str]:
        if self._pattern is None:
            return (), lower
        found: dict[str, None] = {}

        def take(match: re.Match[str]) -> str:
            name = match[0]
            if capitals is not None and name in self._short and not self._in_capitals(name, capitals):
                return name
            found[self._by_name[name]] = None
            return "|"

        rest = self._pattern.sub(take, lower)
        return tuple(found), rest

    def _in_capitals(self, name: str, text: str) -> bool:
        return re.search(rf"(?<!\w){re.escape(self._short[name])}(?!\w)", text) is not None
