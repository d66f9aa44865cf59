"""Destinations: classes of receiving domains, and their replies."""

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self
from unicodedata import normalize

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from relaysim.mail.address import parse_domain
from relaysim.profiles.properties import DestinationProperties
from relaysim.scenario.distribution import TimeLaw
from relaysim.scenario.greylisting import Greylisting
from relaysim.scenario.reputation import Reputation, parse_reputation
from relaysim.scenario.requirement import Requires, parse_requires
from relaysim.scenario.table import Duration, Keyed, Limit, Many, Named, Share, Table, adds_up

RefusalStage = Literal["greeting", "mail", "rcpt", "data"]
RefusalAction = Literal["reject", "defer", "score"]
Surplus = Literal["421", "drop"]
PANEL = "panel"
"""The word for the share of bulk mail that a published panel found in the junk folder."""


def shares_of_words(value: Any) -> Any:
    """Return a word alone as the share of all domains: "rcpt" is {rcpt = 1.0}.

    Raises ValueError.
    """
    if isinstance(value, str):
        return {value: 1.0}
    if not isinstance(value, Mapping):
        raise ValueError("write a word, or a table of words with their shares of the domains")
    return value


def _share_of_bulk(value: Any) -> Any:
    """Refuse the word for a published share where the profile has none. Raises ValueError."""
    if value == PANEL:
        raise ValueError("no panel has published a share for this profile: write a number")
    return value


class Destination(Table):
    """Receiving domains that behave alike, named (`domains`) or counted (`domain_count`).

    `refuses_on` gives, for each blocklist (or blocklist profile), the probability that a domain
    uses it. Such a domain acts on it at `refusal_stage` with `refusal_action`: a word, or a table
    of words with their shares of the domains. With the action "score" a domain takes the mail of a
    listed IP and puts `junk_share` of it in the junk folder. A domain caches the answer of a list
    for `dnsbl_ttl` if the IP is on it, else for `dnsbl_negative_ttl`; `mirrors` is the share of
    domains that query a local copy of the list. `reputation` has the rules of a mailbox provider,
    None without reputation.

    `connect_failure` is the probability that an attempt to connect fails, `defer` that an accepted
    connection defers a message with a 4xx reply.
    """

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = (("domains", "domain_count"),)

    name: str
    """The key of its table; no file writes it."""
    profile: str
    """The profile that its defaults come from."""
    properties: DestinationProperties
    """What its profile says about its replies; no file writes it."""
    domains: (
        Annotated[Many[Annotated[str, BeforeValidator(parse_domain)]], Field(min_length=1)] | None
    ) = None
    """Its domains by name."""
    domain_count: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """So many domains with made-up names, instead of `domains`."""
    connect_time: TimeLaw
    """Time to set up a connection to it."""
    response_time: TimeLaw
    """Time from the end of a message to its reply."""
    connect_failure: Share
    """Probability that a connection fails."""
    defer: Share
    """Probability that a message gets a 4xx reply."""
    mx_hosts: Annotated[int, Field(ge=1, le=100)] = 1
    """MX hosts of each domain, of equal preference."""
    unreachable_mx_hosts: Annotated[int, Field(ge=0, le=100)] = 0
    """How many of them never answer: a connection waits for the time-out, then tries the next."""
    max_connections_per_ip: Limit
    """Connections that it takes from one IP."""
    connection_backlog: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """Connections from one IP above that which wait for their greeting, first in, first out."""
    surplus_connections: Surplus = "421"
    """What further ones get: a reply at once, or no answer ("drop"), which costs a time-out."""
    max_messages_per_connection: Limit
    """Messages that it takes on one connection."""
    refuses_on: Named[Share]
    """Share of its domains that act on each blocklist."""
    refusal_stage: Annotated[
        Keyed[RefusalStage, Share], BeforeValidator(shares_of_words), AfterValidator(adds_up)
    ]
    """Where in the dialogue they do: one word, or shares of words."""
    refusal_action: Annotated[
        Keyed[RefusalAction, Share], BeforeValidator(shares_of_words), AfterValidator(adds_up)
    ]
    """What they do: one word, or shares of words."""
    junk_share: Share
    """Share of the mail of a listed IP that the action "score" puts into the junk folder."""
    bulk_junk: Annotated[Share, BeforeValidator(_share_of_bulk)] = 0.0
    """Share of bulk mail that goes to the junk folder while nothing is against the sender.

    Bulk mail is that of mailing lists and of culprits; mail of people and transactions has no such
    share. The word "panel" takes the share that a panel of seed mailboxes has published.
    """
    dnsbl_ttl: Duration
    """Time to live of the answer that an IP is listed."""
    dnsbl_negative_ttl: Duration
    """Time to live of the answer that an IP is not listed."""
    mirrors: Share
    """Share of its domains that query a copy of the list, which is later."""
    greylisting: Greylisting | None = None
    """How it defers mail of a sender that it does not know; without it no mail."""
    reputation: Annotated[Reputation | None, BeforeValidator(parse_reputation)]
    """What the provider makes of what it sees itself; "none" keeps none."""
    requires: Annotated[Requires, BeforeValidator(parse_requires)] = Requires()
    """What mail must have, such as SPF, DKIM, a PTR record; "none" requires nothing."""

    @model_validator(mode="after")
    def _has_these_hosts(self) -> Self:
        if self.unreachable_mx_hosts > self.mx_hosts:
            raise ValueError("unreachable_mx_hosts are some of mx_hosts: write no more than these")
        return self

    def domain_names(self) -> tuple[str, ...]:
        """Return the receiving domains; counted ones are named after the destination."""
        if self.domains is not None:
            return self.domains
        count = self.domain_count or 0
        # Leading zeros make the order of names that of the numbers.
        width, stem = len(str(count)), _stem(self.name)
        return tuple(f"{stem}-{n:0{width}d}.example" for n in range(1, count + 1))


def _stem(name: str) -> str:
    """Return the name of a destination as domain names have it.

    A name that no domain has, such as "big_providers" or "müşteriler", is spelled with letters a to
    z, digits and hyphens, and gets four digits of its hash: two such names never share a domain.
    """
    try:
        # A longer number than any count has, so the longest name is tried.
        parse_domain(f"{name}-{10**9}.example")
    except ValueError:
        plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        kept = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
        mark = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:4]
        return f"{kept}-{mark}" if kept else f"domain-{mark}"
    return name
