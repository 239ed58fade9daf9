"""Conversation to Transcript."""
