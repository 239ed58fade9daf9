"""A run as lines of a terminal: the trials that did not pass, and transcripts to read."""
