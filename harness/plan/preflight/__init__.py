"""Preflight: what Azure would refuse, found before anything is written."""
