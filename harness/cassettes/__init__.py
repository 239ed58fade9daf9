"""Record once, replay in CI: the HTTP of a command, redacted, one readable file a conversation.

What the modules are for, from the command down to the disk:

=====================================  ============================================================
``tape``, ``sitting``, ``taped``       a command's recording; one attempt; a model that is recorded
``ledger``                             what commands say to the management plane
``recorded_transport``                 what requests to models pass by
``requests_adapter``                   what requests to the management plane pass by
``programs``, ``guard``                programs under test; no sockets in a replay
``exchange``, ``key``, ``lost``        a request and its answer; when two are the same; no answer
``reel``, ``library``                  the exchanges of one file; the files in use
``codec``, ``folder``, ``naming``      documents; a cassette on disk with its manifest; file names
``stale``, ``nearest``, ``differing``  what of a recording is stale, and how to say it
``said``, ``word_diff``, ``bodies``    what a request asks, by either API; words; JSON in bodies
``audit``, ``prune``, ``merging``      what is amiss with a cassette; leftovers; two branches'
``foreign``, ``foreign_session``       other people's recordings, matched by what a model reads
``vcr_file``, ``export``               plain vcrpy files, read as data; and written
=====================================  ============================================================

What secrets look like, and hiding them, is ``harness.redaction``.
"""
