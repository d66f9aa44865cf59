"""A design with a hub of its own for the bulk mail, made from one without."""

from pathlib import Path

import pytest
from worlds.golden_sections import Golden
from worlds.refusals import refusal
from worlds.relay_designs import DEDICATED, shared_hub

from relaysim.analysis.dedicated_design import DedicatedError, dedicated
from relaysim.analysis.sharing import hubs_of, ips, parted
from relaysim.audit import Severity, check
from relaysim.scenario.default_tables import merged
from relaysim.scenario.difference import diff
from relaysim.scenario.load import from_mapping, load
from relaysim.scenario.model import Scenario
from relaysim.scenario.written import written

LADDER = Path(__file__).parents[2] / "scenarios"
SHARED = [
    *("shared-hub", "shared-hub-default-ack", "shared-hub-throttled", "shared-hub-priority"),
    *("listing-day", "dedicated-hub-same-ip", "campaign-aged-list"),
]
OTHER = """{kind="bulk_marketing", address="10.10.20.31", server="mail", port=587, account="shop",
 streams.offers={class="bulk", sender="shop@cozumpark.com", size="20 KB", to={gmail=1.0},
 arrivals={process="campaign", at="1 h", messages=100, rate="10/s"}}}""".replace("\n", "")


def made(base: Scenario) -> Scenario:
    """The base with the difference laid over it."""
    tables = written(base, model_defaults=False)
    for path, values in dedicated(base).tables.items():
        above: dict[str, object] = values
        for step in reversed(path):
            above = {step: above}
        tables = merged(tables, above)
    return from_mapping(tables)


def is_apart(design: Scenario) -> bool:
    """Whether bulk mail and other mail have neither hub nor public IP in common."""
    bulk, others = parted(design)
    used = [
        {each for path in part for each in hubs_of(path) | ips(path)} for part in (bulk, others)
    ]
    return bool(used[0]) and not used[0] & used[1]


def test_of_the_shared_hub_it_is_the_dedicated_one_of_the_ladder() -> None:
    made_of_it = made(load(LADDER / "shared-hub.toml"))
    assert diff(load(LADDER / "dedicated-hub.toml"), made_of_it) == []


@pytest.mark.parametrize("name", SHARED)
def test_bulk_mail_is_apart_and_nothing_gets_worse(name: str) -> None:
    base = load(LADDER / f"{name}.toml")
    assert not is_apart(base)
    design = made(base)
    assert is_apart(design)
    errors = [each for each in check(design) if each.severity is Severity.ERROR]
    assert errors == []
    assert {each.check for each in check(design)} & {"bulk_shares_hub", "bulk_shares_ip"} == set()


def test_the_new_hub_keeps_what_was_set_at_the_old_one() -> None:
    design = made(shared_hub("hubs.HUB01.cores=6", "hubs.HUB01.message_retry_interval=5 min"))
    assert design.hubs["HUB02"].cores == 6
    assert design.hubs["HUB02"].message_retry_interval == 300_000_000
    assert list(design.hubs["HUB02"].receive_connectors) == ["bulkrelay"]


def test_hosts_of_two_connectors_move_together_each_with_its_rights() -> None:
    base = shared_hub(f"hosts.shop={OTHER}")
    result = dedicated(base)
    assert result.hosts == ("marketing", "shop")
    design = made(base)
    assert is_apart(design)
    one, two = design.hubs["HUB02"].receive_connectors.values()
    assert [str(each) for each in one.remote_ip_ranges] == ["10.10.20.30"]
    assert [str(each) for each in two.remote_ip_ranges] == ["10.10.20.31"]
    assert [str(each) for each in two.bindings] == ["192.168.168.172:587"]
    assert [str(each) for each in two.permission_groups] == ["ExchangeUsers"]
    assert [each for each in check(design) if each.severity is Severity.ERROR] == []


def test_names_and_addresses_that_are_taken_are_passed_over() -> None:
    base = shared_hub(
        'dns.bulkrelay=["192.168.168.172"]',
        'hosts.crm.address="192.168.168.173"',
        'hubs.HUB01.receive_connectors.externalrelay.remote_ip_ranges=["10.0.0.0/8"]',
        'egress."203.0.113.77"={asn=64501}',
    )
    result = dedicated(base)
    assert result.tables["dns",] == {"bulkrelay2": ["192.168.168.174"]}
    assert ("hubs", "HUB01", "receive_connectors", "externalrelay") not in result.tables
    (ip,) = (path[1] for path in result.tables if path[0] == "egress")
    assert ip == "192.0.2.25"
    assert result.tables["egress", ip]["asn"] == 64502


@pytest.mark.parametrize(
    ("bandwidth", "expected"),
    [({"line": "main"}, {"line": "main"}), ({"bandwidth": "5 Mbit/s"}, {"bandwidth": "5 Mbit/s"})],
)
def test_the_new_ip_has_as_much_of_a_line(
    bandwidth: dict[str, str], expected: dict[str, str]
) -> None:
    ((key, value),) = bandwidth.items()
    result = dedicated(shared_hub(f'egress."198.51.100.10".{key}={value}'))
    assert result.tables["egress", "203.0.113.25"] == {
        **expected,
        "allocation": "203.0.113.24/29",
        "asn": 64501,
        "age": "0 d",
    }


def test_an_override_list_that_is_there_stays() -> None:
    base = shared_hub('mailboxes.submission_server_override_list=["HUB01"]')
    assert ("mailboxes",) not in dedicated(base).tables
    assert is_apart(made(base))


@pytest.mark.parametrize(
    "base",
    [
        shared_hub(*DEDICATED),
        shared_hub("hosts.marketing.streams.newsletter.culprit=false"),
        shared_hub('hosts.marketing.server="192.168.168.170"', "hosts.marketing.port=26"),
    ],
    ids=["separate already", "no bulk mail", "no hub"],
)
def test_where_there_is_nothing_to_part_it_says_so(golden_section: Golden, base: Scenario) -> None:
    golden_section("errors/dedicated", refusal(DedicatedError, lambda: dedicated(base)))
