"""Constants of the model: measured here, or told by others, each with its source.

Measured on 2026-11-28 on 2 cores of an AMD EPYC that other work shared, Python 3.11, by
``tests.bench.scale.measure``: 1,000, 10,000 and 100,000 conversations of the usual profile took
8.5, 60 and 428 s of CPU, so a conversation's share is uncertain by a fifth.
"""

from __future__ import annotations

from typing import Final

START_S: Final = 3.0
"""CPU seconds before the first request and at the end that every run takes; of 8.5 s for 1,000."""
CPU_S: Final = 0.0050
"""CPU seconds of a conversation of three turns: request, checks, journal, result, documents."""
USUAL_TURNS: Final = 3
"""The turns of the conversations that ``CPU_S`` was measured with."""
REPORT_S: Final = 0.00023
"""CPU seconds a conversation of ``harness report``: 23 s for 100,000."""
MERGE_S: Final = 0.00060
"""CPU seconds a conversation of ``harness merge``: 7.2 s for two runs of 5,000."""
RSS_BYTES: Final = 95_000_000
RSS_EACH: Final = 3_500
"""Memory of a run, and of each of its conversations: 98, 145 and 444 MB at most."""
JOURNAL_BYTES: Final = 4_945
RESULTS_BYTES: Final = 7_366
JUNIT_BYTES: Final = 76
"""Bytes of a conversation in ``events.jsonl``, ``results.jsonl`` and ``junit.xml``."""
PAGE_BYTES: Final = 25_700_000
PAGE_EACH: Final = 82
"""``report.html``: transcripts up to a limit, and the numbers of each conversation (33.9 MB at
100,000)."""
PAGE_TRANSCRIPT: Final = 3_000
"""Bytes that a transcript of the usual profile takes in the page until that limit is reached."""

WIDTH: Final = 128
"""Requests in flight with ``concurrency: auto``, at most (``harness/run/requests/width.py``)."""
WIDEST: Final = 600
"""The most that one process was measured with: 410 requests a second at 1 s an answer, two cores
shared with the server."""
SHARE: Final = 0.95
"""The share of a window that the scheduler uses (docs/evaluating.md); measured walls are 1.05 to
1.07 of what the limits take (docs/performance.md)."""
PERIOD_S: Final = 60.0

DASK_START_S: Final = 2.0
DASK_HOME_S: Final = 0.0025
"""CPU seconds that home takes of a request: some 400 requests a second (docs/dask.md), with the
simulator in the same process, so it is an upper bound."""

LINES: Final = 100_000
FILE_BYTES: Final = 200_000_000
"""Limits of an input file. Source: azure-ai-docs, how-to/batch."""
QUEUE_SHARE: Final = 0.9
"""The share of the queue that one file of ours fills at most."""
LINE_BYTES: Final = 250
"""Bytes of an input line beside its texts."""
TOKEN_BYTES: Final = 4
POLL_S: Final = 60.0
"""Seconds between two looks at a batch. Same source: at least 60."""
TYPICAL_S: Final = 3_600.0
TYPICAL_SPREAD: Final = 0.8
"""A file's median time and sigma of its logarithm: **not verified**. inspect's documentation says
"typically within an hour" of batches in general; nobody promises less than the target."""
TARGET_S: Final = 86_400.0
"""The time in which Azure means to finish a file; longer ones are not ended. Same source."""
HALF: Final = 0.5
"""What a batch costs of the list price. Same source."""
BATCH_CPU_S: Final = 0.00115
"""CPU seconds of a request that is sent as a line: 23 s of one core for 20,000, as measured with
the engine itself."""
IN_PLAY: Final = 10_000
"""Conversations of a target that the batch engine has in play at once; more follow as they end."""

HOSTED_JOB_S: Final = 6 * 3_600
"""The longest job of a hosted runner. Source: docs.github.com, Actions limits; 256 in a matrix."""
PLANNED: Final = 1_000_000
"""Trials, or requests, that a run plans without ``HARNESS_MAX_PLANNED``."""
