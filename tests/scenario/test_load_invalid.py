"""Every file in `invalid` is refused with exactly the words of its golden file."""

from pathlib import Path

import pytest
from worlds.golden_sections import Golden
from worlds.quantities import quantities

from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import Kind
from relaysim.scenario.load import load
from relaysim.scenario.problem import ScenarioError

INVALID = Path(__file__).parent / "invalid"
MESSAGES = Path(__file__).parents[1] / "golden" / "errors" / "invalid"
FILES = sorted(path.name for path in INVALID.glob("*.toml"))


@pytest.mark.parametrize("name", FILES)
def test_an_invalid_file_gives_exactly_its_message(
    name: str, monkeypatch: pytest.MonkeyPatch, golden: Golden
) -> None:
    monkeypatch.chdir(INVALID)
    with pytest.raises(ScenarioError) as caught:
        load(name)
    golden(f"errors/invalid/{Path(name).stem}", f"{caught.value}\n")


def test_there_are_many_and_every_message_has_its_file() -> None:
    assert len(FILES) >= 30
    messages = sorted(path.with_suffix(".toml").name for path in MESSAGES.glob("*.txt"))
    assert messages == FILES


def test_ten_mistakes_are_ten_problems() -> None:
    with pytest.raises(ScenarioError) as caught:
        load(INVALID / "ten-mistakes.toml")
    assert "10" in quantities(str(caught.value).partition("\n")[0])
    assert len({problem.path for problem in caught.value.problems}) == 10


def test_messages_fit_on_a_page_and_speak_plainly() -> None:
    for path in MESSAGES.glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        wide = [line for line in text.splitlines() if len(line) > 80 and " " in line.strip()]
        assert wide == [], path.name  # a long path of keys stays in one piece
        assert "Input should" not in text, path.name
        assert "pydantic" not in text, path.name


def test_a_problem_can_be_taken_apart() -> None:
    with pytest.raises(ScenarioError) as caught:
        load(INVALID / "kinds.toml")
    problem = caught.value.problems[0]
    assert problem.path == ("hubs", "HUB01", "mta")
    assert problem.file == str(INVALID / "kinds.toml")
    assert problem.value == "exchange2010"
    assert problem.message
    assert problem.allowed == BUILT_IN.names(Kind.MTA)
    assert problem.nearest == "exchange-2010"
