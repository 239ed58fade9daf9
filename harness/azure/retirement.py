"""The dates when models retire, from the newest schedule that was read.

Source: MicrosoftDocs/azure-ai-docs, ``concepts-model-retirement-schedule-content.md`` at commit
467c504d, read on 2026-09-28. It is newer than the recorded model lists, so its dates win; a SKU
that was recorded with a date of its own keeps it.
"""

from __future__ import annotations

from datetime import date

READ = date(2026, 9, 28)

_EVERY = "*"

_ROWS = """
gpt-4o 2024-05-13 2026-12-09
gpt-4o 2024-08-06 2027-04-14
gpt-4o 2024-11-20 2027-04-14
gpt-4o-mini * 2027-04-14
gpt-4.1 * 2027-04-14
gpt-4.1-mini * 2027-04-14
gpt-4.1-nano * 2026-10-14
o1 * 2026-11-19
o1-pro * 2026-11-19
o3 * 2026-11-19
o3-pro * 2026-11-19
o3-mini * 2026-11-19
o4-mini * 2026-11-19
o3-deep-research * 2026-11-19
gpt-5 * 2027-02-09
gpt-5-mini * 2027-02-09
gpt-5-nano * 2027-02-09
gpt-5-pro * 2027-04-07
gpt-5.1 * 2027-05-15
gpt-5.2 * 2027-06-08
gpt-5.4 * 2027-09-02
gpt-5.4-mini * 2027-09-21
gpt-5.4-nano * 2027-09-21
gpt-5.4-pro * 2027-09-07
gpt-5.5 * 2027-10-26
gpt-5.6-luna * 2028-01-11
gpt-5.6-sol * 2028-01-11
gpt-5.6-terra * 2028-01-11
text-embedding-ada-002 * 2028-02-09
text-embedding-3-small * 2028-02-09
text-embedding-3-large * 2028-02-09
model-router 2025-11-18 2027-05-20
gpt-chat-latest 2026-08-06 2026-12-02
"""

_SCHEDULE = {
    (model, version): date.fromisoformat(day)
    for model, version, day in (line.split() for line in _ROWS.split("\n") if line)
}

SUCCESSORS = {"gpt-4o": "gpt-5.6-sol"}
"""The replacements that the schedule names, where it was read.

Source: the same page; gpt-4o 2024-05-13 is replaced by gpt-5.6-sol, a reasoning model.
"""


def find_retirement(model: str, version: str) -> date | None:
    """Return the scheduled day of retirement; none when the schedule does not have the model."""
    return _SCHEDULE.get((model, version)) or _SCHEDULE.get((model, _EVERY))
