"""Run and its file format."""
