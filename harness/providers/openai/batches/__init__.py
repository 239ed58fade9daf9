"""Batches through the openai SDK: the service, and the lines of its files."""
