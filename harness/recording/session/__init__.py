"""The recording of one command while it runs."""
