"""The engine of a run: the reference engine on SimPy, or the compiled one with the same trace."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

from relaysim.engine.fast.binding import LibraryError, load_library
from relaysim.plan.compiler import compile_plan
from relaysim.plan.plan import Plan
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Trace
from relaysim.traffic.workload import Draws


class Engine(StrEnum):
    """What simulates a run. The trace is the same."""

    FAST = "fast"
    """The compiled engine, in `relaysim.engine.fast`."""
    REFERENCE = "reference"
    """The engine on SimPy, in `relaysim.engine.relay` and `relaysim.engine.reputation`."""


AUTO = "auto"
"""The compiled engine if it is here, else the reference engine."""

_current: ContextVar[Engine | None] = ContextVar("engine", default=None)


def chosen(name: str = AUTO) -> Engine:
    """Return the engine of a name.

    Parameters
    ----------
    name
        "fast", "reference" or "auto".

    Raises
    ------
    LibraryError
        If the compiled engine is asked for by name, and is not here.
    ValueError
        For another name.
    """
    if name == AUTO:
        reason = why_not_fast()
        if reason:
            warnings.warn(fallback(reason), stacklevel=2)
        return Engine.REFERENCE if reason else Engine.FAST
    engine = Engine(name)
    if engine is Engine.FAST:
        load_library()
    return engine


def fallback(reason: str) -> str:
    """Return the sentence that says why the reference engine runs, and what that costs."""
    return f"{reason}; the reference engine runs, which simulates some 40 times as slowly"


def why_not_fast() -> str:
    """Return why the compiled engine cannot run here; "" if it can."""
    try:
        load_library()
    except LibraryError as error:
        return str(error)
    return ""


def use(engine: Engine) -> None:
    """Simulate with an engine from here on, in this process."""
    _current.set(engine)


@contextmanager
def using(engine: Engine) -> Iterator[None]:
    """Simulate with an engine within the block."""
    before = _current.set(engine)
    try:
        yield
    finally:
        _current.reset(before)


def current() -> Engine:
    """Return the engine in use: the one of `using`, else that of "auto"."""
    return _current.get() or chosen()


def run(plan: Plan, draws: Draws) -> Trace:
    """Simulate one replication with the engine in use; see `relaysim.engine.run.run`."""
    if current() is Engine.FAST:
        from relaysim.engine.fast import simulation

        return simulation.run(plan, draws)
    from relaysim.engine import run as reference

    return reference.run(plan, draws)


def simulate(scenario: Scenario, draws: Draws) -> Trace:
    """Compile a scenario and simulate one replication, see `run`."""
    return run(compile_plan(scenario), draws)
