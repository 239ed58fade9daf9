"""The first tables: runs, their files in pieces, their figures, and baselines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "harness_run",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("spec_name", sa.String(255), nullable=False),
        sa.Column("started_at", sa.String(40), nullable=False),
        sa.Column("finished_at", sa.String(40)),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("verdict", sa.String(20)),
        sa.Column("exit_code", sa.Integer),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("replayed", sa.Boolean, nullable=False),
        sa.Column("harness_version", sa.String(64), nullable=False),
        sa.Column("trials", sa.Integer, nullable=False),
        sa.Column("passed", sa.Integer, nullable=False),
        sa.Column("errored", sa.Integer, nullable=False),
        sa.Column("cost_usd", sa.Float),
        sa.Column("uploaded_at", sa.String(40), nullable=False),
        sa.Column("uploaded_by", sa.String(100), nullable=False),
    )
    op.create_table(
        "harness_file",
        sa.Column("run_id", sa.String(64), sa.ForeignKey("harness_run.id"), primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
    )
    op.create_table(
        "harness_piece",
        sa.Column("run_id", sa.String(64), sa.ForeignKey("harness_run.id"), primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "harness_figure",
        sa.Column("run_id", sa.String(64), sa.ForeignKey("harness_run.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("target", sa.String(255), nullable=False),
        sa.Column("variant", sa.String(255), nullable=False),
        sa.Column("trials", sa.Integer, nullable=False),
        sa.Column("pass_rate", sa.Float),
        sa.Column("cost_usd", sa.Float),
        sa.Column("p50_s", sa.Float),
        sa.Column("p95_s", sa.Float),
    )
    op.create_table(
        "harness_baseline",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("spec_name", sa.String(255), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("run_id", sa.String(64), sa.ForeignKey("harness_run.id"), nullable=False),
        sa.Column("set_at", sa.String(40), nullable=False),
        sa.Column("set_by", sa.String(100), nullable=False),
    )


def downgrade() -> None:
    """Remove the tables and all runs in them."""
    for name in ("baseline", "figure", "piece", "file", "run"):
        op.drop_table(f"harness_{name}")
