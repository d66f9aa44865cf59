"""Relay profiles: every value acts, and the limits are those of the services."""

from typing import Any

import pytest
from test_every_value_acts import SMALL, another

from relaysim.plan.compiler import compile_plan
from relaysim.plan.plan import Plan
from relaysim.present.text.profile_tables import toml
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import LIMITS, Kind
from relaysim.scenario.load import load

NAMES = BUILT_IN.names(Kind.RELAY)
SMART = ('send_connectors.internet.smart_hosts=["mx.relay.example"]',)
OTHER_WORDS = {
    "counts": {
        "messages": "recipients",
        "recipients": "messages",
        "external_recipients": "messages",
    },
    "whose": {"account": "ip", "tenant": "ip", "ip": "account"},
    "window": {
        "fixed second": "fixed minute",
        "fixed minute": "fixed hour",
        "fixed hour": "rolling day",
        "rolling day": "fixed hour",
    },
    "over": {"defer": "reject", "reject": "defer", "delay": "defer"},
}


def plan(profile: str, *settings: str) -> Plan:
    base = (f"relays.service.profile={profile}", 'relays.service.names=["mx.relay.example"]')
    return compile_plan(load(SMALL, [*base, "relays.service.licences=7", *SMART, *settings]))


def changes(limit: dict[str, Any]) -> list[dict[str, Any]]:
    """The limit with another value for each of its keys."""
    result = []
    for key, value in limit.items():
        match key:
            case "limit":
                result.append({key: 17})
            case "reply":
                result.append({key: f"{value} or so"})
            case "counts_refused":
                result.append({key: not value})
            case "over":
                digit = {"defer": "4", "reject": "5"}[OTHER_WORDS[key][value]]
                result.append({key: OTHER_WORDS[key][value], "reply": f"{digit}50 no"})
            case _ if value in OTHER_WORDS[key]:
                result.append({key: OTHER_WORDS[key][value]})
    # Connections have one window, what is delayed is messages, and nothing is the limit of a day.
    delayed, open_ = limit["over"] == "delay", limit["window"] == "open"
    return [
        change
        for change in result
        if not (delayed and change.keys() & {"counts", "counts_refused"})
        and not (open_ and change.keys() & {"counts", "window", "counts_refused"})
        and not (limit["limit"] == 0 and "window" in change)
    ]


@pytest.mark.parametrize("profile", NAMES)
def test_another_value_makes_another_plan(profile: str) -> None:
    base, of = plan(profile), BUILT_IN.profile(Kind.RELAY, profile)
    idle = []
    for key, value in of.table("relay").items():
        setting = toml("192.0.2.99" if key == "egress" else _another(key, value.value))
        if plan(profile, f"relays.service.{key}={setting}") == base:
            idle.append(key)
    for name, value in of.table(LIMITS).items():
        for change in changes(value.value):
            written = [
                f"relays.service.limits.{name}.{key}={toml(new)}" for key, new in change.items()
            ]
            if plan(profile, *written) == base:
                idle.append(f"{name} {change}")
    assert idle == []


def _another(key: str, value: Any) -> Any:
    match value:
        case float():
            return 0.5
        case dict():
            return "37 s"
    return another(key, value)


def test_relay_services_of_one_provider_share_the_limit_of_the_tenant() -> None:
    """The property `provider` acts through the counter of a limit whose = "tenant"."""
    two = (
        "relays.other.profile=m365-connector",
        'relays.other.names=["mx.other.example"]',
        "relays.other.licences=7",
    )
    one, other = plan("m365-connector", *two).relays
    assert [limit.counter for limit in one.mail] == [limit.counter for limit in other.mail]
    apart = plan("m365-connector", *two, "relays.other.limits.tenant.whose=account").relays
    assert len({limit.counter for relay in apart for limit in relay.mail}) == 2


def test_soft_limits_come_before_hard_ones() -> None:
    auth = plan("m365-smtp-auth").relays[0]
    assert [limit.limit for limit in auth.connections] == [3]
    assert [(limit.limit, limit.window, limit.rolls) for limit in auth.mail] == [
        (30, 60_000_000, False),
        (10_000, 86_400_000_000, True),
    ]
