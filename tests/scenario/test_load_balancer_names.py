"""Addresses and names of load balancers, and names that differ in case alone."""

from pathlib import Path

import pytest

from relaysim import load
from relaysim.scenario.problem import ScenarioError

BALANCED = Path(__file__).parents[2] / "scenarios/today/behind-a-load-balancer.toml"
ADDRESS = "load_balancers.front.address"


def problem(*changes: str) -> str:
    with pytest.raises(ScenarioError) as error:
        load(BALANCED, changes)
    return " ".join(str(error.value).split())


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("0.0.0.0", "this address stands for every address"),
        ("127.0.0.1", "this address is that of the machine itself (loopback)"),
        ("255.255.255.255", "this address is that of all machines (broadcast)"),
        ("::1", "this address is that of the machine itself (loopback)"),
        ("198.51.100.10", "[egress] has this address already"),
        ("192.168.10.60", "erp has this address already"),
        ("192.168.10.13", "HUB02 has this address already"),
    ],
)
def test_an_address_that_no_balancer_can_have_is_refused(address: str, reason: str) -> None:
    assert f'--set: {ADDRESS} = "{address}": {reason}' in problem(f'{ADDRESS}="{address}"')


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("hub02", "a hub is called HUB02: choose another name"),
        ("HUB02", "a hub is called so: choose another name"),
        ("MAIL", "a name in [dns] is called mail: choose another name"),
    ],
)
def test_a_name_of_something_else_is_refused_in_any_case(name: str, reason: str) -> None:
    change = f'load_balancers.{name}={{address="192.168.10.8", hubs=["HUB01"]}}'
    assert f"load_balancers.{name}: {reason}" in problem(change)


@pytest.mark.parametrize(
    ("given", "name"), [("FRONT", "front"), ("ExternalRelay", "externalrelay")]
)
def test_a_server_has_its_name_in_any_case(given: str, name: str) -> None:
    """As smart hosts have, and as DNS takes names."""
    assert load(BALANCED, [f'hosts.erp.server="{given}"']).hosts["erp"].server == name


def test_equal_sender_domains_are_refused() -> None:
    change = (
        'hubs.HUB01.egress_by_sender_domain={"example.com"="198.51.100.10",'
        ' "EXAMPLE.com"="198.51.100.10"}'
    )
    text = problem('hubs.HUB01.mta="postfix"', change)
    assert 'hubs.HUB01.egress_by_sender_domain."EXAMPLE.com"' in text
    assert 'only the case of letters tells this name from "example.com"' in text


def test_equal_members_of_a_pool_are_refused() -> None:
    change = 'pools.bulk={members={"2001:db8::1"=1, "2001:DB8:0::1"=1}}'
    assert 'this is the same address as "2001:db8::1"' in problem(change)
