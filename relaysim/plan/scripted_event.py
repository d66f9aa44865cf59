"""The part of the plan about the script."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scripted:
    """An event of the script: `what` happens to `subject` at `at` and ends at `until`.

    A listing that is `fixed` stays in spite of requests for removal. `share` is the share of the
    domains with a resolver fault, a threshold for a 32-bit draw. `count` are the MX
    hosts that do not answer.
    """

    at: int
    until: int
    what: str
    subject: int
    blocklist: int = -1
    fixed: bool = False
    share: int = 0
    count: int = 0
