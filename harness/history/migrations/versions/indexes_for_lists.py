"""Indexes for what is asked most: the newest runs of a spec, and where a baseline stands."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the indexes."""
    op.create_index("harness_run_of_spec", "harness_run", ["spec_name", "id"])
    op.create_index("harness_baseline_of_spec", "harness_baseline", ["spec_name", "name", "number"])


def downgrade() -> None:
    """Remove the indexes."""
    op.drop_index("harness_baseline_of_spec", "harness_baseline")
    op.drop_index("harness_run_of_spec", "harness_run")
