"""`warm_up = "auto"`: a word that stands for a time, and keeps standing until it is found."""

import pickle
from pathlib import Path

import pytest
from worlds.golden_sections import Golden
from worlds.refusals import refusal

from relaysim.scenario.difference import Change, diff
from relaysim.scenario.digest import digest
from relaysim.scenario.load import from_mapping, load
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import ScenarioError
from relaysim.scenario.written import written

SMALL = Path(__file__).parent / "small.toml"
AUTO = "run.warm_up=auto"


def small(*settings: str) -> Scenario:
    return load(SMALL, settings)


def test_it_is_no_warm_up_until_it_is_found() -> None:
    run = small(AUTO).run
    assert (run.warm_up, run.warm_up_auto) == (0, True)
    assert (small().run.warm_up, small().run.warm_up_auto) == (0, False)
    assert not small("run.warm_up=0 s").run.warm_up_auto


def test_a_file_extends_one_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(
        f'extends = "{SMALL}"\n[run]\nwarm_up = "auto"\n', encoding="utf-8"
    )
    (tmp_path / "same.toml").write_text('extends = "base.toml"\n', encoding="utf-8")
    (tmp_path / "other.toml").write_text(
        'extends = "base.toml"\n[run]\nwarm_up = "5 min"\n', encoding="utf-8"
    )
    assert load(tmp_path / "same.toml").run.warm_up_auto
    other = load(tmp_path / "other.toml").run
    assert (other.warm_up, other.warm_up_auto) == (300_000_000, False)


def test_the_word_is_part_of_what_the_scenario_says() -> None:
    auto, none = small(AUTO), small()
    assert auto != none
    assert digest(auto) != digest(none)
    assert digest(auto) == digest(small(AUTO))
    assert diff(none, auto) == [Change("run.warm_up", "0 s", "auto")]
    assert diff(small("run.warm_up=1 s"), auto) == [Change("run.warm_up", "1 s", "auto")]
    assert diff(auto, small(AUTO)) == []


def test_it_is_written_and_read_again() -> None:
    auto = small(AUTO)
    assert written(auto.run)["warm_up"] == "auto"
    again = from_mapping(written(auto, model_defaults=False))
    assert again == auto
    assert digest(again) == digest(auto)


def test_it_goes_where_the_scenario_goes() -> None:
    auto = small(AUTO)
    assert pickle.loads(pickle.dumps(auto)) == auto
    assert auto.model_copy(update={"name": "other"}).run.warm_up_auto


def test_once_it_is_found_the_scenario_is_like_one_that_says_the_time(
    golden_section: Golden,
) -> None:
    auto = small(AUTO)
    for result, text in ((60_000_000, "1 min"), (0, "0 s")):
        done = auto.model_copy(update={"run": auto.run.with_warm_up(result)})
        assert done == small(f"run.warm_up={text}")
        assert digest(done) == digest(small(f"run.warm_up={text}"))
    assert auto.run.warm_up_auto
    message = refusal(ValueError, lambda: auto.run.with_warm_up(auto.run.duration))
    golden_section("errors/warm_up", message)


@pytest.mark.parametrize(
    ("setting", "nearest"),
    [("run.warm_up=Auto", ""), ("run.warm_up_auto=true", "warm_up"), ("run._auto=true", "")],
)
def test_nothing_else_means_it(golden_section: Golden, setting: str, nearest: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        small(setting)
    (problem,) = caught.value.problems
    assert (problem.nearest or "") == nearest
    golden_section("errors/warm_up", str(caught.value))


def test_other_problems_of_the_table_are_reported_unchanged() -> None:
    with pytest.raises(ScenarioError) as caught:
        small(AUTO, "run.drain=-1 h", "run.warmup=1")
    assert [problem.path for problem in caught.value.problems] == [
        ("run", "drain"),
        ("run", "warmup"),
    ]
