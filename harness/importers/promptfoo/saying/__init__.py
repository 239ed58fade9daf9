"""Prompts of a configuration, and the words that they come to with the variables of a test."""
