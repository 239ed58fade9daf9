"""The tables of a shared history, the same in PostgreSQL and in SQLite.

The tables of lists are narrow; the bytes of files lie in a table of their own, in pieces: grouping
over rows that hold transcripts takes four times as long. A change here wants a step in
``migrations``, and ``NEWEST`` to name it; a test holds the two together.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

NEWEST: Final = "0002"
"""The schema that this version of harness writes and reads: Alembic's name of the last step."""
METADATA = MetaData()


def _refer_to_run(*, key: bool = True) -> Column[str]:
    return Column(
        "run_id", String(64), ForeignKey("harness_run.id"), primary_key=key, nullable=False
    )


RUNS = Table(
    "harness_run",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("spec_name", String(255), nullable=False),
    Column("started_at", String(40), nullable=False),
    Column("finished_at", String(40)),
    Column("status", String(20), nullable=False),
    Column("verdict", String(20)),
    Column("exit_code", Integer),
    Column("simulated", Boolean, nullable=False),
    Column("replayed", Boolean, nullable=False),
    Column("harness_version", String(64), nullable=False),
    Column("trials", Integer, nullable=False),
    Column("passed", Integer, nullable=False),
    Column("errored", Integer, nullable=False),
    Column("cost_usd", Float),
    Column("uploaded_at", String(40), nullable=False),
    Column("uploaded_by", String(100), nullable=False),
    Index("harness_run_of_spec", "spec_name", "id"),
)
FILES = Table(
    "harness_file",
    METADATA,
    _refer_to_run(),
    Column("name", String(40), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
)
PIECES = Table(
    "harness_piece",
    METADATA,
    _refer_to_run(),
    Column("name", String(40), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
FIGURES = Table(
    "harness_figure",
    METADATA,
    _refer_to_run(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("target", String(255), nullable=False),
    Column("variant", String(255), nullable=False),
    Column("trials", Integer, nullable=False),
    Column("pass_rate", Float),
    Column("cost_usd", Float),
    Column("p50_s", Float),
    Column("p95_s", Float),
)
BASELINES = Table(
    "harness_baseline",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("spec_name", String(255), nullable=False),
    Column("name", String(64), nullable=False),
    _refer_to_run(key=False),
    Column("set_at", String(40), nullable=False),
    Column("set_by", String(100), nullable=False),
    Index("harness_baseline_of_spec", "spec_name", "name", "number"),
)
"""Rows are added and never changed: the one of the greatest number holds, the others are what it
was before."""
