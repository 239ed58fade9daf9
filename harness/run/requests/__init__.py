"""Requests to one target: their queue, their budget, and what is tried again."""
