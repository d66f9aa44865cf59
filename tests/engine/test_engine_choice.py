"""Which engine runs: by default the compiled one, by name, and what is said where it cannot."""

import warnings
from pathlib import Path

import pytest
from worlds.cli_runs import MM4, refused, relaysim

import relaysim as api
from relaysim.engine import choice
from relaysim.engine.choice import Engine, chosen, current, using
from relaysim.engine.fast import binding as compiled
from relaysim.engine.fast.binding import LibraryError
from relaysim.engine.fast.build import BuildError, build
from relaysim.study.execution.execution import Execution
from relaysim.study.execution.task import Task
from relaysim.study.replicate import KeptOutput, replicate

SMALL = ("--set", "run.scale=0.01", "--replications", "2", "--jobs", "1", "--no-store")


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> str:
    """The compiled engine is not here; return why."""
    reason = "the compiled engine is not here: `python -m relaysim.engine.fast.build` makes it"

    def missing() -> None:
        raise LibraryError(reason)

    monkeypatch.setattr(choice, "load_library", missing)
    return reason


def test_the_compiled_engine_is_the_default() -> None:
    assert current() is chosen() is chosen("auto") is Engine.FAST
    with using(Engine.REFERENCE):
        assert current() is Engine.REFERENCE
    assert current() is Engine.FAST


def test_without_a_library_the_reference_engine_runs_and_this_is_said(no_library: str) -> None:
    with pytest.warns(UserWarning, match="the reference engine runs") as caught:
        assert chosen() is Engine.REFERENCE
    assert str(caught[0].message).startswith(no_library)
    with pytest.raises(LibraryError, match="is not here"):
        chosen("fast")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert chosen("reference") is Engine.REFERENCE


def test_a_command_without_a_library_says_so_in_one_line(no_library: str) -> None:
    with using(Engine.FAST):
        result = relaysim("run", MM4, *SMALL)
        named = relaysim("run", MM4, *SMALL, "--engine", "reference")
        wrong = relaysim("run", MM4, *SMALL, "--engine", "fast")
    assert result.exit_code == 0
    line = f"{no_library}; the reference engine runs, which simulates some 40 times as slowly\n"
    assert result.stderr.startswith(line)
    assert (named.exit_code, "reference engine runs" in named.stderr) == (0, False)
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "the compiled engine is not here" in " ".join(wrong.stderr.split())


def test_engines_are_compared_only_where_both_are(no_library: str) -> None:
    compared = relaysim("run", MM4, *SMALL, "--check-engine")
    assert compared.exit_code == 2
    needed = f"relaysim: --check-engine needs both engines, and {no_library}"
    assert " ".join(compared.stderr.split()) == needed
    assert compared.stdout == ""


def test_a_comparison_without_a_difference_says_so() -> None:
    compared = relaysim("run", MM4, *SMALL, "--check-engine")
    assert "both engines gave the same trace (2 replications)" in compared.stderr


def test_a_name_of_no_engine_is_refused() -> None:
    text = " ".join(refused("run", MM4, "--engine", "fas").split())
    assert 'relaysim: --engine fas: there are auto, fast, reference; did you mean "fast"?' in text


@pytest.mark.parametrize(
    "command", ["run", "compare", "trace", "qshape", "sweep", "report", "warmup"]
)
def test_every_command_that_simulates_has_the_option(command: str) -> None:
    assert "--engine" in relaysim(command, "--help").stdout


def test_the_provenance_counts_the_runs_by_engine() -> None:
    scenario = api.load(MM4, ["run.scale=0.01"])
    fast = api.run(scenario, 3, jobs=1)
    reference = api.run(scenario, 2, jobs=1, engine="reference")
    assert fast.provenance.facts()["runs"] == {"fast": 3}
    assert reference.provenance.facts()["runs"] == {"reference": 2}
    assert fast.per_replication[fast.per_replication.replication < 2].equals(
        reference.per_replication
    )


def test_each_engine_has_entries_of_its_own_in_a_store(tmp_path: Path) -> None:
    scenario = api.load(MM4, ["run.scale=0.01"])
    for engine, used in (("fast", 0), ("reference", 0), ("fast", 1)):
        store = api.Store(tmp_path)
        result = api.run(scenario, 1, jobs=1, store=store, engine=engine)
        assert (store.used, result.provenance.facts()["runs"]) == (used, {engine: 1})


def test_the_identity_of_a_task_covers_the_sources_of_the_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = Task(replicate, api.load(MM4), (0, 1, KeptOutput())).with_engine(Engine.FAST)
    before = task.identity
    monkeypatch.setattr(compiled.load_library(), "digest", "of other sources")
    assert Task(*(task.function, task.scenario, task.arguments, task.engine)).identity != before


def test_a_trace_that_differs_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    from relaysim.study import replicate as module

    scenario = api.load(MM4, ["run.scale=0.01"])
    assert api.run(scenario, 1, jobs=1, check_engine=True).violations == []
    monkeypatch.setattr(module, "first_divergence", lambda *_: "visits row 3: ...")
    ((replication, violation),) = api.run(scenario, 1, jobs=1, check_engine=True).violations
    assert (replication, violation.text) == (0, "visits row 3: ...")


def test_the_engine_of_an_execution_is_that_in_use() -> None:
    with using(Engine.REFERENCE):
        assert Execution().engine_in_use is Engine.REFERENCE
    assert Execution(engine="fast").engine_in_use is Engine.FAST


@pytest.mark.parametrize(
    ("compiler", "reason"),
    [
        ("no-such-compiler c++", "No such file"),
        ("/", "Permission denied"),
        ("false", "exit status"),
    ],
)
def test_a_compiler_that_cannot_run_is_an_error_of_the_build(
    compiler: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXX", compiler)
    with pytest.raises(BuildError, match=reason):
        build(tmp_path / "compiled.so")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_error_of_the_build(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="No such file"):
        build(tmp_path / "missing" / "compiled.so")
