"""Record once, replay in CI: the HTTP of a command, redacted, one readable file a conversation."""
