"""A scenario file becomes a scenario: units become integers, and nothing changes afterwards."""

import pickle
import tomllib
from datetime import datetime
from fractions import Fraction
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from pydantic import ValidationError
from worlds.golden_sections import Golden

from relaysim.scenario.arrivals import Poisson, Replay
from relaysim.scenario.distribution import Constant, Empirical, Lognormal, mean
from relaysim.scenario.load import from_mapping, load, loads
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import ScenarioError

HERE = Path(__file__).parent
SMALL = HERE / "small.toml"


@pytest.fixture
def small() -> Scenario:
    return load(SMALL)


def test_units_become_integers(small: Scenario) -> None:
    assert small.run.duration == 2 * 3600 * 1_000_000
    assert small.run.horizon == 26 * 3600 * 1_000_000
    assert small.lines["main"].bandwidth == 20_000_000
    stream = small.hosts["crm"].streams["invoices"]
    assert isinstance(stream.arrivals, Poisson)
    assert stream.arrivals.rate == Fraction(3000, 86_400)
    assert isinstance(stream.size, Lognormal)
    assert stream.size.median == 15 * 1024


def test_texts_become_what_they_mean(small: Scenario) -> None:
    assert small.hubs["HUB01"].addresses == (ip_address("192.168.168.169"),)
    assert str(small.hubs["HUB01"].receive_connectors["relay"].bindings[0]) == "0.0.0.0:25"
    shared = load(HERE.parents[1] / "scenarios" / "shared-hub.toml")
    assert shared.egress["198.51.100.10"].allocation == ip_network("198.51.100.8/29")
    assert shared.run.start == datetime(2010, 3, 1, 8)  # noqa: DTZ001 -- local time


def test_exchange_words_are_read_in_any_case() -> None:
    scenario = load(
        SMALL,
        [
            'organization.domains."cozumpark.com"=authoritative',
            'hubs.HUB01.receive_connectors.relay.permission_groups=["anonymoususers"]',
            'hubs.HUB01.receive_connectors.relay.auth_mechanism=["TLS"]',
        ],
    )
    assert scenario == load(SMALL)


def test_nothing_changes_after_loading(small: Scenario) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        small.name = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        small.hubs["HUB01"].cores = 8  # type: ignore[misc]
    with pytest.raises(TypeError, match="item assignment"):
        small.hubs["HUB02"] = small.hubs["HUB01"]  # type: ignore[index]
    with pytest.raises(TypeError, match="item assignment"):
        small.hosts["crm"].streams["invoices"].to["gmail"] = 1.0  # type: ignore[index]
    assert isinstance(hash(small), int)


def test_things_bear_the_name_of_their_key(small: Scenario) -> None:
    hub = small.hubs["HUB01"]
    assert hub.name == "HUB01"
    assert hub.receive_connectors["relay"].name == "relay"
    assert small.send_connectors["internet"].name == "internet"
    assert small.destinations["gmail"].name == "gmail"
    assert small.blocklists["css"].name == "css"


def test_domains_that_are_counted_are_named_after_their_destination() -> None:
    scenario = load(SMALL, ["destinations.gmail.domain_count=11"])
    names = scenario.destinations["gmail"].domain_names()
    assert names[0] == "gmail-01.example"
    assert names[-1] == "gmail-11.example"


def test_a_scenario_without_a_name_bears_that_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "tuesday.toml"
    path.write_text(
        SMALL.read_text(encoding="utf-8").replace('name = "small"', ""), encoding="utf-8"
    )
    assert load(path).name == "tuesday"


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "notepad.toml"
    path.write_text(SMALL.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert load(path) == load(SMALL)


def test_a_text_and_a_mapping_load_like_a_file() -> None:
    text = SMALL.read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    assert loads(text) == load(SMALL)
    assert from_mapping(tables) == load(SMALL)
    assert tables == tomllib.loads(text)


def test_a_mapping_without_a_value_is_refused(golden_section: Golden) -> None:
    tables = tomllib.loads(SMALL.read_text(encoding="utf-8"))
    tables["run"]["duration"] = None

    with pytest.raises(ScenarioError) as caught:
        from_mapping(tables)

    (problem,) = caught.value.problems
    assert (problem.file, problem.path) == ("<mapping>", ("run", "duration"))
    golden_section("errors/files", str(caught.value))


def test_problems_of_a_text_name_it() -> None:
    with pytest.raises(ScenarioError) as caught:
        loads("[run]\nduration = 5\n", name="cell 3")
    assert {problem.file for problem in caught.value.problems} == {"cell 3"}


def test_a_missing_file_and_a_directory_are_problems(
    golden_section: Golden, tmp_path: Path
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "nowhere.toml")
    (problem,) = caught.value.problems
    assert problem.file == str(tmp_path / "nowhere.toml")
    missing = problem.message
    assert "No such file or directory" in missing
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path)
    (problem,) = caught.value.problems
    assert "Is a directory" in problem.message
    golden_section("errors/files", f"{missing}\n{problem.message}")


