"""Quota that regions share.

Source: Microsoft's product news, seen 2026-11: quota of Global and Data Zone SKUs moves to one
pool a subscription, realtime first; regional SKUs keep theirs by region.
"""

from __future__ import annotations

_POOLED = ("global", "datazone")


def is_pooled(usage_name: str) -> bool:
    """Tell whether the quota of that usage name moves to one pool a subscription.

    Args:
        usage_name: Azure's own, ``OpenAI.GlobalStandard.gpt4.1-mini``.
    """
    sku = usage_name.partition(".")[2].partition(".")[0]
    return sku.casefold().startswith(_POOLED)
