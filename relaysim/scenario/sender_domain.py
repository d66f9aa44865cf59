"""Sender domains: what receivers find in the DNS of a domain, and who signs its mail."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from relaysim.mail.address import parse_domain
from relaysim.scenario.table import AddressName, Duration, Many, Table

DomainName = Annotated[str, BeforeValidator(parse_domain)]
"""A domain in lower case."""


class SenderDomain(Table):
    """A domain that streams send from: its SPF and DMARC records, and its DKIM keys.

    A domain without a table passes every check. A subdomain without a table has that of its
    registered domain.
    """

    spf: Many[AddressName] | None = None
    """The public IPs in its SPF record; without it all of them."""
    dkim: Many[str] | None = None
    """The hosts, hubs and relay services that sign its mail; without it all mail is signed."""
    dmarc: Literal["missing", "none", "quarantine", "reject"] = "none"
    """The policy of its DMARC record; "missing" is no record."""
    bulk_sender: bool = False
    """Whether providers have known its registered domain as a bulk sender since before the run."""
    age: Duration | None = None
    """How long it has sent mail, by which lists of domains weigh hits; without it long enough."""
