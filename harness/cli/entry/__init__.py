"""The ends of a command as a process: how signals reach it."""
