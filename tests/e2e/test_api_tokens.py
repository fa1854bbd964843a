"""`samhandling token` beside the running server: what one community's token reads, and what it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.command_line import EXAMPLE, samhandling
from tests.e2e.test_api import neighbour
from tests.harness import Running, running, vestfold

OURS = ("rounds", "rounds/x", "actions", "plan")


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[Running]:
    """The product in earnest with two communities, its database where the commands look."""
    files = {"vestfold": EXAMPLE.read_text(encoding="utf-8")}
    both = [vestfold(), neighbour()]
    async with running(tmp_path / "test.db", both, dev=False, api_token="for-alle", secret_key="s" * 32) as product:
        for key, text in files.items():
            await product.product.store.keep_file(key, text)
        yield product


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def created(folder: Path, *more: str) -> str:
    done = samhandling(folder, "token", "create", "--community", "vestfold", *more)
    assert done.returncode == 0, done.stderr
    assert "not shown again" in done.stderr
    return done.stdout.strip()


async def test_a_token_reads_its_own_community_and_of_another_not_even_whether_it_is_there(
    outside: Running, tmp_path: Path
) -> None:
    token = created(tmp_path)
    base = "/api/v1/communities"
    for part in OURS:
        status = (await outside.get(f"{base}/vestfold/{part}", bearer(token)))[0]
        assert status == (404 if part == "rounds/x" else 200), part
        theirs = await outside.get(f"{base}/nabo/{part}", bearer(token))
        assert theirs == await outside.get(f"{base}/ukjent/{part}", bearer(token)), part
        assert theirs == (404, {"error": "No such community."}), part
        assert (await outside.get(f"{base}/nabo/{part}", bearer("for-alle")))[0] == status, part
    assert (await outside.get("/api/v1/openapi.json", bearer(token)))[0] == 200
    assert (await outside.get("/metrics", bearer(token)))[0] == 401, "figures of the whole installation"


async def test_a_token_works_at_once_and_stops_at_once(outside: Running, tmp_path: Path) -> None:
    rounds = "/api/v1/communities/vestfold/rounds"
    token = created(tmp_path, "--name", "Power BI")
    assert await outside.get(rounds, bearer(token)) == (200, {"rounds": []})
    listed = samhandling(tmp_path, "token", "list", "--community", "vestfold").stdout
    assert "Power BI" in listed
    assert "never" not in listed
    assert token not in listed
    gone = samhandling(tmp_path, "token", "revoke", "Power BI", "--community", "vestfold")
    assert gone.returncode == 0
    assert (await outside.get(rounds, bearer(token)))[0] == 401
    assert samhandling(tmp_path, "token", "list", "--community", "vestfold").stdout == "There are no tokens.\n"
    again = samhandling(tmp_path, "token", "revoke", "Power BI", "--community", "vestfold")
    assert (again.returncode, len(again.stderr.splitlines())) == (1, 1)


async def test_wrong_use_is_one_line_and_keeps_nothing(outside: Running, tmp_path: Path) -> None:
    created(tmp_path)
    for arguments, says in (
        (["create", "--community", "nabo"], "no community nabo; it has: vestfold"),
        (["create", "--community", "vestfold"], "there is a token 'HTTP' already"),
        (["create", "--community", "vestfold", "--name", ""], "--name: a name has 1 to 60 characters"),
        (["list", "--community", "none.yaml"], "none.yaml: no such file"),
    ):
        done = samhandling(tmp_path, "token", *arguments)
        assert done.returncode == 2, done.stderr
        assert says in done.stderr
        assert (done.stdout, len(done.stderr.splitlines())) == ("", 1)


def test_before_the_server_has_run_the_communitys_file_is_needed(tmp_path: Path) -> None:
    early = samhandling(tmp_path, "token", "create", "--community", "vestfold")
    assert (early.returncode, len(early.stderr.splitlines())) == (1, 1)
    assert "there is no database" in early.stderr
    assert not list(tmp_path.iterdir())
    done = samhandling(tmp_path, "token", "create", "--community", str(EXAMPLE))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("samhandling_")
