from functools import partial
from ipaddress import ip_address

import pytest
from worlds.golden_sections import Golden
from worlds.refusals import refusals

from relaysim import units
from relaysim.mail.destination_concurrency import parse_feedback
from relaysim.mail.receive_connector import parse_rate_source
from relaysim.profiles import built_in, defaults
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.file import Reader
from relaysim.profiles.kind import PROPERTIES, Kind
from relaysim.profiles.value import Certainty, Value, plain
from relaysim.scenario.relay import RelayLimit

MTA = partial(BUILT_IN.profile, Kind.MTA)
HOST_KINDS = BUILT_IN.tables(Kind.HOST, "host")


def hub_defaults(mta: str) -> dict:
    return defaults.hub_defaults(MTA(mta))


def receive_connector_defaults(mta: str, hub: str, connector: str) -> dict:
    return defaults.receive_connector_defaults(MTA(mta), hub, connector)


def host_defaults(kind: str) -> dict:
    return defaults.host_defaults(BUILT_IN.profile(Kind.HOST, kind))


def test_the_receive_connectors_of_exchange_2010() -> None:
    assert receive_connector_defaults("exchange-2010", "HUB01", "externalrelay") == {
        "max_inbound_connection": 5000,
        "max_inbound_connection_per_source": 20,
        "max_inbound_connection_percentage_per_source": 2,
        "message_rate_limit": "unlimited",
        "message_rate_source": "IPAddress",
        "max_message_size": "10 MB",
        "max_recipients_per_message": 200,
        "tarpit_interval": "5 s",
        "max_acknowledgement_delay": "30 s",
        "transport_role": "HubTransport",
    }


def test_the_installed_connectors_differ() -> None:
    custom = receive_connector_defaults("exchange-2010", "HUB01", "custom")
    default = receive_connector_defaults("exchange-2010", "HUB01", "default hub01")
    client = receive_connector_defaults("exchange-2010", "HUB01", "Client HUB01")
    assert {key: default[key] for key in default if default[key] != custom[key]} == {
        "max_inbound_connection_per_source": "unlimited",
        "max_inbound_connection_percentage_per_source": 100,
        "max_recipients_per_message": 5000,
    }
    assert {key: client[key] for key in client if client[key] != custom[key]} == {
        "message_rate_limit": "5/min",
        "message_rate_source": "User",
    }
    assert receive_connector_defaults("exchange-2010", "HUB02", "Client HUB01") == custom


def test_exchange_2007_has_no_delayed_acknowledgement_and_other_limits() -> None:
    newer = receive_connector_defaults("exchange-2010", "HUB01", "Default HUB01")
    older = receive_connector_defaults("exchange-2007", "HUB01", "Default HUB01")
    assert older["max_acknowledgement_delay"] == "0 s"
    assert older["max_inbound_connection_per_source"] == 100
    assert older.keys() == newer.keys()
    hub_2007, hub_2010 = hub_defaults("exchange-2007"), hub_defaults("exchange-2010")
    pressure_2007, pressure_2010 = hub_2007.pop("back_pressure"), hub_2010.pop("back_pressure")
    assert {key: hub_2007[key] for key in hub_2007 if hub_2007[key] != hub_2010[key]} == {
        "max_concurrent_mailbox_deliveries": 30,
        "max_concurrent_mailbox_submissions": 30,
    }
    assert {key for key in pressure_2007 if pressure_2007[key] != pressure_2010[key]} == {
        f"smtp_{each}_throttling_delay_interval" for each in ("start", "step", "max")
    }


def test_the_hub_of_exchange_2010() -> None:
    hub = hub_defaults("exchange-2010")
    assert hub["categorize_cost"] == {"base": "20 ms", "per_kb": "0.2 ms", "cv": 0.5}
    assert (
        hub["receive_cost"] == hub["send_cost"] == {"base": "4 ms", "per_kb": "0.05 ms", "cv": 0.5}
    )
    assert units.duration(hub["antivirus_cost"]["base"]) == 0
    assert (hub["queue_database_batch_size"], hub["queue_database_batch_timeout"]) == (40, "100 ms")
    quotas = [
        hub[f"max_per_domain_{each}_priority_connections"] for each in ("high", "normal", "low")
    ]
    assert quotas == [3, 15, 2]
    assert sum(quotas) == hub["max_per_domain_outbound_connections"]


VERSIONS = tuple(f"exchange-{each}" for each in ("2010", "2013", "2016", "2019", "se"))


def by_version(key: str) -> list[object]:
    return [hub_defaults(version)[key] for version in VERSIONS]


