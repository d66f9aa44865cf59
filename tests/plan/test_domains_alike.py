"""Domains that the same patterns match are routed once: each goes where it would go by itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from relaysim.mail.receive_verdict import rcpt_to
from relaysim.plan import routing
from relaysim.plan.numbering import Numbering
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario

FOLDER = Path(__file__).parents[2] / "scenarios"
SPACES = (
    'send_connectors.partner={address_spaces=["SMTP:*.gmail.com;1", "SMTP:yahoo.com;1"],'
    ' source_transport_servers=["HUB01"], smart_hosts=["mx.partner.example"],'
    " dns_routing_enabled=false}"
)
GATEWAY = 'destinations.gateway={profile="secure-gateway", domains=["mx.partner.example"]}'
ACCEPTED = 'organization.domains."*.hotmail.com"=InternalRelay'


def routed_alike(scenario: Scenario) -> int:
    """Compare each domain with the first one like it; return how many kinds of domains there are."""
    numbers = Numbering(scenario)
    accepted = scenario.organization.domains
    for domain, first in zip(numbers.domains, numbers.first_alike, strict=True):
        assert rcpt_to([], domain, accepted) == rcpt_to([], first, accepted)
        for hub in numbers.hubs:
            own = routing.next_hop(scenario, hub, domain, 1_000)
            by_first = routing.for_domain(routing.next_hop(scenario, hub, first, 1_000), domain)
            # The reasons against other connectors name the domain.
            assert replace(by_first, route=own.route) == own
    return len(set(numbers.first_alike))


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda file: file.stem)
def test_a_domain_goes_where_the_first_one_like_it_goes(file: Path) -> None:
    scenario = load(file, ["run.scale=0.01"])
    assert routed_alike(scenario) <= 4


def test_an_address_space_and_an_accepted_domain_tell_domains_apart() -> None:
    plain = load(FOLDER / "shared-hub.toml")
    more = load(FOLDER / "shared-hub.toml", [SPACES, GATEWAY, ACCEPTED])
    assert routed_alike(more) == routed_alike(plain) + 3
