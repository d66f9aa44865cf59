"""The part of the plan about streams."""

from dataclasses import dataclass

from relaysim.plan.requirement_plan import SenderPlan


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """A stream; `host` is -1 for the DSNs of a hub, and `hub` -1 for all others.

    `title` is its name within the host. Priority: 0 high, 1 normal, 2 low.
    `from_domain` numbers the domain of its sender, as `from_domains` of the plan has it. Signals of
    a stream that is not `counted` change no reputation. `listing_party`, `ip_party` and
    `domain_party` are a `Party`: `ALL` where the stream shares the reputation of its IP or domain
    with all other mail, else its own kind.
    """

    number: int
    name: str
    host: int
    hub: int
    title: str
    priority: int
    sender_domain: int
    sender_is_authoritative: bool
    from_domain: int
    culprit: bool
    counted: bool
    compromised: bool
    bounce_removals: int
    listing_party: int = 0
    ip_party: int = 0
    domain_party: int = 0
    sender: SenderPlan | None = None
    """What receivers check of its sender; None for DSNs, which pass."""
    bulk: bool = False
    """Whether it is bulk mail: a share of bulk mail may go to the junk folder."""
    registered_domain: int = -1
    """The registered domain of MAIL FROM, which lists of domains know; -1 for none."""
