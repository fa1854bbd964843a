"""A YAML file as its author wrote it: every value knows its line, and reading goes on until every mistake is found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar
from unicodedata import category

import yaml

T = TypeVar("T")
D = TypeVar("D")
K = TypeVar("K")
E = TypeVar("E", bound=StrEnum)
Pair: TypeAlias = tuple[yaml.Node, yaml.Node]

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
REFUSED = "refused"  # the tag of a node whose mistake has been told already
NULL, STR, INT, FLOAT, BOOL = (f"tag:yaml.org,2002:{name}" for name in ("null", "str", "int", "float", "bool"))
FORBIDDEN_CHARACTER = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to put right. `key` is a dotted path, empty where the file as a whole is meant."""

    line: int
    key: str
    problem: str
    accepted: str
    source: str = "community.yaml"

    def __str__(self) -> str:
        told = self.problem if self.accepted in self.problem else f"{self.problem}; accepted: {self.accepted}"
        return ": ".join(part for part in (f"{self.source}:{self.line}", self.key, told) if part)


class CommunityFileError(ValueError):
    """A community file that cannot be used, with every mistake in it, by line."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "\n".join(map(str, self.mistakes))


@dataclass(slots=True)
class Report:
    """The mistakes found so far, and where each value that may stand only once was first seen."""

    source: str
    mistakes: list[Mistake] = field(default_factory=list)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, line: int, key: str, problem: str, accepted: str) -> None:
        self.mistakes.append(Mistake(line, key, problem, accepted, self.source))

    def error(self) -> CommunityFileError:
        return CommunityFileError(tuple(sorted(self.mistakes, key=lambda mistake: mistake.line)))

    def check(self) -> None:
        """Raises CommunityFileError if anything was wrong."""
        if self.mistakes:
            raise self.error()


@dataclass(frozen=True)
class Kind(Generic[T]):
    """What a single value may be: `parse` answers None for a text that is not accepted."""

    accepted: str
    fallback: T  # stands in for a wrong value, so that reading can go on to the next mistake
    parse: Callable[[str], T | None]
    tags: tuple[str, ...] = ()  # what YAML must have taken it for; empty: the text alone decides
    options: tuple[str, ...] = ()

    def read(self, node: yaml.Node) -> T | None:
        if not isinstance(node, yaml.ScalarNode) or (self.tags and node.tag not in self.tags):
            return None
        return self.parse(node.value)


def text(most: int) -> Kind[str]:
    def parse(value: str) -> str | None:
        value = value.strip()
        one_line = all(category(character) not in ("Cc", "Cs", "Zl", "Zp") for character in value)
        return value if one_line and 1 <= len(value) <= most else None

    return Kind(f"text of 1 to {most} characters (numbers, dates and yes/no in quotes)", "", parse, (STR,))


def matching(pattern: str, accepted: str) -> Kind[str]:
    compiled = re.compile(pattern)
    return Kind(accepted, "", lambda value: value if compiled.fullmatch(value) else None)


def whole_number(least: int, most: int) -> Kind[int]:
    def parse(value: str) -> int | None:
        number = int(value) if re.fullmatch(r"[-+]?(0|[1-9][0-9]{0,8})", value) else None
        return number if number is not None and least <= number <= most else None

    return Kind(f"a whole number from {least} to {most}", least, parse, (INT,))


def number(most: int) -> Kind[float]:
    def parse(value: str) -> float | None:
        figure = float(value) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value) else None
        return figure if figure is not None and figure <= most else None

    return Kind(f"a number from 0 to {most}, such as 3 or 2.5", 0.0, parse, (INT, FLOAT))


def one_of(options: Sequence[str], accepted: str | None = None) -> Kind[str]:
    known = frozenset(options)
    return Kind(
        accepted or f"one of {', '.join(options)}",
        "",
        lambda value: value if value in known else None,
        options=tuple(options),
    )


def member_of(enum: type[E]) -> Kind[E]:
    by_name = {member.value: member for member in enum}
    return Kind(f"one of {', '.join(by_name)}", next(iter(enum)), by_name.get, options=tuple(by_name))


BOOLEAN = Kind("true or false", False, lambda value: value.lower() in ("true", "yes", "on"), (BOOL,))


def nearest(word: str, options: Iterable[str]) -> str | None:
    """The option that `word` is most like, if it is like any."""
    by_lower_case = {option.lower(): option for option in options}
    return next((by_lower_case[match] for match in get_close_matches(word[:64].lower(), by_lower_case, n=1)), None)


def shown(node: yaml.Node) -> str:
    """A value as a mistake quotes it: always short, always on one line."""
    if not isinstance(node, yaml.ScalarNode):
        return "a mapping" if isinstance(node, yaml.MappingNode) else "a list"
    if node.tag == NULL:
        return "nothing"
    value = node.value if len(node.value) <= 60 else node.value[:60] + "…"
    return repr(value) if node.tag == STR else value


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


class Section:
    """A mapping of the file. What is read from it is what it may contain: a key that nobody asked for is a mistake.

    Without a node (the mapping is missing, which has been told) every key reads as its fallback, in silence.
    """

    def __init__(self, node: yaml.MappingNode | None, path: str, report: Report) -> None:
        self._node, self._path, self._report = node, path, report
        self._asked_for: list[str] = []
        self._failed: set[str] = set()
        self._values: dict[str, yaml.Node] = {}
        self._names: dict[str, yaml.Node] = {}
        for label, name, value in self._pairs(node.value if node else (), path):
            self._names[label], self._values[label] = name, value

    def required(self, key: str, kind: Kind[T]) -> T:
        node = self._given(key, kind.accepted)
        return kind.fallback if node is None else self._read(key, node, kind)

    def optional(self, key: str, kind: Kind[T], default: D) -> T | D:
        node = self._given(key)
        return default if node is None else self._read(key, node, kind)

    def each(
        self, key: str, kind: Kind[T], *, least: int = 0, distinct: bool = True, default: tuple[T, ...] = ()
    ) -> tuple[T, ...]:
        """A list of single values; with `least` 1 it must be there."""
        accepted = f"a list [a, b], each {kind.accepted}"
        node = self._given(key, accepted if least else None)
        if node is None:
            return default
        items = self._items(key, node, accepted, least, most=1000)
        values = tuple(self._read(key, item, kind) for item in items)
        comparable = distinct and self.sound(key)
        for index, item in enumerate(items):
            if comparable and values[index] in values[:index]:
                self._fail(key, item, f"{shown(item)} is listed twice", "each value once")
        return values

    def entries(
        self, key: str, names: Kind[K], values: Kind[T], *, required: bool = False, commas: bool = False
    ) -> dict[K, T]:
        """A mapping whose keys are not known beforehand; with `commas` its values may be texts with commas."""
        accepted = f"a mapping from {names.accepted} to {values.accepted}"
        node = self._mapping(key, self._given(key, accepted if required else None), accepted, self._under(key))
        pairs = node.value if node else []
        if node and node.flow_style and commas:
            pairs = _rejoined(pairs, names)
        return {
            self._read(key, name, names): self._read(key, value, values, within=label)
            for label, name, value in self._pairs(pairs, self._under(key))
        }

    def section(self, key: str, build: Callable[[Section], T]) -> T:
        """A mapping that must be there, made into what it stands for."""
        accepted = f"a mapping with {', '.join(_keys_of(build, self._report))}"
        node = self._mapping(key, self._given(key, accepted), accepted, self._under(key))
        return _opened(node, self._under(key), self._report, build)[1]

    def optional_section(self, key: str, build: Callable[[Section], T], default: D) -> T | D:
        if self.has(key):
            return self.section(key, build)
        self._given(key)
        return default

    def sections(self, key: str, build: Callable[[Section], T], *, least: int, most: int) -> list[tuple[Section, T]]:
        """A list of mappings, each with what it stands for; with `least` 1 the list must be there."""
        mapping = f"mapping with {', '.join(_keys_of(build, self._report))}"
        accepted = f"a list of {least} to {most}, each a {mapping}"
        nodes = self._items(key, self._given(key, accepted if least else None), accepted, least, most)
        paths = [f"{self._under(key)}[{_own_key(node) or index}]" for index, node in enumerate(nodes)]
        return [
            _opened(self._mapping(key, node, f"a {mapping}", path), path, self._report, build)
            for node, path in zip(nodes, paths, strict=True)
        ]

    def once(self, key: str, value: str, among: str) -> None:
        """No other in the file may have this value."""
        if not self.sound(key):
            return
        seen, line = self._report.seen, line_of(self._values[key])
        if (among, value) in seen:
            self.wrong(key, f"{value!r} is already taken on line {seen[among, value]}", "a value that no other has")
        seen.setdefault((among, value), line)

    def has(self, key: str) -> bool:
        return key in self._values and self._values[key].tag != NULL

    def is_single(self, key: str) -> bool:
        return isinstance(self._values.get(key), yaml.ScalarNode)

    def sound(self, *keys: str) -> bool:
        """Whether these values can be held against others: none of them was missing or wrong."""
        return self._node is not None and self._failed.isdisjoint(keys)

    def quoted(self, key: str) -> str:
        """The value as its author wrote it."""
        return shown(self._values[key])

    def wrong(self, key: str, problem: str, accepted: str) -> None:
        """A value that is right by itself, but not beside the others."""
        node = self._values.get(key, self._node)
        if node is not None:
            self._fail(key, node, problem, accepted)

    def _under(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _fail(self, key: str, node: yaml.Node, problem: str, accepted: str, path: str | None = None) -> None:
        self._failed.add(key)
        if node.tag != REFUSED:
            self._report.add(line_of(node), self._under(key) if path is None else path, problem, accepted)

    def _given(self, key: str, required: str | None = None) -> yaml.Node | None:
        """The key's value, or None; a key that is `required` is then a mistake, and the text what would be accepted."""
        self._asked_for.append(key)
        if self.has(key):
            return self._values[key]
        if required and self._node is not None:
            self.wrong(key, "is empty" if key in self._values else "is missing", required)
        return None

    def _read(self, key: str, node: yaml.Node, kind: Kind[T], within: str = "") -> T:
        value = kind.read(node)
        if value is not None:
            return value
        meant = nearest(node.value, kind.options) if isinstance(node, yaml.ScalarNode) else None
        path = f"{self._under(key)}.{_printable(within)}" if within else None
        self._fail(key, node, f"{shown(node)} is not {kind.accepted}{_did_you_mean(meant)}", kind.accepted, path)
        # Reading goes on with what was probably meant: a misspelt unit is not also a unit for which nobody answers.
        guess = kind.parse(meant) if meant else None
        return kind.fallback if guess is None else guess

    def _items(self, key: str, node: yaml.Node | None, accepted: str, least: int, most: int) -> list[yaml.Node]:
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self._fail(key, node, f"{shown(node)} is not {accepted}", accepted)
            return []
        if not least <= len(node.value) <= most:
            self._fail(key, node, f"has {len(node.value)} entries", f"{least} to {most} entries")
        return list(node.value)

    def _mapping(self, key: str, node: yaml.Node | None, accepted: str, path: str) -> yaml.MappingNode | None:
        if node is None or isinstance(node, yaml.MappingNode):
            return node
        self._fail(key, node, f"{shown(node)} is not {accepted}", accepted, path)
        return None

    def _tell_unknown_keys(self) -> None:
        accepted = f"the keys {', '.join(self._asked_for)}"
        for label in (label for label in self._names if label not in self._asked_for):
            hint = _did_you_mean(nearest(label, self._asked_for))
            if not hint and self._values[label].tag == NULL:
                hint = " (a text with a comma in it needs quotes)"
            path = self._under(_printable(label))
            self._fail(label, self._names[label], f"is no key here{hint}", accepted, path)

    def _pairs(self, pairs: Iterable[Pair], path: str) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """The mapping's keys as text, their nodes and their values; every key once."""
        lines: dict[str, int] = {}
        for name, value in pairs:
            label = name.value if isinstance(name, yaml.ScalarNode) else ""
            if not isinstance(name, yaml.ScalarNode):
                self._fail(label, name, f"{shown(name)} is not a key", "a word", path)
            elif label in lines:
                where = f"{path}.{_printable(label)}" if path else _printable(label)
                self._fail(label, name, f"is already given on line {lines[label]}", "each key once", where)
            else:
                lines[label] = line_of(name)
                yield label, name, value


