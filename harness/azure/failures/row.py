"""One way in which Azure refuses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """A way in which Azure refuses.

    Attributes:
        name: what this row is called in tests and documentation.
        code: Azure's own code; compared without regard to case.
        cause: what it means, in words that follow "that is:".
        remedy: what a person does about it.
        source: where the code and its words were seen.
        said: Azure's words; ``…`` stands for names.
        pattern: a regular expression that the message must match; "" matches any.
        when: the operation that it is about: ``update``, or "" for any.
        retry: whether the very same request may succeed later.
    """

    name: str
    code: str
    cause: str
    remedy: str
    source: str
    said: str
    pattern: str = ""
    when: str = ""
    retry: bool = False
