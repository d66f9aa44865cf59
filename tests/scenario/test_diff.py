"""What differs between two designs, in the spelling of the file."""

from pathlib import Path

import pytest
from worlds.golden_sections import Golden
from worlds.relay_designs import example, shared_hub

from relaysim.scenario.difference import Change, diff
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario
from relaysim.scenario.written import written

HUB02 = "hubs.HUB02"
BULK_RELAY = f"{HUB02}.receive_connectors.bulkrelay"
ANY_RECIPIENT = {
    "user": "NT AUTHORITY\\ANONYMOUS LOGON",
    "extended_rights": ["ms-Exch-SMTP-Accept-Any-Recipient"],
}
DEDICATED_HUB = [
    Change("dns.bulkrelay", None, ["192.168.168.172"]),
    Change(
        "hubs.HUB01.receive_connectors.externalrelay.remote_ip_ranges",
        ["10.10.20.30", "192.168.168.60"],
        ["192.168.168.60"],
    ),
    Change(f"{HUB02}.mta", None, "exchange-2010"),
    Change(f"{HUB02}.cores", None, 4),
    Change(f"{HUB02}.addresses", None, ["192.168.168.172"]),
    Change(f"{HUB02}.egress", None, "203.0.113.25"),
    Change(f"{BULK_RELAY}.bindings", None, ["192.168.168.172:25"]),
    Change(f"{BULK_RELAY}.remote_ip_ranges", None, ["10.10.20.30"]),
    Change(f"{BULK_RELAY}.permission_groups", None, ["AnonymousUsers"]),
    Change(f"{BULK_RELAY}.auth_mechanism", None, ["Tls"]),
    Change(f"{BULK_RELAY}.permissions", None, [ANY_RECIPIENT]),
    Change(f"{BULK_RELAY}.max_acknowledgement_delay", None, "0 s"),
    Change("send_connectors.internet.source_transport_servers", ["HUB01"], ["HUB01", "HUB02"]),
    Change('egress."203.0.113.25".line', None, "main"),
    Change('egress."203.0.113.25".allocation', None, "203.0.113.24/29"),
    Change('egress."203.0.113.25".asn', None, 64501),
    Change('egress."203.0.113.25".age', None, "0 s"),
    Change("mailboxes.submission_server_override_list", [], ["HUB01"]),
    Change("hosts.marketing.server", "externalrelay", "bulkrelay"),
]


def test_a_design_differs_by_what_its_file_says(golden: Golden) -> None:
    changes = diff(example("shared-hub"), example("dedicated-hub"))
    assert changes == DEDICATED_HUB
    golden("reports/changes", "".join(f"{change}\n" for change in changes))


def test_the_other_way_round_it_is_taken_away() -> None:
    there = diff(example("shared-hub"), example("dedicated-hub"))
    back = diff(example("dedicated-hub"), example("shared-hub"))
    assert [Change(each.path, each.after, each.before) for each in back] == there


@pytest.mark.parametrize(
    ("setting", "change"),
    [
        ("run.seed=3", Change("run.seed", 1, 3)),
        ('run.drain="1 h"', Change("run.drain", "3 d", "1 h")),
        (
            'hubs.HUB01.max_outbound_connections="unlimited"',
            Change("hubs.HUB01.max_outbound_connections", 1000, "unlimited"),
        ),
        (
            'hubs.HUB01.receive_cost.base="5 ms"',
            Change("hubs.HUB01.receive_cost.base", "4 ms", "5 ms"),
        ),
        (
            'hubs.HUB01.receive_connectors."Client HUB01".message_rate_limit="unlimited"',
            Change(
                'hubs.HUB01.receive_connectors."Client HUB01".message_rate_limit',
                "5/min",
                "unlimited",
            ),
        ),
        (
            'lines.main.bandwidth="2 Mbit/s"',
            Change("lines.main.bandwidth", "20 Mbit/s", "2 Mbit/s"),
        ),
        (
            'hosts.crm.on_failure="drop"',
            Change(
                "hosts.crm.on_failure", {"retry_every": "5 min", "give_up_after": "1 d"}, "drop"
            ),
        ),
        (
            'hosts.crm.streams.invoices.class="bulk"',
            Change("hosts.crm.streams.invoices.class", "transactional", "bulk"),
        ),
        (
            'hosts.crm.streams.invoices.arrivals.rate="2/s"',
            Change("hosts.crm.streams.invoices.arrivals.rate", "125/h", "2/s"),
        ),
        (
            "mailboxes.delivery_time.cv=2.0",
            Change("mailboxes.delivery_time.cv", 1.0, 2.0),
        ),
        (
            'mailboxes.delivery_time="1 s"',
            Change(
                "mailboxes.delivery_time",
                {"distribution": "lognormal", "mean": "150 ms", "cv": 1.0},
                "1 s",
            ),
        ),
    ],
)
def test_one_value(setting: str, change: Change) -> None:
    assert diff(shared_hub(), shared_hub(setting)) == [change]


def test_the_same_design_in_other_words() -> None:
    assert diff(shared_hub(), shared_hub('run.duration="600 min"', 'name="other"')) == []


def test_a_profile_keeps_its_name() -> None:
    changes = diff(
        shared_hub(),
        shared_hub("hosts.crm.streams.invoices.arrivals.profile=" + str([1] * 24)),
    )
    (change,) = changes
    assert change.path == "hosts.crm.streams.invoices.arrivals.profile"
    assert change.before == "office-hours"
    assert change.after == {"hours": [1.0] * 24, "weekdays": [1.0] * 7}


@pytest.mark.parametrize("name", ["shared-hub", "dedicated-hub", "listing-day", "mm4"])
def test_what_is_written_loads_again(name: str) -> None:
    scenario = example(name)
    assert again(scenario) == scenario


def test_all_kinds_of_values_load_again(tmp_path: Path) -> None:
    sizes = tmp_path / "sizes.txt"
    sizes.write_text("1 KB\n3 KB\n", encoding="utf-8")
    scenario = shared_hub(
        f"hosts.crm.streams.invoices.size={{distribution='empirical', file='{sizes}'}}",
        'hosts.users.streams.correspondence.arrivals={process="every", every="1 min"}',
        'egress."2001:db8::1"={bandwidth="3 Mbit/s", allocation="2001:db8::/64"}',
        'hubs.HUB01.back_pressure.version_bucket_size="1 MB"',
        "hosts.crm.streams.invoices.recipients=3",
        "hosts.sharepoint.streams.alerts.culprit=false",
        r"send_connectors.bulk={linked_receive_connector='HUB01\externalrelay',"
        ' smart_hosts=["bulk.example.net"], dns_routing_enabled=false,'
        ' max_message_size="unlimited", source_transport_servers=["HUB01"]}',
        'destinations.bulk={profile="none", domains=["bulk.example.net"]}',
        'events=[{at="1 h", stop={hub="HUB01", for="5 min"}}]',
    )
    assert again(scenario) == scenario


def again(scenario: Scenario) -> Scenario:
    return from_mapping(written(scenario, model_defaults=False))
