"""Destinations: classes of receiving domains, and how they answer."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from relaysim.mail.address import parse_domain
from relaysim.scenario.law import TimeLaw
from relaysim.scenario.reputation import Reputation, parse_reputation
from relaysim.scenario.table import (
    Duration,
    Keyed,
    Limit,
    Many,
    Named,
    Share,
    Table,
    adds_up,
)

RefusalStage = Literal["greeting", "mail", "rcpt", "data"]
RefusalAction = Literal["reject", "defer", "score"]


def shares_of_words(value: Any) -> Any:
    """A word alone is what all domains do: "rcpt" is {rcpt = 1.0}. Raises ValueError."""
    if isinstance(value, str):
        return {value: 1.0}
    if not isinstance(value, Mapping):
        raise ValueError("write a word, or a table of words with their shares of the domains")
    return value


class Destination(Table):
    """Receiving domains that behave alike, named (`domains`) or counted (`domain_count`).

    `refuses_on` gives, for each blocklist (or blocklist profile), the probability that a domain
    uses it. Such a domain acts on it at `refusal_stage` with `refusal_action`: a word, or a table
    of words with their shares of the domains. With the action "score" a domain takes the mail of a
    listed IP and puts `junk_share` of it in the junk folder. A domain believes the answer of a list
    for `dnsbl_ttl` if the IP is on it, else for `dnsbl_negative_ttl`; `mirrors` is the share of
    domains that ask a local copy of the list. `reputation` is what a large provider makes of what
    it sees itself, None where it keeps none.

    `connect_failure` is the probability that an attempt to connect fails, `defer` that an accepted
    connection defers a message with a 4xx reply.
    """

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = (("domains", "domain_count"),)

    name: str
    profile: str
    domains: (
        Annotated[Many[Annotated[str, BeforeValidator(parse_domain)]], Field(min_length=1)] | None
    ) = None
    domain_count: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    connect_time: TimeLaw
    response_time: TimeLaw
    connect_failure: Share
    defer: Share
    max_connections_per_ip: Limit
    max_messages_per_connection: Limit
    refuses_on: Named[Share]
    refusal_stage: Annotated[
        Keyed[RefusalStage, Share], BeforeValidator(shares_of_words), AfterValidator(adds_up)
    ]
    refusal_action: Annotated[
        Keyed[RefusalAction, Share], BeforeValidator(shares_of_words), AfterValidator(adds_up)
    ]
    junk_share: Share
    dnsbl_ttl: Duration
    dnsbl_negative_ttl: Duration
    mirrors: Share
    reputation: Annotated[Reputation | None, BeforeValidator(parse_reputation)]

    def domain_names(self) -> tuple[str, ...]:
        """The receiving domains; counted ones are named after the destination."""
        if self.domains is not None:
            return self.domains
        width = len(str(self.domain_count))
        return tuple(
            f"{self.name}-{n:0{width}d}.example" for n in range(1, (self.domain_count or 0) + 1)
        )
