"""What a command says of a database that it cannot use: which, why, what helps, and never the password."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from bot.database_words import cannot_be_used, port_of
from services.ports import UnavailableError, Why

ADDRESS = "postgresql+psycopg://bot:s%40kret@db.example:5432/samhandling"
REFUSED = 'connection failed: connection to server at "db.example", port 5432 failed: Connection refused'


def test_the_servers_own_words_say_why_and_the_address_says_which() -> None:
    assert cannot_be_used(ADDRESS, UnavailableError(Why.UNREACHABLE, REFUSED)) == (
        "the database samhandling at db.example:5432 cannot be reached (Connection refused); start the server, or "
        "correct the address, the user or the password"
    )


@pytest.mark.parametrize("secret", ["s%40kret", "s@kret"])
def test_no_password_is_said_although_the_server_says_it(secret: str) -> None:
    said = cannot_be_used(ADDRESS, UnavailableError(Why.UNREACHABLE, f"connection failed: FATAL:  {secret} is wrong"))
    assert "kret" not in said
    assert "is wrong" in said


@pytest.mark.parametrize(
    ("address", "which"),
    [
        ("postgresql+psycopg://bot@/samhandling?host=/run/postgresql", "samhandling at /run/postgresql"),
        ("postgresql+psycopg://[::1]:5433/x", "x at [::1]:5433"),
        ("postgresql+psycopg:///x", "x at this machine"),
        ("sqlite+aiosqlite:///data/samhandling.db", "database data/samhandling.db"),
        ("sqlite+aiosqlite:////srv/samhandling.db", "database /srv/samhandling.db"),
    ],
)
def test_a_database_is_called_by_its_place(address: str, which: str) -> None:
    assert f"{which} cannot be" in cannot_be_used(address, UnavailableError(Why.UNREACHABLE))


@pytest.mark.parametrize("why", Why)
def test_there_is_something_to_do_about_each(why: Why) -> None:
    assert "; " in cannot_be_used(ADDRESS, UnavailableError(why))


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "54 32", "٥٤٣٢", "5432.0"])
def test_an_address_with_a_port_that_is_none_is_no_address(port: str) -> None:
    with pytest.raises(ValueError, match="postgresql"):
        port_of(f"postgresql+psycopg://bot:secret@host:{port}/x")


@given(
    st.text(st.characters(exclude_characters="@", exclude_categories=("Cs", "Cc")), max_size=12),
    st.integers(1, 65535),
)
def test_whatever_the_password_the_port_is_the_one_that_is_connected_to(password: str, port: int) -> None:
    address = f"postgresql+psycopg://bot:{password}@host:{port}/x"
    assert port_of(address) == make_url(address).port == port
