"""Notices of the organs' meetings, and what their minutes say of each item."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from storage.tables.columns import json_column


class NoticeRow(SQLModel, table=True):
    """The notice of a meeting; `version` is the newest that was sent, 0 none."""

    __tablename__ = "notice"
    community: str = Field(primary_key=True)
    meeting: str = Field(primary_key=True)
    chair: str | None
    secretary: str | None
    note: str
    version: int
    sent_at: datetime | None
    sent_by: str | None


class NoticeVersionRow(SQLModel, table=True):
    """What a notice said when it was sent; never changed."""

    __tablename__ = "notice_version"
    community: str = Field(primary_key=True)
    meeting: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    content: dict[str, Any] = json_column()
    sent_by: str
    sent_at: datetime


class MinutesItemRow(SQLModel, table=True):
    """What an organ's minutes say of a case or of a standing item, as it was written last."""

    __tablename__ = "minutes_item"
    community: str = Field(primary_key=True)
    meeting: str = Field(primary_key=True)
    item: str = Field(primary_key=True)
    text: str
    conclusion: str
    written_by: str
    written_at: datetime
