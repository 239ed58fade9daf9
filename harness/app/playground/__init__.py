"""Chat with a target: from a spec or a URL to a chat, kept on disk from turn to turn."""
