"""`--set path=value`: one value at a time, whatever the key."""

from pathlib import Path
from typing import Any

import pytest
from worlds.golden_sections import Golden

from relaysim.scenario.load import load
from relaysim.scenario.override import OverrideError, parse, put
from relaysim.scenario.problem import ScenarioError

SMALL = Path(__file__).parent / "small.toml"
SHARED = Path(__file__).parents[2] / "scenarios" / "shared-hub.toml"


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("run.scale=1.3", ("run", "scale"), 1.3),
        ("run.duration=2 h", ("run", "duration"), "2 h"),
        ('run.duration = "2 h"', ("run", "duration"), "2 h"),
        ("hubs.HUB01.mta=exchange-2007", ("hubs", "HUB01", "mta"), "exchange-2007"),
        ('egress."198.51.100.10".age=3 d', ("egress", "198.51.100.10", "age"), "3 d"),
        ("hosts.'a=b'.port=26", ("hosts", "a=b", "port"), 26),
        ("dns.mail=['10.0.0.1']", ("dns", "mail"), ["10.0.0.1"]),
        ("events.0.at=1 h", ("events", "0", "at"), "1 h"),
        ("a.b={c = true}", ("a", "b"), {"c": True}),
        ("title=", ("title",), ""),
        ("title=a = b", ("title",), "a = b"),
    ],
)
def test_a_setting_is_a_path_and_a_value(text: str, path: tuple[str, ...], value: Any) -> None:
    assert parse(text) == (path, value)


@pytest.mark.parametrize("text", ["run.scale", "=5", "", "run scale=5", "run..scale=5", "a.=1"])
def test_anything_else_is_no_setting(text: str) -> None:
    with pytest.raises(OverrideError):
        parse(text)


def test_putting_recipients() -> None:
    tables = {"run": {"scale": 1.0}, "events": [{"at": "1 h"}]}
    assert put(tables, ("run", "scale"), 2.0)["run"] == {"scale": 2.0}
    assert put(tables, ("events", "0", "at"), "2 h")["events"] == [{"at": "2 h"}]
    assert put(tables, ("new", "table"), 1)["new"] == {"table": 1}
    assert tables == {"run": {"scale": 1.0}, "events": [{"at": "1 h"}]}


def test_settings_lie_over_the_file_in_their_order() -> None:
    scenario = load(
        SHARED,
        [
            "run.scale=1.3",
            "hosts.marketing.streams.newsletter.arrivals.messages=5000",
            "hosts.marketing.streams.newsletter.arrivals.messages=6000",
            'egress."198.51.100.10".age=3 d',
            "hubs.HUB01.receive_connectors.externalrelay.message_rate_limit=unlimited",
            'destinations.isp={profile="isp", domain_count=5}',
        ],
    )
    arrivals: Any = scenario.hosts["marketing"].streams["newsletter"].arrivals
    assert scenario.run.scale == 1.3
    assert arrivals.messages == 6000
    assert scenario.egress["198.51.100.10"].age == 3 * 86_400 * 1_000_000
    assert scenario.destinations["isp"].domain_count == 5
    assert scenario.name == "shared-hub"


def test_a_law_may_be_changed_in_part_or_whole() -> None:
    path = "hosts.crm.streams.invoices.size"
    part: Any = load(SMALL, [f"{path}.median=30 KB"]).hosts["crm"].streams["invoices"].size
    assert (part.median, part.sigma) == (30 * 1024, 0.6)
    other: Any = load(SMALL, [f"{path}.mean=30 KB"]).hosts["crm"].streams["invoices"].size
    assert (other.mean, other.median, other.sigma) == (30 * 1024, None, 0.6)
    whole: Any = load(SMALL, [f"{path}=30 KB"]).hosts["crm"].streams["invoices"].size
    assert whole.value == 30 * 1024


def test_problems_of_settings_say_so(golden_section: Golden) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(
            SMALL,
            [
                "nonsense",
                "run.duration.hours=2",
                "hubs.HUB01.coers=8",
                "run.replications=0",
                "hubs.HUB02.cores=4",
                "hosts.crm.streams.invoices.to={gmail = 0.5}",
            ],
        )
    assert {problem.file for problem in caught.value.problems} == {"--set"}
    assert [problem.path for problem in caught.value.problems] == [
        (),
        ("run", "duration"),
        ("hubs", "HUB02"),
        ("run", "replications"),
        ("hubs", "HUB01", "coers"),
        ("hosts", "crm", "streams", "invoices", "to"),
    ]
    golden_section("errors/settings", str(caught.value))


def test_what_a_whole_table_lacks_is_missing_in_the_setting_not_in_the_file_below() -> None:
    with pytest.raises(ScenarioError) as caught:
        load(SMALL, ['hubs.HUB01={mta = "exchange-2010"}'])
    assert {problem.path[2:] for problem in caught.value.problems} == {
        ("cores",),
        ("addresses",),
        ("egress",),
    }
    assert {(problem.file, problem.value) for problem in caught.value.problems} == {("--set", None)}


@pytest.mark.parametrize(
    ("setting", "without_quotes"),
    [
        ("hubs.HUB01.cores=4.5", False),
        ("hubs.HUB01.cores=four", False),
        ('hubs.HUB01.cores="true"', False),
        ('hubs.HUB01.cores="4"', True),
        ('run.scale="1"', True),
        ("run.start=2010-13-01", False),
        ('run.start="2010-03-01T08:00:00"', True),
        ('hubs.HUB01.priority_queuing_enabled="true"', True),
        ("hubs.HUB01.priority_queuing_enabled=1", False),
    ],
)
def test_quotes_are_named_where_leaving_them_out_helps(setting: str, without_quotes: bool) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(SMALL, [setting])
    (problem,) = caught.value.problems
    assert problem.message.endswith("without the quotes") is without_quotes


@pytest.mark.parametrize(
    ("setting", "allowed", "nearest"),
    [
        ("hubs.HUB1.cores=8", ["HUB01"], "HUB01"),
        (
            "hubs.HUB01.receive_connectors.externlrelay.message_rate_limit=5",
            ["Default HUB01", "Client HUB01", "internalrelay", "externalrelay"],
            "externalrelay",
        ),
        ('egress."198.51.100.11".age=3 d', ["198.51.100.10"], "198.51.100.10"),
        ("lines.second.bandwidth=2 Mbit/s", ["main"], None),
    ],
    ids=["hub", "receive connector", "egress", "line"],
)
def test_a_setting_changes_nothing_in_what_is_not_there(
    golden_section: Golden, setting: str, allowed: list[str], nearest: str | None
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(SHARED, [setting])
    (problem,) = caught.value.problems
    assert problem.file == "--set"
    assert [*problem.allowed] == allowed
    assert (problem.nearest or None) == nearest
    golden_section("errors/settings", str(caught.value))


def test_what_is_new_is_given_whole_and_may_then_be_changed() -> None:
    whole = 'destinations.isp={profile="isp", domain_count=5}'
    changed = load(SHARED, [whole, "destinations.isp.domain_count=6"])
    assert changed.destinations["isp"].domain_count == 6
    assert "sbl" in load(SHARED, ["blocklists.sbl.profile=spamhaus-sbl"]).blocklists
    assert "mail2" in load(SHARED, ["dns.mail2=['192.168.10.10']"]).dns


def test_a_blocklist_that_has_a_profile_needs_no_table() -> None:
    text = SHARED.read_text(encoding="utf-8")
    assert "[blocklists.spamcop]" not in text
    blocklist = load(SHARED, ["blocklists.spamcop.threshold=7"]).blocklists["spamcop"]
    assert blocklist.threshold == 7
