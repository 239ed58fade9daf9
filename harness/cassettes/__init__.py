"""Record once, replay in CI: the HTTP of a command, redacted, one readable file a conversation.

What the modules are for, from the command down to the disk:

===========================================  ======================================================
``recording_session``, ``attempt``           a command's recording; one attempt of it
``recorded_model``, ``recorded_transport``   a model that is recorded; what its requests pass by
``ledger``, ``requests_adapter``             the management plane's requests, and how they get there
``programs``, ``guard``                      programs under test; no sockets in a replay
``exchange``, ``key``, ``no_answer``         a request and its answer; when two are the same
``recorded_file``, ``library``               the exchanges of one file; the files in use
``codec``, ``folder``, ``naming``            documents; a cassette on disk with its manifest; names
``stale``, ``nearest``, ``request_diff``     what of a recording is stale, and how to say it
``request_view``, ``word_diff``, ``bodies``  what a request asks, by either API; words; JSON
``audit``, ``prune``, ``merging``            what is amiss with a cassette; leftovers; two branches'
``foreign``, ``foreign_session``             other people's recordings, by what a model reads
``vcr_file``, ``export``                     plain vcrpy files, read as data; and written
===========================================  ======================================================

What secrets look like, and hiding them, is ``harness.redaction``.
"""
