"""What somebody might send in the place of anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

TEXTS = st.sampled_from(
    [
        *("", " ", "\x00", "\ud800", "a" * 5000, "🚑", "å", "-1", "0", "1e308", "NaN", "1" * 400, "٣", "½"),
        *("9999-12-31", "0001-01-01", "2023-02-30", "2023-12-19", "24:00", "00:00", "23:59", "16:00", "2023-W50"),
        *("larvik", "horten", "medisin", "samhandlingssjef", "red", "green", "true", "false", "now", "tomorrow"),
        *("../..", "%s{0}", "{{ 7*7 }}", "=1+1", "'; DROP TABLE person --", "<script>", "innstrom,innstrom,x", ",,,"),
        *("16", "31", "12.", "29. februar", "i morgen", "neste fredag", "om 3 uker", "fredag 32. mai", "100 uker"),
    ]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=True),
    TEXTS,
    st.text(max_size=20),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def paths(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something can be put, from the top down."""
    if at:
        yield at
    for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield from paths(node[key], (*at, key))


def broken(data: st.DataObject, whole: Any, most: int = 3) -> Any:
    """The same with something else, or nothing, in up to so many places."""
    for _ in range(data.draw(st.integers(1, most))):
        found = list(paths(whole))
        if not found:
            return whole
        path = data.draw(st.sampled_from(found))
        node = whole
        for step in path[:-1]:
            node = node[step]
        if data.draw(st.integers(0, 4)) == 0:
            del node[path[-1]]
        else:
            node[path[-1]] = data.draw(VALUES)
    return whole
