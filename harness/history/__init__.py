"""Runs that a team shares in a database: PostgreSQL, or one SQLite file, by the same tables.

A run directory is the truth where it lies; what is here is a copy of its bytes, with their sums.
SQLAlchemy, Alembic and psycopg are the extra ``history``; nobody imports this package before a URL
names a history.
"""
