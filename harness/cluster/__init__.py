"""Trials played on the workers of a Dask cluster, for a run whose files and budget stay at home.

*Home* is the process of the command: it owns the run's directory, journal, budget and quotas. It
divides the questions into tasks. A worker plays a task, and has a *line* to home: over it goes what
the journal has to hold before a request is sent and before an answer is used. A worker that dies
takes nothing with it but the answers that were on their way.

- ``letters``: what is said over a line, as text: JSON, so that nobody unpickles what others wrote.
- ``outbox``: gathers what is said while the last letter is under way.
- ``desk``: the home end of all lines; ``line``, ``remote``: a worker's end.
- ``station``: plays one task on a worker.
- ``mail``, ``engine``, ``look_over``: all that knows Dask; it is imported when a cluster is used.
"""
