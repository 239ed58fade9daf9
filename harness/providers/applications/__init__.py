"""Applications under test: over HTTP, or as programs."""
