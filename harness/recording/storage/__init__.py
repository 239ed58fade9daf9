"""Exchanges, and the files that hold them."""
