"""Azure's own content filters: the names of what they look for.

Source: Azure OpenAI documentation on content filtering and its REST reference of RAI policies;
recorded policies (azure-powershell, 2025-01) have the first four, Jailbreak and the two of
protected material.
"""

from __future__ import annotations

FILTER_NAMES = (
    "Hate",
    "Sexual",
    "Violence",
    "Selfharm",
    "Jailbreak",
    "Indirect Attack",
    "Indirect Attack Spotlighting",
    "Protected Material Text",
    "Protected Material Code",
    "Profanity",
    "Ungrounded Material",
    "Personally Identifiable Information",
    "Task Adherence",
)
"""Names that an entry of a policy's ``contentFilters`` may have, compared without case."""
