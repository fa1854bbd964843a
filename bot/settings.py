"""Settings from the environment or `.env`, all with the prefix `SAMHANDLING_`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.database_words import port_of
from domain.pacing import Limit, read_limits

_SQLITE, _POSTGRES = "sqlite+aiosqlite://", "postgresql+psycopg://"
SMTP_PORTS: Mapping[str, int] = {"smtp": 587, "smtps": 465}
"""How a mail server may be reached, and its port when the address names none."""

MOST_OF_A_PLATFORM = 1000
"""Requests a second to a tenant, far above what any platform takes: only a stand-in for one in a test is asked so."""


class SettingsError(Exception):
    """One line: which setting, what is wrong, what is accepted."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SAMHANDLING_", env_file=".env", extra="ignore")

    database_url: str = f"{_SQLITE}/data/samhandling.db"
    host: str = "127.0.0.1"
    port: int = Field(default=3978, ge=0, le=65535)
    public_url: str = ""
    secret_key: str = ""
    api_token: str = ""
    log_format: Literal["console", "json"] = "console"
    templates: str = ""  # the folder of the communities' own Word templates

    lease_seconds: float = Field(default=15, ge=0.5, le=600)
    most_connections: int | None = Field(default=None, ge=8, le=100_000)  # None: what this process has room for

    teams_app_id: str = ""
    teams_app_password: str = ""
    teams_app_type: Literal["MultiTenant", "SingleTenant"] = "MultiTenant"
    teams_tenant_id: str = ""
    teams_allowed_tenants: str = ""
    teams_openid_metadata_url: str = ""
    teams_token_url: str = ""
    teams_service_url: str = ""
    teams_rps: float = Field(default=30, gt=0)
    teams_conversation_limits: str = "7/1 8/2 60/30 1800/3600"

    slack_bot_token: str = ""
    slack_signing_secret: str = ""
    slack_api_url: str = ""
    slack_allowed_teams: str = ""
    slack_rps: float = Field(default=50, gt=0)
    slack_client_id: str = ""
    slack_client_secret: str = ""

    smtp_url: str = ""
    mail_from: str = ""

    @field_validator("database_url")
    @classmethod
    def known_engine(cls, url: str) -> str:
        """The address of a database that the product can use. Raises ValueError with what is accepted."""
        accepted = f"accepted: {_SQLITE}/… and {_POSTGRES}…"
        if url.startswith(_POSTGRES):
            try:
                port_of(url)
            except ValueError:
                raise ValueError(f"{accepted}, as {_POSTGRES}user:password@host:5432/name") from None
        elif not url.startswith(f"{_SQLITE}/"):
            raise ValueError(accepted)
        return url

    @field_validator("public_url")
    @classmethod
    def _known_address(cls, url: str) -> str:
        if url and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", url):
            raise ValueError("accepted: https://… without a query, as https://samhandling.example.no")
        return url.rstrip("/")

    @field_validator("slack_api_url")
    @classmethod
    def _known_slack(cls, url: str) -> str:
        if url and not re.fullmatch(r"https?://[^\s?#]+", url):
            raise ValueError("accepted: an address without a query, as https://slack.com/api/")
        return url

    @field_validator("teams_conversation_limits")
    @classmethod
    def _known_limits(cls, text: str) -> str:
        read_limits(text)
        return text

    @property
    def conversation_limits(self) -> tuple[Limit, ...]:
        """None where the rate shows that it is not Teams that is written to, but a stand-in for it in a test."""
        return read_limits(self.teams_conversation_limits) if self.teams_rps <= MOST_OF_A_PLATFORM else ()

    @field_validator("smtp_url")
    @classmethod
    def _known_mail_server(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            good = not url or (parts.scheme in SMTP_PORTS and parts.hostname and parts.port != 0 and not parts.query)
        except ValueError:
            good = False
        if not good:
            raise ValueError("accepted: smtp://user:password@host:587 and smtps://user:password@host:465")
        return url

    @field_validator("mail_from")
    @classmethod
    def _known_sender(cls, text: str) -> str:
        name, address = parseaddr(text)
        if text and not (re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address) and (name + address).isprintable()):
            raise ValueError("accepted: an address, as Samhandlingsbot <bot@example.no>")
        return text

    @property
    def allowed_tenants(self) -> frozenset[str]:
        """The Microsoft 365 tenants whose people may write; the bot's own is always among them."""
        listed = (part.strip() for part in self.teams_allowed_tenants.split(","))
        return frozenset(part.casefold() for part in (*listed, self.teams_tenant_id) if part)

    @property
    def allowed_workspaces(self) -> frozenset[str]:
        """The Slack workspaces that may install the app, by their ids."""
        return frozenset(part.strip() for part in self.slack_allowed_teams.split(",") if part.strip())

    def teams_configured(self) -> bool:
        """Whether Teams is on. Raises SettingsError when it is half configured."""
        given = {
            "TEAMS_APP_ID": self.teams_app_id,
            "TEAMS_APP_PASSWORD": self.teams_app_password,
            "TEAMS_TENANT_ID or TEAMS_ALLOWED_TENANTS": self.teams_tenant_id or self.teams_allowed_tenants,
        }
        if not any(given.values()):
            return False
        if self.teams_app_type == "SingleTenant":
            given["TEAMS_TENANT_ID"] = self.teams_tenant_id
        if lacking := [name for name, value in given.items() if not value]:
            raise SettingsError(
                f"Teams is half configured: SAMHANDLING_{lacking[0]} is not set; "
                "set it, or none of the TEAMS settings to leave Teams off"
            )
        return True

    def slack_configured(self, *, dev: bool = False) -> bool:
        """Whether Slack is on. Half configured it is off under `--dev`, and else raises SettingsError."""
        lacking = self._slack_lacks(dev)
        if lacking is None or (lacking and dev):
            return False
        if lacking:
            raise SettingsError(
                f"Slack is half configured: SAMHANDLING_{lacking} is not set; "
                "set it, or none of the SLACK settings to leave Slack off"
            )
        return True

    def _slack_lacks(self, dev: bool) -> str | None:
        """The first setting that is missing, empty when none is; None when there are none at all.

        One workspace by its token, several by installation, or both.
        """
        installed = self.slack_client_id or self.slack_client_secret
        if not (self.slack_bot_token or self.slack_signing_secret or installed):
            return None
        needed = {"SLACK_SIGNING_SECRET": self.slack_signing_secret}
        if installed:
            needed |= {"SLACK_CLIENT_ID": self.slack_client_id, "SLACK_CLIENT_SECRET": self.slack_client_secret}
            needed |= {"SLACK_ALLOWED_TEAMS": self.slack_allowed_teams}
            needed |= {} if dev else {"SECRET_KEY": self.secret_key, "PUBLIC_URL": self.public_url}
        else:
            needed["SLACK_BOT_TOKEN"] = self.slack_bot_token
        return next((name for name, value in needed.items() if not value), "")

    def mail_configured(self, *, dev: bool = False) -> bool:
        """Whether e-mail is on. Raises SettingsError when it is half configured; under `--dev` the server is enough."""
        if not self.smtp_url and not self.mail_from:
            return False
        if dev:
            return bool(self.smtp_url)
        given = {
            "SMTP_URL": self.smtp_url,
            "MAIL_FROM": self.mail_from,
            "PUBLIC_URL": self.public_url,
            "SECRET_KEY": self.secret_key,
        }
        if lacking := [name for name, value in given.items() if not value]:
            raise SettingsError(
                f"E-mail is half configured: SAMHANDLING_{lacking[0]} is not set; "
                "set it, or neither SMTP_URL nor MAIL_FROM to leave e-mail off"
            )
        return True


def read_settings() -> Settings:
    """Raises SettingsError with one line for everything that is wrong."""
    try:
        settings = Settings()
    except ValidationError as exc:
        wrong = "; ".join(
            f"SAMHANDLING_{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')}" for e in exc.errors()
        )
        raise SettingsError(wrong) from None
    known = {f"SAMHANDLING_{name.upper()}" for name in Settings.model_fields}
    if unknown := sorted(name for name in os.environ if name.startswith("SAMHANDLING_") and name not in known):
        raise SettingsError(f"{unknown[0]} is no setting; accepted: {', '.join(sorted(known))}")
    return settings


def sqlite_file(settings: Settings) -> Path | None:
    """The SQLite database; None for a server."""
    if not settings.database_url.startswith(_SQLITE):
        return None
    return Path(settings.database_url.removeprefix(f"{_SQLITE}/"))
