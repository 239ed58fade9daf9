"""Providers of a configuration: makers, servers and applications that a spec can ask."""
