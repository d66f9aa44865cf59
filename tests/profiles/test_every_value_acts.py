"""Every value of an MTA profile acts: another value in its place makes another plan."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from relaysim.plan.compiler import compile_plan
from relaysim.present.text.profile_tables import toml
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import Kind
from relaysim.scenario.load import load

SMALL = Path(__file__).parents[1] / "scenario" / "small.toml"
WATCHED = (
    'hubs.HUB01.back_pressure.version_bucket_size="1 MB"',
    'hubs.HUB01.back_pressure.queue_drive_size="100 GB"',
    'hubs.HUB01.back_pressure.log_drive_size="100 GB"',
    'hubs.HUB01.back_pressure.log_free_space="6 GB"',
    'hubs.HUB01.back_pressure.smtp_max_throttling_delay_interval="65 s"',
)
"""A hub that watches its drives: without it some keys have no effect."""
QUOTAS = "hubs.HUB01.priority_queuing_enabled=true"
"""And one that keeps quotas, if its server has them."""
PLACES = {
    "hub": "hubs.HUB01",
    "back_pressure": "hubs.HUB01.back_pressure",
    "receive_connector": "hubs.HUB01.receive_connectors.relay",
    "send_connector": "send_connectors.internet",
}
OTHER = {
    "priority_queuing_enabled": False,
    "message_rate_source": "All",
    "transport_role": "HubTransport",
    "maximal_backoff_time": "2 h",
    "destination_concurrency_positive_feedback": "1/concurrency",
    "destination_concurrency_negative_feedback": "1/concurrency",
    "delay_notification_timeout": "37 s",
    "max_inbound_connection_percentage_per_source": 50,
}
ELSEWHERE = {
    # It needs several connectors: tests/mail and tests/scenario have them.
    "specific_binding_hides_wildcard",
    # It needs a second hub.
    "shadow_redundancy_enabled",
}


def another(key: str, value: Any) -> Any:
    """Return a value of the same kind that differs."""
    match value:
        case _ if key in OTHER:
            return OTHER[key]
        case bool():
            return not value
        case int():
            return value + 1
        case "unlimited":
            return {"message_rate_limit": "7/min", "max_message_size": "7 MB"}.get(key, 7)
        case dict() if "base" in value:
            return value | {"base": "17 ms"}
        case dict():
            return {part: item + 1 for part, item in value.items()}
    size = key.endswith(("_space", "_size"))
    return "7 MB" if size else "70 s" if "max_throttling" in key else "37 s"


FRONT_END = {"transport_role": False, "max_acknowledgement_delay": True}
"""Keys with one right value: the role without a front end, the delay with one."""


def settings(mta: str) -> Iterator[tuple[str, str]]:
    properties = BUILT_IN.profile(Kind.MTA, mta).properties
    for section, place in PLACES.items():
        for key, value in BUILT_IN.profile(Kind.MTA, mta).table(section).items():
            if key not in ELSEWHERE and FRONT_END.get(key) is not properties.front_end:
                yield key, f"{place}.{key}={toml(another(key, value.value))}"


@pytest.mark.parametrize("mta", BUILT_IN.names(Kind.MTA))
def test_another_value_makes_another_plan(mta: str) -> None:
    quotas = [QUOTAS] * ("priority_queuing_enabled" in BUILT_IN.profile(Kind.MTA, mta).table("hub"))
    base = (f"hubs.HUB01.mta={mta}", *WATCHED, *quotas)
    plan = compile_plan(load(SMALL, base))
    idle = [
        key for key, setting in settings(mta) if compile_plan(load(SMALL, [*base, setting])) == plan
    ]
    assert idle == []
