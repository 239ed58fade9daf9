"""Run the steps over the connection that ``harness.history.schema`` hands over."""

from __future__ import annotations

from alembic import context

from harness.history.tables import METADATA


def migrate() -> None:
    """Run the steps in the transaction of whoever called; nothing is committed here."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=METADATA)
    context.run_migrations()


if __name__ == "env_py":  # the name under which Alembic runs this file
    migrate()