def test_what_the_versions_of_exchange_retry_and_open() -> None:
    minutes = ["1 min", "15 min", "15 min", "15 min", "5 min"]
    assert by_version("message_retry_interval") == minutes
    assert by_version("max_per_domain_outbound_connections") == [20, 20, 20, 20, 40]
    assert by_version("max_concurrent_mailbox_deliveries") == [20] * 5


def test_back_pressure_by_version() -> None:
    tables = by_version("back_pressure")
    order = ("low_to_medium", "medium_to_high", "high_to_medium", "medium_to_low")
    buckets = [[table["used_version_buckets"][each] for each in order] for table in tables]
    since_2016 = [999, 1500, 1000, 800]
    assert buckets == [[120, 200, 120, 80], [2000, 2500, 2000, 1750], *[since_2016] * 3]
    delays = [
        [table[f"smtp_{each}_throttling_delay_interval"] for each in ("start", "step", "max")]
        for table in tables
    ]
    assert delays == [["10 s", "5 s", "55 s"]] * 2 + [["1 s", "1 s", "55 s"]] * 3
    assert [table["log_free_space"] for table in tables] == ["5 GB"] + ["1152 MB"] * 4


def test_the_connectors_that_exchange_2013_and_later_install() -> None:
    for version in VERSIONS[1:]:
        front, client, hub, proxy = (
            receive_connector_defaults(version, "HUB01", f"{name} HUB01")
            for name in ("Default Frontend", "Client Frontend", "Default", "Client Proxy")
        )
        ports = [each["bindings"][0] for each in (front, client, hub, proxy)]
        assert ports == ["0.0.0.0:25", "0.0.0.0:587", "0.0.0.0:2525", "0.0.0.0:465"]
        assert "AnonymousUsers" in front["permission_groups"]
        assert front["max_inbound_connection_per_source"] == 20
        assert front["max_inbound_connection_percentage_per_source"] == 2
        assert hub["max_inbound_connection_per_source"] == "unlimited"
        assert hub["max_inbound_connection_percentage_per_source"] == 100
        assert (hub["max_recipients_per_message"], front["max_recipients_per_message"]) == (
            5000,
            200,
        )
        for each in (client, proxy):
            assert (each["message_rate_limit"], each["message_rate_source"]) == ("5/min", "User")
        custom = receive_connector_defaults(version, "HUB01", "Client HUB01")
        assert custom["message_rate_limit"] == "unlimited"
        assert custom["max_message_size"] == ("10 MB" if version.endswith("2013") else "36 MB")
        assert custom["max_acknowledgement_delay"] == "0 s"


def test_postfix() -> None:
    hub = hub_defaults("postfix")
    clock = [
        hub[key] for key in ("minimal_backoff_time", "maximal_backoff_time", "queue_run_delay")
    ]
    assert clock == ["300 s", "4000 s", "300 s"]
    assert (hub["max_outbound_connections"], hub["max_per_domain_outbound_connections"]) == (
        100,
        20,
    )
    assert (hub["message_expiration_timeout"], hub["delay_notification_timeout"]) == (
        *("5 d", "unlimited"),
    )
    stranger, own = (
        receive_connector_defaults("postfix", "HUB01", name) for name in ("smtpd", "mynetworks")
    )
    assert (stranger["max_inbound_connection"], own["max_inbound_connection"]) == (100, 100)
    limits = [each["max_inbound_connection_per_source"] for each in (stranger, own)]
    assert limits == [50, "unlimited"]
    assert (stranger["max_recipients_per_message"], stranger["max_message_size"]) == (
        *(1000, "10240000 B"),
    )
    assert "permissions" not in stranger
    assert len(own["permissions"]) == 1


def test_none_costs_nothing_and_limits_nothing_but_has_the_retry_clock() -> None:
    none, exchange = hub_defaults("none"), hub_defaults("exchange-2010")
    assert none.keys() == exchange.keys()
    for key, value in none.items():
        if key.endswith("_cost"):
            assert units.duration(value["base"]) == units.duration(value["per_kb"]) == 0
        elif key.startswith("max_"):
            assert value == "unlimited"
        elif key in ("commit_write", "queue_database_batch_timeout", "reject_time"):
            assert units.duration(value) == 0
        elif key == "smtp_connect_timeout":
            assert value == hub_defaults("postfix")[key]
        elif "retry" in key or key.endswith("timeout"):
            assert value == exchange[key]
    assert none["queue_database_batch_size"] == 1
    connector = receive_connector_defaults("none", "HUB01", "Client HUB01")
    assert connector["max_inbound_connection"] == connector["message_rate_limit"] == "unlimited"
    assert connector["tarpit_interval"] == connector["max_acknowledgement_delay"] == "0 s"


