"""Assumptions: what nobody published and the file does not state, from half to double."""

from pathlib import Path

import pytest
from worlds.small_designs import TOML

from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import RECEIVE_CONNECTOR, Kind, installed_name
from relaysim.profiles.value import Certainty
from relaysim.scenario.digest import digest
from relaysim.scenario.load import load
from relaysim.study.assumptions import assumptions
from relaysim.study.factors import Factor

SHARED = Path(__file__).parents[2] / "scenarios" / "shared-hub.toml"


@pytest.fixture(scope="module")
def found() -> dict[str, Factor]:
    return {each.path: each for each in assumptions(SHARED)}


@pytest.fixture
def two(tmp_path: Path) -> Path:
    file = tmp_path / "two.toml"
    file.write_text(TOML, encoding="utf-8")
    return file


def test_every_end_is_another_scenario(found: dict[str, Factor]) -> None:
    same = digest(load(SHARED))
    ends = [f"{path}={end}" for path, each in found.items() for end in each.ends.values()]
    assert len(found) > 100
    assert all(digest(load(SHARED, [end])) != same for end in ends)


def test_ends_are_half_and_double_in_the_spelling_of_the_file(found: dict[str, Factor]) -> None:
    ends = {
        "hubs.HUB01.categorize_cost.base": ("10 ms", "20 ms", "40 ms"),
        "destinations.gmail.response_time.mean": ("0.4 s", "0.8 s", "1.6 s"),
        "destinations.outlook.reputation.cold_rate": ("10/h", "20/h", "40/h"),
        "blocklists.spamcop.threshold": ("4.0", "8.0", "16.0"),
        "blocklists.css.tolerated_rate": ("1e-05", "2e-05", "4e-05"),
        "operations.repair_time.median": ("2 h", "4 h", "8 h"),
        "mailboxes.delivery_time.mean": ("75 ms", "150 ms", "300 ms"),
        "send_connectors.internet.smtp_max_messages_per_connection": ("10", "20", "40"),
    }
    for path, expected in ends.items():
        assert (found[path].low, found[path].base, found[path].high) == expected


def test_a_share_ends_at_1(found: dict[str, Factor]) -> None:
    refuses = found["destinations.business.refuses_on.spamhaus-css"]
    assert (refuses.low, refuses.high) == ("0.2815", "1.0")


def test_a_growth_is_half_or_double_of_what_it_is_above_1(found: dict[str, Factor]) -> None:
    a_day, relapse = "destinations.gmail.reputation.cold_growth", "blocklists.css.growth"
    assert (found[a_day].low, found[a_day].base, found[a_day].high) == ("1.2", "1.4", "1.8")
    assert (found[relapse].low, found[relapse].base, found[relapse].high) == ("1.5", "2.0", "3.0")


def test_an_end_that_changes_nothing_is_none(found: dict[str, Factor]) -> None:
    assert found["destinations.gmail.mirrors"].ends == {"low": "0.5"}
    assert found["hosts.crm.messages_per_connection"].ends == {"high": "2"}


def test_a_prefix_is_one_bit_more_or_less(found: dict[str, Factor]) -> None:
    prefix = found["blocklists.css.vicinity_prefix"]
    assert (prefix.low, prefix.high) == ("28", "30")


def test_they_carry_their_source(found: dict[str, Factor]) -> None:
    default = BUILT_IN.profile(Kind.BLOCKLIST, "spamcop").table("blocklist")["visibility"]
    assert found["blocklists.spamcop.visibility"].source == default.source


def test_nothing_that_somebody_published_is_among_them(found: dict[str, Factor]) -> None:
    tables = BUILT_IN.tables(Kind.BLOCKLIST, "blocklist")
    for name, blocklist in load(SHARED).blocklists.items():
        for key, default in tables[blocklist.profile].items():
            if default.certainty is not Certainty.ASSUMPTION:
                assert not any(path.startswith(f"blocklists.{name}.{key}") for path in found)
    published = (
        "hubs.HUB01.max_outbound_connections",
        "destinations.gmail.reputation.complaint_limit",
        "send_connectors.internet.max_message_size",
    )
    assert not found.keys() & set(published)


def test_lists_that_the_scenario_does_not_have_are_not_among_them(found: dict[str, Factor]) -> None:
    asked = {path.rpartition(".")[2] for path in found if ".business.refuses_on." in path}
    assert asked == {"spamcop", "spamhaus-css", "uceprotect-2"}


def test_no_receive_connector_has_an_assumed_default() -> None:
    for name in BUILT_IN.names(Kind.MTA):
        for section, table in BUILT_IN.profile(Kind.MTA, name).sections.items():
            if section == RECEIVE_CONNECTOR or installed_name(section):
                assert all(each.certainty is not Certainty.ASSUMPTION for each in table.values())


def test_what_the_user_states_is_no_assumption(two: Path) -> None:
    paths = {each.path for each in assumptions(two)}
    assert paths == {
        "mailboxes.delivery_time.mean",
        "mailboxes.delivery_time.cv",
        "operations.monitor_every",
        "operations.repair_time.median",
        "operations.repair_time.sigma",
        "operations.ndr_time.mean",
        "operations.cleaning",
    }
    stated = ["operations.monitor_every=1 h", "mailboxes.delivery_time=1 s"]
    gone = {
        "operations.monitor_every",
        "mailboxes.delivery_time.mean",
        "mailboxes.delivery_time.cv",
    }
    assert {each.path for each in assumptions(two, stated)} == paths - gone


def test_trap_rates_of_people_have_a_range_whatever_the_file_states() -> None:
    """Of 1e-7 only the other end is left; mail that stays inside and culprits have no such rate."""
    rate = "hosts.crm.streams.invoices.trap_rate"
    found = {
        each.path: each
        for each in assumptions(SHARED, [f"{rate}=1e-7"], None, lambda path: "trap_rate" in path)
    }
    users = found.pop("hosts.users.streams.correspondence.trap_rate")
    assert (users.base, users.ends) == ("0", {"low": "1e-07", "high": "0.0001"})
    assert (found.pop(rate).ends, found) == ({"high": "0.0001"}, {})


def test_paths_that_are_not_wanted_are_left_out(found: dict[str, Factor]) -> None:
    some = assumptions(SHARED, wanted=lambda path: path.startswith("hubs."))
    assert list(some) == [each for path, each in found.items() if path.startswith("hubs.")]
    assert 0 < len(some) < len(found)


def test_requirements_are_assumptions_where_mail_does_not_meet_them() -> None:
    """Everything passes: none. Without a PTR record the shares of that alone."""
    no_record = 'egress."198.51.100.10".ptr=false'

    def found(*settings: str) -> set[str]:
        wanted = assumptions(SHARED, settings, wanted=lambda path: ".requires." in path)
        return {factor.path for factor in wanted}

    assert found() == set()
    required = found(no_record)
    # Only Yahoo's threshold is an assumption.
    assert {path.split(".")[3] for path in required} == {"ptr", "bulk_from"}
    assert "destinations.yahoo.requires.ptr.defer" in required
    # Gmail's three shares are of one whole.
    assert "destinations.gmail.requires.ptr.defer" not in required
