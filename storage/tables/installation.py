"""What is known of the communities themselves."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class CommunityFileRow(SQLModel, table=True):
    """A community's file as the server last read it, for commands that are not given it."""

    __tablename__ = "community_file"
    community: str = Field(primary_key=True)
    text: str
