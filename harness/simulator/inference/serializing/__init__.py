"""Replies as the JSON and the events of each API."""