def read(key: str, value: object) -> None:
    """Read a default as the scenario file would; raises ValueError where it cannot be read."""
    if isinstance(value, dict) and "counts" in value:
        RelayLimit.model_validate(value)
    elif key == "egress":
        ip_address(str(value))
    elif isinstance(value, dict) and "distribution" in value:
        for part in ("mean", "median", "low", "high"):
            units.duration(value.get(part, "0 s"))
    elif isinstance(value, dict) and "base" in value:
        units.duration(value["base"]), units.duration(value["per_kb"])
    elif isinstance(value, dict):
        for part in value.values():
            if isinstance(part, str):
                units.duration(part)
            elif isinstance(part, int):
                assert part > 0
            else:
                assert 0.0 < part <= 1.0
    elif key == "message_rate_source":
        parse_rate_source(value)
    elif key == "message_rate_limit":
        units.unlimited(units.rate)(value)
    elif isinstance(value, list):
        assert key in LISTS
    elif key.endswith("_feedback"):
        parse_feedback(value)
    elif key.endswith("_free_space"):
        units.size(value)
    elif key == "max_message_size":
        units.unlimited(units.size)(value)
    elif key == "bandwidth":
        units.unlimited(units.bandwidth)(value)
    elif isinstance(value, str) and value[0].isdigit():
        units.rate(value) if "/" in value else units.duration(value)
    elif value != "unlimited" and isinstance(value, str):
        assert key in WORDS


LISTS = {
    *("bindings", "remote_ip_ranges", "permission_groups", "auth_mechanism", "permissions"),
}
WORDS = {
    *("on_failure", "refusal_stage", "refusal_action", "trigger", "widening", "reputation"),
    *("transport_role", "requires", "lists"),
}

TABLES = {
    f"{kind} {name} {section}": table
    for kind in Kind
    for name in built_in.names(kind)
    for section, table in BUILT_IN.profile(kind, name).sections.items()
}


@pytest.mark.parametrize("name", TABLES)
def test_every_default_can_be_read_and_says_where_it_comes_from(name: str) -> None:
    for key, entry in TABLES[name].items():
        assert isinstance(entry, Value), key
        if not name.endswith(PROPERTIES):
            read(key, entry.value)
        assert entry.source
        assert isinstance(entry.certainty, Certainty)


@pytest.mark.parametrize("kind", Kind)
def test_the_files_obey_the_rules_for_files_of_users(kind: Kind) -> None:
    """They are whole, and no key of theirs is unknown."""
    for name in built_in.names(kind):
        reader = Reader(kind, built_in.keys(kind), whole=True)
        reader.profile(name, {}, BUILT_IN.profile(kind, name))
        assert reader.mistakes == []


def test_no_default_comes_from_anywhere_but_the_files() -> None:
    """What a scenario gets is, key by key, what the files give a source for."""
    for name in BUILT_IN.names(Kind.DESTINATION):
        profile = BUILT_IN.profile(Kind.DESTINATION, name)
        expected = plain(profile.table("destination"))
        for section in ("reputation", "requires"):
            if section in profile.sections:
                assert section not in expected
                expected[section] = plain(profile.table(section))
        assert defaults.destination_defaults(profile) == expected
    for name, table in BUILT_IN.tables(Kind.BLOCKLIST, "blocklist").items():
        profile = BUILT_IN.profile(Kind.BLOCKLIST, name)
        assert defaults.blocklist_defaults(profile) == plain(table)
    for name in BUILT_IN.names(Kind.RELAY):
        profile = BUILT_IN.profile(Kind.RELAY, name)
        expected = plain(profile.table("relay"))
        if "limits" in profile.sections:
            expected["limits"] = plain(profile.table("limits"))
        assert defaults.relay_defaults(profile) == expected
    for name, table in HOST_KINDS.items():
        assert host_defaults(name) == plain(table)
    for name, table in BUILT_IN.tables(Kind.MTA, "hub").items():
        pressure = plain(MTA(name).table("back_pressure"))
        assert hub_defaults(name) == plain(table) | {"back_pressure": pressure}


def test_a_send_connector_has_the_limits_of_the_first_server_that_has_any() -> None:
    exchange, none = MTA("exchange-2010"), MTA("none")
    limited = {"max_message_size": "10 MB", "smtp_max_messages_per_connection": 20}
    for servers in ([exchange], [exchange, none], [none, exchange]):
        assert plain(defaults.send_connector_table(servers)) == limited
    assert set(plain(defaults.send_connector_table([none, none])).values()) == {"unlimited"}


