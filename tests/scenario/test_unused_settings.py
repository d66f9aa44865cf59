"""What the check `unused` says of settings inside a table that is used."""

from pathlib import Path

import pytest
from worlds.golden_sections import Wording
from worlds.relay_designs import found

from relaysim.audit import Severity
from relaysim.scenario.load import load

TODAY = Path(__file__).parents[2] / "scenarios" / "today"
FAULT = 'events=[{{at="2 h", resolver_fault={{destination="gmail", share={share}, for="1 h"}}}}]'
BELOW = 'relays.tenant.below_baseline="60 d"'
SENDER = 'hubs.DMZ02.egress_by_sender_domain={{"{domain}"="203.0.113.25"}}'


@pytest.mark.parametrize(
    ("scenario", "idle", "acting", "place"),
    [
        (
            "bulk-by-ses",
            "hubs.DMZ02.shaping.gmail={connection_limit=3}",
            ("hubs.DMZ02.shaping.ses={connection_limit=3}",),
            "hubs.DMZ02.shaping.gmail",
        ),
        (
            "bulk-by-ses",
            SENDER.format(domain="other.example"),
            (SENDER.format(domain="example.com"),),
            'hubs.DMZ02.egress_by_sender_domain."other.example"',
        ),
        ("bulk-by-ses", "relays.ses.licences=300", (), "relays.ses.licences"),
        ("bulk-by-ses", 'relays.ses.below_baseline="60 d"', (), "relays.ses.below_baseline"),
        ("hybrid", BELOW, (BELOW, "hubs.HUB01.mta=exchange-2019"), "relays.tenant.below_baseline"),
        (
            "exchange-se",
            "destinations.gmail.requires={ptr={}}",
            ("destinations.gmail.requires={ptr={defer=0.1}}",),
            "destinations.gmail.requires.ptr",
        ),
        (
            "exchange-se",
            "destinations.gmail.connection_backlog=5",
            ("destinations.outlook.connection_backlog=5",),
            "destinations.gmail.connection_backlog",
        ),
        (
            "exchange-se",
            FAULT.format(share="0.0"),
            (FAULT.format(share="0.1"),),
            "events.0.resolver_fault.share",
        ),
        (
            "exchange-se",
            "send_connectors.internet.frontend_proxy_enabled=true",
            (),
            "send_connectors.internet.frontend_proxy_enabled",
        ),
        (
            "exchange-se",
            'hosts.users.data_done_timeout="5 s"',
            ('hosts.internet.data_done_timeout="5 s"',),
            "hosts.users.data_done_timeout",
        ),
    ],
    ids=(
        *("shaping", "sender-domain", "licences", "service", "version", "requires", "backlog"),
        *("fault", "proxy", "timeout"),
    ),
)
def test_a_setting_without_effect_is_named(
    scenario: str, idle: str, acting: tuple[str, ...], place: str, wording: Wording
) -> None:
    path = TODAY / f"{scenario}.toml"
    (finding,) = found(load(path, [idle]), "unused")
    assert (finding.severity, finding.place) == (Severity.INFO, place)
    assert found(load(path, acting), "unused") == []
    wording(finding)
