"""Some of `benchmarks/fuzz.py`: a scenario is refused in plain words, or it runs and adds up."""

import importlib.util
import os
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent

# Core time is limited by a signal that Windows does not have.
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the benchmark needs signals of POSIX")


@pytest.fixture(scope="module")
def fuzz() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz", ROOT / "benchmarks" / "fuzz.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("first", [0, 30, 60, 90])
def test_a_mutated_scenario_is_refused_or_runs(fuzz: ModuleType, first: int) -> None:
    ends = Counter(fuzz.tried(fuzz.mutant(number)) for number in range(first, first + 30))
    assert ends["refused"] > 5
    assert ends["ran"] > 2
    assert set(ends) <= {"refused", "ran", "too large"}


@pytest.mark.parametrize("start", [1, 2])
def test_a_random_valid_scenario_runs(fuzz: ModuleType, start: int) -> None:
    ends: list[str] = []
    fuzz.random_valid(10, start, lambda tables: ends.append(fuzz.tried(tables)))
    assert set(ends) == {"ran"}


def test_a_case_is_the_same_whenever_it_is_made(fuzz: ModuleType) -> None:
    assert [repr(fuzz.mutant(n)) for n in range(5)] == [repr(fuzz.mutant(n)) for n in range(5)]


def test_what_goes_wrong_is_a_failure(fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> object:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(fuzz, "check", broken)
    valid = next(n for n in range(100) if "refused" not in _end(fuzz, n))
    with pytest.raises(fuzz.Failure, match="ZeroDivisionError: a fault"):
        fuzz.tried(fuzz.mutant(valid))


def _end(fuzz: ModuleType, number: int) -> str:
    try:
        return str(fuzz.tried(fuzz.mutant(number)))
    except fuzz.Failure:
        return "failed"
