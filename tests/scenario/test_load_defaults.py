"""What a scenario does not say comes from its profiles."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from relaysim.profiles.collection import BUILT_IN
from relaysim.scenario.core_time import Cost
from relaysim.scenario.default_tables import merged, with_defaults
from relaysim.scenario.digest import digest
from relaysim.scenario.distribution import Lognormal
from relaysim.scenario.host import Retry
from relaysim.scenario.load import from_mapping, load
from relaysim.scenario.override import put
from relaysim.scenario.written import written

SMALL = Path(__file__).parent / "small.toml"
SHARED = Path(__file__).parents[2] / "scenarios" / "shared-hub.toml"
SECOND = 1_000_000


def test_a_hub_has_the_defaults_of_its_mta() -> None:
    hub = load(SMALL).hubs["HUB01"]
    assert hub.max_per_domain_outbound_connections == 20
    assert hub.receive_cost == Cost.model_validate({"base": "4 ms", "per_kb": "0.05 ms", "cv": 0.5})
    assert hub.categorize_cost.base == 20_000
    hub = load(SMALL, ["hubs.HUB01.mta=none"]).hubs["HUB01"]
    assert hub.max_per_domain_outbound_connections is None
    assert hub.categorize_cost.base == 0


def test_part_of_a_cost_may_be_written_and_all_of_it() -> None:
    part = load(SMALL, ["hubs.HUB01.receive_cost.base=9 ms"]).hubs["HUB01"].receive_cost
    assert part == Cost.model_validate({"base": "9 ms", "per_kb": "0.05 ms", "cv": 0.5})
    whole = load(SMALL, ["hubs.HUB01.receive_cost=9 ms"]).hubs["HUB01"].receive_cost
    assert whole == Cost.model_validate({"base": "9 ms", "per_kb": "0 ms", "cv": 0.0})


def test_the_installed_connectors_differ_from_those_that_are_added() -> None:
    connectors = load(SHARED).hubs["HUB01"].receive_connectors
    assert connectors["internalrelay"].max_inbound_connection_per_source == 20
    assert connectors["internalrelay"].max_acknowledgement_delay == 30 * SECOND
    assert connectors["externalrelay"].max_acknowledgement_delay == 0
    assert connectors["Default HUB01"].max_inbound_connection_per_source is None
    assert connectors["Default HUB01"].max_recipients_per_message == 5000
    assert connectors["Client HUB01"].message_rate_limit == 5
    assert connectors["Client HUB01"].message_rate_source == "User"


def test_usage_sets_what_is_not_written() -> None:
    path = "hubs.HUB01.receive_connectors"
    settings = [
        f'{path}.inbound={{usage = "internet", bindings = ["0.0.0.0:26"]}}',
        f'{path}.clients={{usage = "Client", remote_ip_ranges = ["10.0.0.0/8"]}}',
        f'{path}.own={{usage = "Client", remote_ip_ranges = ["10.0.0.0/8"]}}',
        f'{path}.own.bindings=["0.0.0.0:588"]',
        f'{path}.own.auth_mechanism=["Tls"]',
    ]
    connectors = load(SMALL, settings).hubs["HUB01"].receive_connectors
    assert connectors["inbound"].permission_groups == ("AnonymousUsers",)
    assert [str(each) for each in connectors["inbound"].remote_ip_ranges] == [
        "0.0.0.0-255.255.255.255"
    ]
    assert connectors["clients"].permission_groups == ("ExchangeUsers",)
    assert [str(each) for each in connectors["clients"].bindings] == ["0.0.0.0:587"]
    assert [str(each) for each in connectors["own"].bindings] == ["0.0.0.0:588"]
    assert connectors["own"].auth_mechanism == ("Tls",)


def test_a_host_has_the_defaults_of_its_kind() -> None:
    hosts = load(SHARED).hosts
    assert hosts["sharepoint"].sessions == 4
    assert hosts["sharepoint"].on_failure == "drop"
    assert hosts["users"].sessions is None
    assert hosts["marketing"].on_failure == Retry.model_validate(
        {"retry_every": "5 min", "give_up_after": "1 d"}
    )
    assert hosts["internet"].round_trip == 50_000


def test_an_account_moves_a_host_to_port_587() -> None:
    assert load(SMALL).hosts["crm"].port == 25
    assert load(SMALL, ["hosts.crm.account=crm@cozumpark.com"]).hosts["crm"].port == 587
    settings = ["hosts.crm.account=crm@cozumpark.com", "hosts.crm.port=25"]
    assert load(SMALL, settings).hosts["crm"].port == 25


def test_a_destination_has_the_defaults_of_its_profile() -> None:
    scenario = load(SMALL, ["destinations.gmail.response_time.mean=2 s"])
    gmail = scenario.destinations["gmail"]
    assert isinstance(gmail.response_time, Lognormal)
    assert (gmail.response_time.mean, gmail.response_time.cv) == (2 * SECOND, 0.8)
    assert gmail.refusal_action == {"score": 1.0}


def test_refuses_on_is_merged_with_the_profile() -> None:
    scenario = load(
        SHARED, ["destinations.business.refuses_on.css=0.5", "destinations.business.defer=0"]
    )
    business = scenario.destinations["business"]
    assert business.refuses_on["css"] == 0.5
    assert business.refuses_on["spamcop"] == 0.0309
    assert business.defer == 0.0


def test_mailboxes_and_send_connectors_have_defaults() -> None:
    scenario = load(SMALL)
    assert scenario.mailboxes.delivery_time.mean == 150_000  # type: ignore[union-attr]
    assert scenario.send_connectors["internet"].max_message_size == 10 * 1024 * 1024
    assert scenario.send_connectors["internet"].smtp_max_messages_per_connection == 20


def test_a_send_connector_of_hubs_without_limits_has_none() -> None:
    connector = load(SMALL, ['hubs.HUB01.mta="none"']).send_connectors["internet"]
    assert connector.max_message_size is None
    assert connector.smtp_max_messages_per_connection is None
    mixed = load(
        SMALL,
        [
            'hubs.HUB02={mta="none", cores=1, addresses=["192.168.168.170"],'
            ' egress="198.51.100.10"}',
            'send_connectors.internet.source_transport_servers=["HUB01", "HUB02"]',
        ],
    ).send_connectors["internet"]
    assert mixed.smtp_max_messages_per_connection == 20


def test_no_profile_called_none_limits_anything() -> None:
    """Every limit of every profile `none` is off, whatever table it stands in."""
    scenario = load(
        SMALL,
        [
            'hubs.HUB01.mta="none"',
            'hosts.crm.kind="none"',
            'destinations.gmail.profile="none"',
        ],
    )
    models = [
        scenario.hubs["HUB01"],
        scenario.hubs["HUB01"].receive_connectors["relay"],
        scenario.send_connectors["internet"],
        scenario.hosts["crm"],
        scenario.destinations["gmail"],
    ]
    limits = {
        key: getattr(model, key)
        for model in models
        for key in type(model).model_fields
        if key.startswith(("max_", "smtp_max", "sessions", "messages_per_conn", "bandwidth"))
    }
    assert len(limits) > 12
    assert limits.pop("max_inbound_connection_percentage_per_source") == 100
    assert limits.pop("max_acknowledgement_delay") == 0
    assert set(limits.values()) == {None}


@pytest.mark.parametrize(
    ("key", "setting"),
    [
        ("hubs.HUB01.delay_notification_timeout", "unlimited"),
        ("hosts.crm.on_failure", {"retry_every": "5 min", "give_up_after": "unlimited"}),
        ("operations.monitor_every", "unlimited"),
        ("blocklists.css.max_requests", "unlimited"),
        ("blocklists.css.lifetime", "none"),
        ("blocklists.css.delisting_time", "none"),
        ("egress.198.51.100.10.asn", "none"),
        ("destinations.gmail.reputation.mitigation_time", "none"),
    ],
)
def test_what_a_profile_sets_can_be_switched_off_and_is_written_so(key: str, setting: Any) -> None:
    address = "198.51.100.10"
    *path, last = key.replace(address, "ADDRESS").split(".")
    path = [address if each == "ADDRESS" else each for each in path]
    tables = put(tomllib.loads(SMALL.read_text(encoding="utf-8")), (*path, last), setting)
    scenario = from_mapping(tables)
    result: Any = written(scenario, model_defaults=False)
    for each in (*path, last):
        result = result[each]
    assert result == setting
    assert digest(from_mapping(written(scenario, model_defaults=False))) == digest(scenario)


def test_a_blocklist_has_the_parameters_of_its_operator() -> None:
    css = load(SMALL, ["blocklists.css.threshold=4"]).blocklists["css"]
    assert (css.threshold, css.lifetime, css.max_requests) == (4.0, 7 * 86_400 * SECOND, 3)


def test_defaults_pass_over_what_is_wrong() -> None:
    raw = {"hubs": {"A": {"mta": 5}, "B": "?"}, "hosts": ["?"], "mailboxes": 1, "blocklists": {}}
    filled = with_defaults(raw, BUILT_IN)
    assert filled["hubs"]["B"] == "?"
    assert filled["hubs"]["A"]["mta"] == 5
    assert filled["hosts"] == ["?"]
    assert filled["mailboxes"] == 1


@pytest.mark.parametrize(
    ("below", "above", "result"),
    [
        ({"a": 1, "b": {"c": 1, "d": 2}}, {"b": {"c": 3}}, {"a": 1, "b": {"c": 3, "d": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": "text"}, {"a": "text"}),
        (
            {"distribution": "lognormal", "mean": "1 s", "cv": 1.0},
            {"distribution": "exponential", "mean": "2 s"},
            {"distribution": "exponential", "mean": "2 s"},
        ),
        (
            {"distribution": "lognormal", "mean": "1 s", "cv": 1.0},
            {"distribution": "lognormal", "median": "2 s"},
            {"distribution": "lognormal", "median": "2 s", "cv": 1.0},
        ),
        (
            {"process": "every", "every": "1 h"},
            {"at": "1 h"},
            {"process": "every", "every": "1 h", "at": "1 h"},
        ),
    ],
)
def test_tables_merge(
    below: dict[str, object], above: dict[str, object], result: dict[str, object]
) -> None:
    assert merged(below, above) == result
