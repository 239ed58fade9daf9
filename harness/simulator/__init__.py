"""A local Azure over HTTP."""
