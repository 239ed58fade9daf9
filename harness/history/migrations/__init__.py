"""The steps from each schema of the shared history to the next, as Alembic runs them."""
