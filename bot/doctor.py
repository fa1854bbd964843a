"""`samhandling doctor`: what is in order, what is not, and what to do about it. And `migrate`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from rich.console import Console

from bot.channels.mail import MailServer
from bot.channels.slack.api import SlackApi
from bot.channels.slack.pacing import SlackPace
from bot.channels.teams.tokens import TOKEN_URL, Tokens
from bot.database_words import cannot_be_used
from bot.documents.own import examine_own
from bot.outbound import DeliveryError
from bot.settings import Settings, SettingsError
from domain.community import Community
from domain.working_time import public_holidays
from services.ports import UnavailableError
from storage.store import SqlStore


@dataclass(frozen=True, slots=True)
class Finding:
    """`good` None: off, which is no fault."""

    good: bool | None
    what: str
    then: str = ""


async def migrate_database(settings: Settings) -> str:
    """Empty when the schema is at its newest; else one line that says what is in the way."""
    store = SqlStore(settings.database_url, [])
    try:
        await store.migrate()
    except UnavailableError as exc:
        return f"SAMHANDLING_DATABASE_URL: {cannot_be_used(settings.database_url, exc)}"
    except Exception as exc:
        return f"SAMHANDLING_DATABASE_URL: the database cannot be opened ({type(exc).__name__})"
    finally:
        await store.close()
    return ""


async def examine(settings: Settings, communities: Sequence[Community]) -> bool:
    """Prints every finding; whether all is in order."""
    console = Console(highlight=False, soft_wrap=True)
    good = True
    async for finding in _findings(settings, communities):
        mark = {True: "[green]ok  [/]", False: "[red]fault[/]", None: "off "}[finding.good]
        console.print(f"{mark} {finding.what}" + (f"\n      {finding.then}" if finding.then else ""))
        good = good and finding.good is not False
    return good


async def _findings(settings: Settings, communities: Sequence[Community]) -> AsyncIterator[Finding]:
    yield _clock(communities)
    for community in communities:
        yield Finding(True, f"community {community.key}: {len(community.units)} units, {len(community.people)} people")
    problem = await migrate_database(settings)
    yield Finding(not problem, problem or "database: opened, schema at its newest version")
    yield _secret(settings)
    yield _addresses(settings)
    for finding in _templates(settings, communities):
        yield finding
    yield Finding(
        True if settings.api_token else None,
        "HTTP interface: SAMHANDLING_API_TOKEN",
        "" if settings.api_token else "not set; communities' own tokens (samhandling token create) open it",
    )
    async for finding in _teams(settings):
        yield finding
    async for finding in _slack(settings):
        yield finding
    yield await _mail(settings)


def _clock(communities: Sequence[Community]) -> Finding:
    now = datetime.now(UTC)
    zones = {str(community.zone) for community in communities} or {"UTC"}
    holidays = len(public_holidays(now.year))
    return Finding(
        now.year >= 2024 and holidays >= 10,
        f"clock: {now:%Y-%m-%d %H:%M} UTC, zones {', '.join(sorted(zones))}, {holidays} public holidays this year",
    )


def _secret(settings: Settings) -> Finding:
    if not settings.secret_key:
        return Finding(
            None, "web channel: SAMHANDLING_SECRET_KEY is not set", "Set it to 32 random characters or more."
        )
    long_enough = len(settings.secret_key) >= 32
    return Finding(
        long_enough, "web channel: SAMHANDLING_SECRET_KEY is set", "" if long_enough else "Use 32 characters or more."
    )


def _addresses(settings: Settings) -> Finding:
    """Pictures and documents in chat are fetched by the platform itself, so it must reach the product."""
    what = "pictures and documents in chat: SAMHANDLING_PUBLIC_URL"
    if not settings.public_url:
        return Finding(None, f"{what} is not set", "Set it to the address that the product is reached by from outside.")
    if not settings.secret_key:
        return Finding(None, f"{what} is set, SAMHANDLING_SECRET_KEY is not", "Set it: it signs their addresses.")
    secure = settings.public_url.startswith("https://")
    return Finding(secure, f"{what} is set", "" if secure else "Teams fetches over https:// only.")


def _templates(settings: Settings, communities: Sequence[Community]) -> Iterator[Finding]:
    """Each of the communities' own Word templates, filled in with an example."""
    if not settings.templates:
        yield Finding(None, "documents: SAMHANDLING_TEMPLATES is not set, the shipped templates are used")
        return
    if not Path(settings.templates).is_dir():
        yield Finding(
            False,
            f"documents: SAMHANDLING_TEMPLATES: {settings.templates} is no folder",
            "Make it, or unset the setting.",
        )
        return
    for found in examine_own(settings.templates, communities):
        then = "Correct it in Word; until then the shipped template is used." if found.fault else ""
        yield Finding(not found.fault, f"template {found.file}: {found.fault or 'can be filled in'}", then)


async def _teams(settings: Settings) -> AsyncIterator[Finding]:
    try:
        if not settings.teams_configured():
            yield Finding(None, "Teams: SAMHANDLING_TEAMS_APP_ID is not set")
            return
    except SettingsError as exc:
        yield Finding(False, str(exc))
        return
    tenant = settings.teams_tenant_id if settings.teams_app_type == "SingleTenant" else "botframework.com"
    url = settings.teams_token_url or TOKEN_URL.format(tenant=tenant)
    async with aiohttp.ClientSession() as session:
        try:
            await Tokens(session, url, settings.teams_app_id, settings.teams_app_password).header()
            yield Finding(True, "Teams: a token was given for the app")
        except DeliveryError as exc:
            then = "Check TEAMS_APP_ID, TEAMS_APP_PASSWORD and that this machine reaches Microsoft's sign-in service."
            yield Finding(False, f"Teams: no token ({exc})", then)


async def _slack(settings: Settings) -> AsyncIterator[Finding]:
    try:
        if not settings.slack_configured():
            yield Finding(None, "Slack: SAMHANDLING_SLACK_BOT_TOKEN is not set")
            return
    except SettingsError as exc:
        yield Finding(False, str(exc))
        return
    if settings.slack_client_id:
        yield Finding(True, f"Slack: workspaces install the app at {settings.public_url}/slack/install")
    if not settings.slack_bot_token:
        return
    async with aiohttp.ClientSession() as session:
        try:
            own = await SlackApi(session, settings.slack_api_url, SlackPace()).who_am_i(settings.slack_bot_token)
            yield Finding(True, f"Slack: the token is for the workspace {own.get('team')} ({own.get('team_id')})")
        except DeliveryError as exc:
            then = "Check SLACK_BOT_TOKEN and that this machine reaches slack.com."
            yield Finding(False, f"Slack: the token is not taken ({exc})", then)


async def _mail(settings: Settings) -> Finding:
    try:
        if not settings.mail_configured():
            return Finding(None, "e-mail: SAMHANDLING_SMTP_URL is not set, nobody can sign in on the page by e-mail")
    except SettingsError as exc:
        return Finding(False, str(exc))
    server = MailServer(settings.smtp_url)
    where = f"e-mail: {server.host}:{server.port}"
    if problem := await server.check():
        then = "Check SMTP_URL (user, password, port) and that this machine reaches the mail server."
        return Finding(False, f"{where} does not let us in ({problem})", then)
    return Finding(True, f"{where} answers, letters come from {settings.mail_from}")
