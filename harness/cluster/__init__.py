"""Trials played on the workers of a Dask cluster, for a run whose files and budget stay at home.

*Home* is the process of the command: it owns the run's directory, journal, budget and quotas. It
divides the questions into tasks. A worker plays a task, and has a *connection* to home: over it
goes what the journal has to hold before a request is sent and before an answer is used. A worker
that dies takes nothing with it but the answers that were on their way.

- ``messages``: what is said over a connection, as text: JSON, so that nobody unpickles what others
  wrote.
- ``send_queue``: gathers what is said while the last message is under way.
- ``coordinator``: the home end of all connections; ``connection``, ``remote``: a worker's end.
- ``task_runner``: plays one task on a worker.
- ``channels``, ``engine``, ``worker_check``: all that knows Dask; it is imported when a cluster is
  used.
"""
