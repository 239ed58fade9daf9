"""Checks that somebody outside has to carry out: the author's code, a judge, an embedding.

Checks compute. What takes a process or a model is referred to whoever runs the evaluation: it asks
``list_referrals`` what there is to find out, finds it out in whatever order, at whatever cost, and
hands the findings to ``check_all``, which treats them like its own: ``not-``, weights and sets
mean the same for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.checks.finding import CannotCheck, Finding
from harness.checks.subject import Subject
from harness.spec.model.spec import Assertion

Place = tuple[int, ...]
"""The place of an assertion in its list, from 0; inside an ``assert-set`` one number more."""

Findings = Mapping[Place, Finding | CannotCheck]
"""The findings from outside, or why there is none; a place that is missing is *errored*."""


@dataclass(frozen=True, slots=True)
class Referral:
    """One thing to find out.

    ``subject`` is what ``path`` narrowed the reply to, where the assertion has one.
    """

    place: Place
    assertion: Assertion
    subject: Subject
