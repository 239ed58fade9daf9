"""The difference between a request and its recording, and how to say it."""
