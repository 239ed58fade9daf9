"""Recordings: opened for one command, and looked after."""