def test_a_base_whose_name_no_file_can_have_is_a_problem() -> None:
    with pytest.raises(ScenarioError, match="embedded null byte"):
        loads(r'extends = "a\u0000b.toml"')


def test_files_count_from_the_scenario_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sizes.txt").write_text("10 KB\n\n30 KB\n", encoding="utf-8")
    (tmp_path / "log.csv").write_text(
        "seconds,bytes,subject\n5,100,b\n1.5,200,a\n", encoding="utf-8"
    )
    text = SMALL.read_text(encoding="utf-8")
    text += """
[hosts.crm.streams.replayed]
sender = "billing@cozumpark.com"
arrivals = { process = "replay", file = "log.csv" }
size = { distribution = "empirical", file = "sizes.txt" }
to = { internal = 1.0 }
"""
    (tmp_path / "recorded.toml").write_text(text, encoding="utf-8")
    (tmp_path / "deeper").mkdir()
    monkeypatch.chdir(tmp_path / "deeper")
    (tmp_path / "deeper" / "child.toml").write_text(
        'extends = "../recorded.toml"\n', encoding="utf-8"
    )
    stream = load("child.toml").hosts["crm"].streams["replayed"]
    assert isinstance(stream.arrivals, Replay)
    assert stream.arrivals.file.is_absolute()
    assert isinstance(stream.size, Empirical)
    assert stream.size.values == (10 * 1024, 30 * 1024)
    assert mean(stream.size) == 20 * 1024


def test_a_constant_is_the_value_alone() -> None:
    scenario = load(SMALL, ["hosts.crm.streams.invoices.size=4 KB"])
    size = scenario.hosts["crm"].streams["invoices"].size
    assert size == Constant[int](value=4096)
    assert mean(size) == 4096.0


def test_a_scenario_and_its_problems_can_be_pickled() -> None:
    shared = load(HERE.parents[1] / "scenarios" / "listing-day.toml")
    assert pickle.loads(pickle.dumps(shared)) == shared
    with pytest.raises(ScenarioError) as caught:
        load(HERE / "invalid" / "ten-mistakes.toml")
    error = pickle.loads(pickle.dumps(caught.value))
    assert error.problems == caught.value.problems


def test_a_scenario_can_be_dumped_without_a_warning(small: Scenario) -> None:
    dumped = small.model_dump()
    assert dumped["hubs"]["HUB01"]["cores"] == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[hubs.HUB01]\ncores = 4\n[hubs.HUB01]\n", "Cannot declare hubs.HUB01 twice"),
        ('[hubs."A B"]\n[hubs."A B"]\n', 'Cannot declare hubs."A B" twice'),
        ("run = { scale = 1 }\n[run.more]\n", "Cannot declare run.more twice"),
        ("[hubs.HUB01]\ncores = four\n", "Invalid value; text is written in quotes"),
    ],
)
def test_what_toml_forbids_is_said_in_the_spelling_of_the_file(text: str, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    (problem,) = caught.value.problems
    assert problem.message == f"not TOML: {words}"


def test_a_key_of_a_table_below_is_named_with_its_table() -> None:
    path = HERE.parents[1] / "scenarios" / "today" / "exchange-se.toml"
    for setting, place in (
        ("destinations.gmail.bulk_from=3", "requires.bulk_from"),
        ('hubs.HUB01.queue_drive_used="3 GB"', "back_pressure.queue_drive_used"),
    ):
        with pytest.raises(ScenarioError) as refused:
            load(path, [setting])
        (problem,) = refused.value.problems
        assert (problem.message, problem.nearest) == ("unknown key", place)
