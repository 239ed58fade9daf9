"""Logs of chats become a data set: lines in OpenAI's forms, and OpenTelemetry's spans.

``openai_form`` and ``spans`` read chats, ``gathering`` chooses which are kept, ``as_spec`` writes
them as a spec with its files.
"""
