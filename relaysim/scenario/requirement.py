"""What a destination requires of mail and of its connection, and what it does with other mail."""

from typing import Any, Self

from pydantic import model_validator

from relaysim.scenario.table import NONE, Positive, Share, Table


class Requirement(Table):
    """What happens to mail that lacks something; the rest of it is accepted like any other.

    `refuse` and `junk` are shares of the mail, whatever the attempt; `defer` is drawn anew at each
    attempt of what is not refused.
    """

    defer: Share = 0.0
    """Share of the attempts that get a 4xx reply."""
    refuse: Share = 0.0
    """Share of the mail that gets a 5xx reply."""
    junk: Share = 0.0
    """Share of the mail that goes to the junk folder."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.refuse + self.junk > 1.0 + 1e-9:
            raise ValueError(f"refuse and junk add up to {self.refuse + self.junk:.10g}, above 1")
        return self


class Requires(Table):
    """What a destination requires. Mail that has all of it is never touched.

    Of several things that a message lacks the worst outcome counts: refused, then deferred, then
    junked. All of them are checked after the content.
    """

    authentication: Requirement | None = None
    """That SPF or DKIM passes."""
    dmarc_policy: Requirement | None = None
    """That DMARC passes for a domain whose policy is "reject".

    Where the policy is "quarantine", what would be refused goes to the junk folder.
    """
    spf: Requirement | None = None
    """That SPF passes."""
    dkim: Requirement | None = None
    """That a DKIM signature passes."""
    alignment: Requirement | None = None
    """That what passes is aligned with the From header."""
    dmarc_record: Requirement | None = None
    """That the domain in the From header has a DMARC record."""
    one_click_unsubscribe: Requirement | None = None
    """That mail of mailing lists and of culprits has one-click unsubscribe (RFC 8058)."""
    bulk_from: Positive | None = None
    """Recipients in 24 h from which on a registered domain is a bulk sender, for good.

    Only bulk senders need the five things above; without a number all senders do.
    """
    ptr: Requirement | None = None
    """That the IP has a PTR record."""
    tls: Requirement | None = None
    """That the connection is encrypted."""


def parse_requires(value: Any) -> Any:
    """Return a table without requirements for the word "none". Raises ValueError for others."""
    if not isinstance(value, str):
        return value
    if value != NONE:
        raise ValueError('write "none", or a table')
    return dict.fromkeys(Requires.model_fields, NONE)
