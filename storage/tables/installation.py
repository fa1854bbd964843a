"""What is known of the communities themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class DevClockRow(SQLModel, table=True):
    """Where the development clock stands, for the processes that share a database under `--dev`."""

    __tablename__ = "dev_clock"
    id: int = Field(primary_key=True)
    at: datetime


class CommunityFileRow(SQLModel, table=True):
    """A community's file as the server last read it, for commands that are not given it."""

    __tablename__ = "community_file"
    community: str = Field(primary_key=True)
    text: str


class ApiTokenRow(SQLModel, table=True):
    """A token of other programs; `digest` is the SHA-256 of what was shown once."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("digest"),)
    community: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    digest: str
    created_at: datetime
    last_used_at: datetime | None


class RetentionRow(SQLModel, table=True):
    """Up to which instant a community's old texts are gone."""

    __tablename__ = "retention"
    community: str = Field(primary_key=True)
    swept_to: datetime


class SlackInstallationRow(SQLModel, table=True):
    """A workspace that took the Slack app into use; the bot's token there, sealed under the server's key."""

    __tablename__ = "slack_installation"
    team: str = Field(primary_key=True)
    name: str
    sealed_token: str
    installed_at: datetime
