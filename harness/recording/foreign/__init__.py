"""Recordings that other tools wrote."""