def _opened(
    node: yaml.MappingNode | None, path: str, report: Report, build: Callable[[Section], T]
) -> tuple[Section, T]:
    section = Section(node, path, report)
    built = build(section)
    section._tell_unknown_keys()
    return section, built


def _rejoined(pairs: Iterable[Pair], names: Kind[Any]) -> list[Pair]:
    """In `{en: Admissions, last 24 h}` YAML takes `last 24 h` for a key without a value: it is the rest of the text."""
    joined: list[Pair] = []
    for name, value in pairs:
        cut = isinstance(name, yaml.ScalarNode) and not name.style and value.tag == NULL and names.read(name) is None
        if cut and joined and isinstance(joined[-1][1], yaml.ScalarNode) and not joined[-1][1].style:
            language, begun = joined.pop()
            value = yaml.ScalarNode(STR, f"{begun.value}, {name.value}", begun.start_mark, name.end_mark)
            name = language
        joined.append((name, value))
    return joined


def _did_you_mean(meant: str | None) -> str:
    return f" (did you mean {meant}?)" if meant else ""


def _printable(label: str) -> str:
    return label if re.fullmatch(r"[\w.+-]{1,64}", label) else repr(label[:64])


def _own_key(node: yaml.Node) -> str | None:
    """The value of the mapping's `key`, by which people know it better than by its place in the list."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    keys = (value.value for name, value in pairs if name.value == "key" and isinstance(value, yaml.ScalarNode))
    return next((_printable(key) for key in keys if key), None)


def _keys_of(build: Callable[[Section], Any], report: Report) -> list[str]:
    """Which keys a mapping may have: those that its builder asks for."""
    section = Section(None, "", report)
    build(section)
    return section._asked_for


class _Loader(yaml.SafeLoader):
    """PyYAML's composer without what a configuration has no use for: references, tags, and nesting without end."""

    def __init__(self, text: str, report: Report) -> None:
        super().__init__(text)
        self.report, self.depth = report, 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        start, end, line = event.start_mark, event.end_mark, event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            self.get_event()  # type: ignore[no-untyped-call]
            self.report.add(line, "", f"*{event.anchor} refers to another place in the file", "the value itself")
            return yaml.ScalarNode(REFUSED, "", start, end)
        if event.anchor is not None:
            self.report.add(line, "", f"&{event.anchor} names a place in the file", "values without & and *")
            event.anchor = None
        if event.tag is not None:
            self.report.add(line, "", f"the tag {event.tag!r} is not used here", "values without !")
            event.tag, event.implicit = None, (True, True)
        if self.depth >= MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=f"nested deeper than {MAX_DEPTH} levels", problem_mark=start)
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def _compose(text: str, report: Report) -> yaml.Node | None:
    """The file's only document, or None if it is empty."""
    loader = _Loader(text, report)
    try:
        return loader.get_single_node()
    except yaml.MarkedYAMLError as exc:
        mark, begun = exc.problem_mark or exc.context_mark, exc.context_mark
        since = f" (begun on line {begun.line + 1})" if begun else ""
        problem = ": ".join(part for part in (exc.context, exc.problem) if part)
        report.add(mark.line + 1 if mark else 1, "", " ".join(f"{problem}{since}".split()), "valid YAML")
    except (yaml.YAMLError, ValueError, OverflowError):
        # PyYAML turns the digits of an escape or of a directive into a number without looking at their size.
        report.add(loader.line + 1, "", "a character or directive that does not exist", "valid YAML")
    finally:
        loader.dispose()
    return None


def _check_text(text: str, report: Report) -> None:
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        report.add(1, "", "the file is too large", f"at most {MAX_BYTES:,} bytes")
        report.check()
    for found in FORBIDDEN_CHARACTER.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        report.add(line, "", f"the character U+{ord(found.group()):04X} is not text", "printable characters")
    report.check()


def read_mapping(text: str, build: Callable[[Section], T], *, source: str) -> T:
    """Makes a YAML text into what it stands for. Raises CommunityFileError with every mistake in it."""
    report = Report(source)
    _check_text(text, report)
    root = _compose(text, report)
    accepted = f"a mapping with {', '.join(_keys_of(build, report))}"
    if isinstance(root, yaml.MappingNode):
        _, built = _opened(root, "", report, build)
        report.check()
        return built
    if not report.mistakes:
        line, problem = (line_of(root), f"{shown(root)} is not {accepted}") if root else (1, "the file is empty")
        report.add(line, "", problem, accepted)
    raise report.error()