def test_what_the_engine_and_the_checks_ask_of_a_server() -> None:
    asked = {
        name: {key: value.value for key, value in table.items()}
        for name, table in BUILT_IN.tables(Kind.MTA, PROPERTIES).items()
    }
    keys = (
        *("delayed_acknowledgement", "server_authentication", "active_directory"),
        "back_pressure_delays_first",
        *("front_end", "linked_receive_connectors", "sends_first", "wording", "end_of_support"),
    )
    for key in ("chooses_public_ip", "shapes_destinations"):
        having = {name for name, table in asked.items() if table.pop(key)}
        assert having == {"postfix", "none"}
    ends = {"2013": "2023-04-11", "2016": "2025-10-14", "2019": "2025-10-14", "se": ""}
    assert asked == {
        **{
            f"exchange-{version}": dict(
                zip(
                    keys,
                    (False, True, True, True, True, False, True, "exchange-2013", end),
                    strict=True,
                )
            )
            for version, end in ends.items()
        },
        "exchange-2007": dict(
            zip(
                keys,
                (False, True, True, False, False, True, True, "exchange-2007", "2017-04-11"),
                strict=True,
            )
        ),
        "exchange-2010": dict(
            zip(
                keys,
                (True, True, True, True, False, True, True, "exchange-2007", "2020-10-13"),
                strict=True,
            )
        ),
        "postfix": dict(
            zip(keys, (False, False, False, True, False, False, False, "postfix", ""), strict=True)
        ),
        "none": dict(
            zip(
                keys,
                (False, False, True, True, False, True, True, "exchange-2007", ""),
                strict=True,
            )
        ),
    }


def test_what_the_engine_and_the_checks_ask_of_a_host() -> None:
    for kind in HOST_KINDS:
        properties = BUILT_IN.profile(Kind.HOST, kind).properties
        assert properties.mailbox_submission is (kind == "mailbox_users")
        assert properties.internet is (kind == "internet")
        assert properties.culprit is (kind == "bulk_marketing")


def test_a_callers_change_stays_its_own() -> None:
    hub_defaults("exchange-2010")["send_cost"]["base"] = "1 h"
    assert hub_defaults("exchange-2010")["send_cost"]["base"] == "4 ms"
    nested = {"law": Value({"a": [1]}, "here", Certainty.ASSUMPTION)}
    plain(nested)["law"]["a"].append(2)
    assert plain(nested) == {"law": {"a": [1]}}


@pytest.mark.parametrize(
    ("kind", "sessions", "on_failure"),
    [
        ("sharepoint", 4, "drop"),
        ("antivirus", 2, "drop"),
        ("monitoring", 2, "drop"),
        ("application", 4, {"retry_every": "5 min", "give_up_after": "1 d"}),
        ("printer", 1, "drop"),
        ("backup", 1, "drop"),
        ("bulk_marketing", 20, {"retry_every": "5 min", "give_up_after": "1 d"}),
        ("mailbox_users", "unlimited", {"retry_every": "1 min", "give_up_after": "2 d"}),
        ("internet", "unlimited", {"retry_every": "15 min", "give_up_after": "5 d"}),
        ("none", "unlimited", "drop"),
    ],
)
def test_kinds_of_host(kind: str, sessions: object, on_failure: object) -> None:
    host = host_defaults(kind)
    assert host["sessions"] == sessions
    assert host["on_failure"] == on_failure
    assert host.keys() == host_defaults("none").keys()


def test_where_hosts_are() -> None:
    places = {kind: (host["round_trip"], host["bandwidth"]) for kind, host in all_hosts().items()}
    assert places.pop("internet") == ("50 ms", "10 Mbit/s")
    assert places.pop("none") == ("0 s", "unlimited")
    assert set(places.values()) == {("1 ms", "100 Mbit/s")}


def all_hosts() -> dict[str, dict[str, object]]:
    return {kind: host_defaults(kind) for kind in HOST_KINDS}


@pytest.mark.parametrize(
    ("kind", "name", "nearest"),
    [
        (Kind.MTA, "exchange2010", "exchange-2010"),
        (Kind.HOST, "sharepiont", "sharepoint"),
        (Kind.DESTINATION, "gmial", "gmail"),
        (Kind.BLOCKLIST, "spamhaus", "spamhaus-css"),
        (Kind.BLOCKLIST, "zzz", "none"),
    ],
    ids=["mta", "host", "destination", "blocklist", "nothing near"],
)
def test_an_unknown_profile_names_the_nearest(
    golden_section: Golden, kind: Kind, name: str, nearest: str
) -> None:
    message = refusals(partial(BUILT_IN.profile, kind), [name])
    assert nearest in message
    golden_section("errors/profiles", message)
