"""Columns that several tables have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Integer
from sqlmodel import Field

# Autoincrement on SQLite needs INTEGER, and PostgreSQL should not run out of numbers.
NUMBER = BigInteger().with_variant(Integer, "sqlite")


def json_column() -> Any:
    return Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
