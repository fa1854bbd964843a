"""A community's tokens for the HTTP interface, on every storage engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services import api_tokens
from services.api_tokens import NOTED_EVERY, TokenNameError, community_of, create, digest, revoke
from storage.store import SqlStore
from tests.builders import identity_number
from tests.storage.conftest import THURSDAY


async def made(store: SqlStore, name: str = "Power BI", community: str = "vestfold") -> str:
    async with store.begin(community) as work:
        return (await create(work, name, now=THURSDAY))[1]


async def test_a_token_is_known_by_its_digest_and_is_nowhere_kept(store: SqlStore) -> None:
    secret = await made(store)
    async with store.read("vestfold") as work:
        [kept] = await work.tokens.all()
        assert (kept.name, kept.digest, kept.created_at, kept.last_used_at) == (
            "Power BI",
            digest(secret),
            THURSDAY,
            None,
        )
        assert await work.tokens.get(kept.id) == kept
        [entry] = [entry async for entry in work.audit.all() if entry.kind == "token.created"]
    assert secret not in repr((kept, entry))
    assert await community_of(store, secret, THURSDAY) == "vestfold"


async def test_its_use_is_noted_but_not_at_every_request(store: SqlStore) -> None:
    secret = await made(store)
    for later, noted in ((timedelta(), THURSDAY), (NOTED_EVERY / 2, THURSDAY), (NOTED_EVERY, THURSDAY + NOTED_EVERY)):
        await community_of(store, secret, THURSDAY + later)
        async with store.read("vestfold") as work:
            assert [token.last_used_at for token in await work.tokens.all()] == [noted]


@pytest.mark.parametrize("by", ["id", "name", "secret"])
async def test_what_is_revoked_opens_nothing_and_is_revoked_once(store: SqlStore, by: str) -> None:
    kept_secret, secret = await made(store, "Excel"), await made(store)
    async with store.begin("vestfold") as work:
        [token] = [token for token in await work.tokens.all() if token.name == "Power BI"]
        which = {"id": token.id, "name": token.name, "secret": secret}[by]
        assert await revoke(work, which, now=THURSDAY) == token
        assert await revoke(work, which, now=THURSDAY) is None
        assert not await work.tokens.remove(token.id)
    assert await community_of(store, secret, THURSDAY) is None
    assert await community_of(store, kept_secret, THURSDAY) == "vestfold"
    async with store.read("vestfold") as work:
        assert [e.kind async for e in work.audit.all() if e.kind.startswith("token.")].count("token.revoked") == 1


async def test_another_community_sees_nothing_of_it(store: SqlStore) -> None:
    secret = await made(store)
    async with store.begin("nabo") as work:
        assert await work.tokens.all() == []
        assert await revoke(work, "Power BI", now=THURSDAY) is None
        assert await revoke(work, secret, now=THURSDAY) is None
    async with store.read("vestfold") as work:
        [kept] = await work.tokens.all()
    async with store.begin("nabo") as work:
        assert await work.tokens.get(kept.id) is None
        assert not await work.tokens.remove(kept.id)
        await work.tokens.used(kept.id, THURSDAY)
        await work.tokens.add(replace(kept, digest="theirs"))  # the same id is another token there
    async with store.read("vestfold") as work:
        assert await work.tokens.all() == [kept]


async def test_a_community_that_is_not_served_here_is_not_read_with_its_token(store: SqlStore) -> None:
    secret = await made(store, community="nabo")
    assert await community_of(store, secret, THURSDAY) == "nabo"
    alone = SqlStore(store.url, [store.communities["vestfold"]])
    assert await community_of(alone, secret, THURSDAY) is None
    await alone.close()


@pytest.mark.parametrize("name", ["", "  ", "a" * 61, "a\x00b", f"for {identity_number('180419045')}", " Power  BI "])
async def test_a_name_that_cannot_be_kept_or_is_taken_makes_no_token(store: SqlStore, name: str) -> None:
    await made(store)
    with pytest.raises(TokenNameError):
        await made(store, name)
    async with store.read("vestfold") as work:
        assert len(await api_tokens.all_of(work)) == 1


async def test_the_digest_is_of_the_whole_token_whatever_it_is(store: SqlStore) -> None:
    secret = await made(store)
    for wrong in (
        "",
        secret[:-1],
        secret + "a",
        secret.upper(),
        digest(secret),
        f"samhandling_{digest(secret)}",
        "\ud800",
    ):
        assert await community_of(store, wrong, THURSDAY) is None, wrong
