"""Both engines give the same trace, row for row: on all scenarios, and on random worlds."""

import _ctypes
import os
import signal
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds.compared_worlds import (
    SCENARIOS,
    random_worlds,
    run_with_many_rows,
    run_with_top_value,
    runs_of_huge_messages,
    runs_of_scenario,
    runs_of_world,
    runs_that_refuse,
    widen,
)

from relaysim.engine import run as reference
from relaysim.engine.fast import simulation as fast
from relaysim.engine.fast.binding import Library, LibraryError
from relaysim.engine.fast.build import LIBRARY, seal
from relaysim.engine.fast.header import FILE, header
from relaysim.engine.fast.packed_plan import packed_plan
from relaysim.plan.compiler import compile_plan
from relaysim.plan.plan import Plan
from relaysim.scenario.load import load
from relaysim.scenario.problem import ScenarioError
from relaysim.trace.columns import ShortColumn, Table
from relaysim.trace.tables import Trace, first_divergence
from relaysim.traffic.workload import Draws, draw

CONSTANT = {
    *("run.mailbox_time", "run.complaint_delay", "run.feedback_delay", "run.unable_to_connect"),
    *("verdicts.mail", "verdicts.content"),
}
"""Numbers of three laws and of the first reply, and the round trips of two parts of a dialogue."""


def require_equal(plan: Plan, draws: Draws) -> None:
    """Both engines give the same rows and names."""
    one, other = reference.run(plan, draws), fast.run(plan, draws)
    assert first_divergence(one, other) is None
    assert one.fingerprint() == other.fingerprint()


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_the_traces_of_a_scenario_are_equal(file: Path) -> None:
    for plan, draws in runs_of_scenario(file):
        require_equal(plan, draws)


def test_the_traces_of_random_worlds_are_equal() -> None:
    """`benchmarks/parity.py` says which faults in C++ these worlds find."""
    ranges: dict[str, tuple[int, int]] = {}
    for tables, replication in random_worlds():
        for plan, draws in runs_of_world(tables, replication):
            require_equal(plan, draws)
            widen(ranges, plan)
    # Whatever the compiled engine reads differs between worlds, or is the same in all there are.
    assert {name for name, (low, high) in ranges.items() if low == high} == CONSTANT


def test_the_header_is_that_of_the_declarations() -> None:
    file = LIBRARY.parent / FILE
    assert file.read_text(encoding="utf-8") == header(), "`make header` writes it"


@pytest.mark.parametrize("digest", ["layout", "sources"])
def test_a_library_of_something_else_is_refused(digest: str, tmp_path: Path) -> None:
    from relaysim.engine.fast.build import sources
    from relaysim.engine.fast.header import layout

    expected = {"layout": layout(), "sources": sources()}[digest].encode()
    content = LIBRARY.read_bytes()
    assert content.count(expected) == 1
    other = tmp_path / LIBRARY.name
    other.write_bytes(content.replace(expected, expected[::-1]))
    seal(other)
    with pytest.raises(LibraryError, match="of another version"):
        Library(other)


def test_a_library_that_is_not_here_or_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="is not here"):
        Library(tmp_path / LIBRARY.name)
    other = tmp_path / LIBRARY.name
    other.write_text("no library", encoding="utf-8")
    with pytest.raises(LibraryError, match="is damaged"):
        Library(other)
    seal(other)
    with pytest.raises(LibraryError, match="cannot be loaded"):
        Library(other)
    # Another program's library, without the functions of the engine.
    other.write_bytes(Path(_ctypes.__file__).read_bytes())
    seal(other)
    with pytest.raises(LibraryError, match="of another version"):
        Library(other)


@pytest.mark.parametrize("part", [slice(0, 60_000), slice(0, -1), slice(1, None)])
def test_a_part_of_a_library_is_refused_before_it_is_loaded(part: slice, tmp_path: Path) -> None:
    other = tmp_path / LIBRARY.name
    other.write_bytes(LIBRARY.read_bytes()[part])
    with pytest.raises(LibraryError, match="is damaged"):
        Library(other)


def test_what_a_watcher_raises_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from relaysim.engine.reputation.administrator import Administrator

    def fail(*_: Any) -> None:
        raise ZeroDivisionError("in the look at the lists")

    scenario = load(SCENARIOS[0].parent / "shared-hub.toml", ["run.scale=0.01"])
    monkeypatch.setattr(Administrator, "_monitor", fail)
    with pytest.raises(ZeroDivisionError, match="in the look"):
        fast.run(compile_plan(scenario), draw(scenario, 0, 1))


def test_a_run_with_many_rows_is_the_same() -> None:
    plan, draws = run_with_many_rows()
    require_equal(plan, draws)
    # A megabyte of times in 64 bits.
    assert len(fast.run(plan, draws).visits) > 2**17


def test_a_run_with_the_highest_part_of_a_law_is_the_same() -> None:
    require_equal(*run_with_top_value())


def test_huge_messages_take_the_same_time_in_both_engines() -> None:
    for plan, draws in runs_of_huge_messages():
        require_equal(plan, draws)


def test_runs_that_refuse_mail_end_alike_in_both_engines() -> None:
    for plan, draws in runs_that_refuse():
        require_equal(plan, draws)


def test_more_hubs_than_a_word_numbers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = compile_plan(load(SCENARIOS[0].parent / "mm4.toml"))
    with pytest.raises(ScenarioError, match="too many for the compiled engine"):
        packed_plan(replace(plan, hubs=plan.hubs * 10_000))


def test_a_trace_is_kept_in_half_of_64_bits_and_is_read_as_64_bits() -> None:
    scenario = load(SCENARIOS[0].parent / "shared-hub.toml", ["run.scale=0.05"])
    trace = fast.run(compile_plan(scenario), draw(scenario, 0, 1))
    tables: list[Table] = [getattr(trace, name) for name in Trace.TABLES]
    kept = sum(column.nbytes for table in tables for column in table.data.values())
    read = sum(table[name].nbytes for table in tables for name in table.columns)
    assert 2 * kept <= read
    assert {table[name].dtype for table in tables for name in table.columns} == {np.dtype(np.int64)}


def test_times_after_half_an_hour_of_waiting_stand_apart_and_are_the_same() -> None:
    overloaded = ("hubs.HUB01.max_per_domain_outbound_connections=1", "run.duration=6000 s")
    scenario = load(SCENARIOS[0].parent / "mm4.toml", overloaded)
    plan, draws = compile_plan(scenario), draw(scenario, 0, 1)
    start = fast.run(plan, draws).attempts.data["start"]
    assert isinstance(start, ShortColumn)
    assert len(start.rows)
    require_equal(plan, draws)


def test_a_signal_in_the_middle_of_a_run_ends_it_and_is_handled_after_it() -> None:
    """At any moment: also while C++ calls Python, where an exception would be lost."""
    scenario = load(SCENARIOS[0].parent / "mm4.toml")
    plan, draws = compile_plan(scenario), draw(scenario, 0, 1)
    handled = []

    def run_for_ever() -> None:
        while True:
            fast.run(plan, draws)

    def handler(number: int, _: object) -> None:
        handled.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, handler)
    timer = threading.Timer(0.02, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            run_for_ever()
        assert handled == [signal.SIGINT]
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
