"""`profiles`: all that is known of a list or a destination, as a scenario file would have it."""

import json
import tomllib

import pytest
from worlds.cli_runs import relaysim

from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.defaults import blocklist_defaults, destination_defaults, relay_defaults
from relaysim.profiles.kind import Kind
from relaysim.profiles.value import Certainty
from relaysim.profiles.warm_up_schedules import schedules

CERTAINTIES = tuple(f"    # {each.value}: " for each in Certainty)
DEFAULTS = {
    Kind.BLOCKLIST: blocklist_defaults,
    Kind.DESTINATION: destination_defaults,
    Kind.RELAY: relay_defaults,
}
PRINTED = [
    (kind.value, name, defaults(BUILT_IN.profile(kind, name)))
    for kind, defaults in DEFAULTS.items()
    for name in BUILT_IN.names(kind)
]


@pytest.mark.parametrize(("kind", "name", "defaults"), PRINTED)
def test_what_is_printed_is_what_a_scenario_gets(kind: str, name: str, defaults: dict) -> None:
    printed = relaysim("profiles", kind, name).stdout
    assert tomllib.loads(printed) == {f"{kind}s": {"NAME": defaults}}


@pytest.mark.parametrize(
    ("kind", "name"), [("blocklist", "spamcop"), ("destination", "gmail"), ("destination", "isp")]
)
def test_every_parameter_is_printed_with_its_source(kind: str, name: str) -> None:
    lines = relaysim("profiles", kind, name).stdout.splitlines()
    keys = [line.partition(" = ")[0] for line in lines if " = " in line]
    sources = [line for line in lines if line.startswith(CERTAINTIES)]
    assert len(sources) == len({key.partition(".")[0] for key in keys}) >= 13
    assert lines[1].startswith("[")
    assert lines[3].startswith(CERTAINTIES)


def test_the_reputation_that_gmail_keeps_is_a_table_of_its_own() -> None:
    printed = relaysim("profiles", "destination", "gmail").stdout
    reputation = BUILT_IN.profile(Kind.DESTINATION, "gmail").table("reputation")
    limit = reputation["complaint_limit"]
    assert limit.value == 0.001
    assert (
        "[destinations.NAME.reputation]\n"
        f"complaint_limit = 0.001\n    # {limit.certainty.value}: {limit.source}\n"
    ) in printed
    result = json.loads(relaysim("profiles", "destination", "gmail", "--json").stdout)
    sections = result["profiles"]["gmail"]
    parts = ("", ".reputation", ".requires")
    assert sections.keys() == {f"destinations.NAME{part}" for part in parts}
    assert sections["destinations.NAME.reputation"]["throttle_rate"]["value"] == "600/h"
    assert sections["destinations.NAME.reputation"].keys() == reputation.keys()


def test_a_long_table_of_shares_has_a_line_for_each() -> None:
    printed = relaysim("profiles", "destination", "small-business-gateway").stdout
    assert "refuses_on.uceprotect-1 = 0.00648\nrefuses_on.uceprotect-2 = 0.00216\n" in printed
    assert "refusal_stage = {rcpt = 0.9, greeting = 0.1}\n" in printed


def test_the_warm_up_schedules_are_printed_as_a_plan_takes_them() -> None:
    printed = relaysim("profiles", "warm_up", "gmail").stdout
    assert tomllib.loads(printed) == {"warm_up_plans": {"NAME": {"days": "gmail"}}}
    assert "# messages on days 1 to 19: 5,000, 5,000, 5,000, 10,000, " in " ".join(printed.split())
    every = relaysim("profiles", "warm_up").stdout
    assert [line[2:] for line in every.splitlines() if line.startswith("# ")] == list(schedules())
    unwrapped = " ".join(every.replace("    # ", "").split())
    assert all(schedule.source in unwrapped for schedule in schedules().values())
    result = json.loads(relaysim("profiles", "warm_up", "gmail", "--json").stdout)
    days = result["profiles"]["gmail"]["warm_up_plans.NAME"]["days"]
    assert days["value"] == list(schedules()["gmail"].days)
    wrong = relaysim("profiles", "warm_up", "gmial")
    assert wrong.exit_code == 2
    assert 'did you mean "gmail"?' in " ".join(wrong.stderr.split())
