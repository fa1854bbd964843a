"""Where the Slack app is installed: one row a workspace, the newest."""

from __future__ import annotations

from services.ports import SlackInstallation
from storage.store import SqlStore
from tests.builders import local


async def test_a_workspace_is_kept_as_it_installed_last_and_forgotten_when_it_leaves(store: SqlStore) -> None:
    first = SlackInstallation("T1", "Sykehuset", "sealed", local(2023, 11, 23, 9))
    newer = SlackInstallation("T1", "Sykehuset i Vestfold", "sealed anew", local(2023, 11, 24, 9))
    other = SlackInstallation("T2", "Kommunen", "sealed", local(2023, 11, 23, 9))
    for made in (first, other, newer):
        await store.keep_slack_installation(made)
    assert await store.slack_installation("T1") == newer
    await store.forget_slack_installation("T1")
    assert await store.slack_installation("T1") is None
    assert await store.slack_installation("T2") == other
