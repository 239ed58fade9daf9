"""Declare Azure OpenAI deployments and the conversations that must keep working on them."""

from harness._version import __version__

__all__ = ["__version__"]
