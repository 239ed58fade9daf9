"""Record once, replay in CI: the HTTP of a command, redacted, one readable file a conversation.

===============  ==================================================================================
``session``      the recording of one command while it runs; no sockets while one is replayed
``transports``   what is recorded: models, the management plane, programs under test
``storage``      exchanges, and the files that hold them
``diff``         the difference between a request and its recording, and how to say it
``maintenance``  what is amiss with a cassette, leftovers, two branches' recordings, vcrpy's form
``foreign``      recordings that other tools wrote
===============  ==================================================================================

What secrets look like, and hiding them, is ``harness.redaction``.
"""
