"""The Slack app is permitted what our code needs, and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.install import SCOPES
from bot.packages.values import TEMPLATES

CODE = sorted((Path(__file__).parents[3] / "bot/channels/slack").rglob("*.py"))
MANIFEST: Mapping[str, Any] = yaml.safe_load((TEMPLATES / "slack/manifest.yaml").read_text(encoding="utf-8"))
PERMITTED = set(MANIFEST["oauth_config"]["scopes"]["bot"])
EVENTS = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])

SCOPES_OF_METHODS: Mapping[str, frozenset[str]] = {
    "auth.test": frozenset(),
    "chat.postEphemeral": frozenset({"chat:write"}),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.update": frozenset({"chat:write"}),
    "conversations.open": frozenset({"im:write"}),
    "files.completeUploadExternal": frozenset({"files:write"}),
    "files.getUploadURLExternal": frozenset({"files:write"}),
    "oauth.v2.access": frozenset(),
    "users.info": frozenset({"users:read", "users:read.email"}),
    "users.lookupByEmail": frozenset({"users:read", "users:read.email"}),
    "views.open": frozenset(),
    "views.publish": frozenset(),
}
"""What each method of the Web API that we call needs, for all that we use of its answer."""

SCOPES_OF_EVENTS: Mapping[str, frozenset[str]] = {
    "app_home_opened": frozenset(),
    "app_mention": frozenset({"app_mentions:read"}),
    "app_uninstalled": frozenset(),
    "message.im": frozenset({"im:history"}),
}

SLASH_COMMANDS = "commands"
FILES = "files:read"
"""What an address in `url_private` asks of the token that fetches it; it is no method of the Web API."""

METHODS: Mapping[str, str] = {
    function: function.replace("_", ".")
    for function in dir(AsyncWebClient)
    if "_" in function and not function.startswith("_") and function != "api_call"
}
"""Every method of the Web API that the SDK knows, by its function there."""


def _nodes() -> Iterator[ast.AST]:
    for path in CODE:
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def _words() -> set[str]:
    """Every string in the code of the channel."""
    return {node.value for node in _nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _called() -> set[str]:
    """Every method of the Web API that the code names, as a string or as the SDK's function."""
    functions = {METHODS[node.attr] for node in _nodes() if isinstance(node, ast.Attribute) and node.attr in METHODS}
    return functions | (_words() & set(METHODS.values()))


def test_the_code_is_read() -> None:
    """So that the promises below are not kept by looking at nothing."""
    assert {"chat.postMessage", "chat.update", "users.info"} <= _called()


def test_every_method_that_is_called_is_permitted() -> None:
    for method in sorted(_called()):
        assert method in SCOPES_OF_METHODS, f"{method}: say here which scopes it needs"
        assert SCOPES_OF_METHODS[method] <= PERMITTED, method


def test_every_event_that_is_subscribed_to_is_permitted_and_understood() -> None:
    words = _words()
    for event in sorted(EVENTS):
        assert SCOPES_OF_EVENTS[event] <= PERMITTED, event
        assert event.partition(".")[0] in words, event


def test_every_event_that_the_code_understands_is_subscribed_to() -> None:
    words = _words()
    assert {event for event in SCOPES_OF_EVENTS if event.partition(".")[0] in words} == EVENTS


def test_nothing_is_permitted_that_is_not_needed() -> None:
    needed = {SLASH_COMMANDS} | ({FILES} if "url_private" in _words() else set())
    needed |= {scope for method in _called() for scope in SCOPES_OF_METHODS[method]}
    needed |= {scope for event in EVENTS for scope in SCOPES_OF_EVENTS[event]}
    assert needed == PERMITTED


def test_a_workspace_that_installs_the_app_is_asked_for_the_same() -> None:
    assert set(SCOPES) == PERMITTED
