"""Commands for a project's files, and the local Azure as a server."""
