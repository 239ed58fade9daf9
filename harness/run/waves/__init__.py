"""Asking in batches: what every conversation waits for goes out together, as a wave of files.

A conversation of so many turns is asked in as many waves; checks are carried out between them.
"""
