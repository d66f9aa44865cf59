"""relaysim: a discrete-event simulator of corporate mail relay.

    import relaysim

    shared = relaysim.load("shared-hub.toml")
    dedicated = relaysim.load("dedicated-hub.toml")
    relaysim.check(shared)
    relaysim.run(shared).metrics
    relaysim.compare(shared, dedicated).comparisons
    relaysim.blast_radius(shared).metrics
    relaysim.sweep("shared-hub.toml", {"run.scale": [1, 1.3, 2]}, "dedicated-hub.toml").points
    relaysim.size("shared-hub.toml", {"hubs.HUB01.cores": range(1, 17)}, ["total.on_time > 99 %"])
    relaysim.sensitivity("shared-hub.toml", "class.transactional.on_time").effects

The names of this module are imported when they are first used, so that importing it costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relaysim.audit import check
    from relaysim.explanation import explain
    from relaysim.present.figure_registry import figure
    from relaysim.present.text.summary import summary
    from relaysim.scenario.load import load, loads
    from relaysim.scenario.model import Scenario
    from relaysim.scenario.problem import ScenarioError
    from relaysim.study.blast_radius import blast_radius, isolation_gain
    from relaysim.study.compare import compare
    from relaysim.study.execution.store import Store
    from relaysim.study.long_run import long_run
    from relaysim.study.message_trace import transcript
    from relaysim.study.precision import Precision
    from relaysim.study.ranking import ranking
    from relaysim.study.run_result import run
    from relaysim.study.sensitivity import sensitivity
    from relaysim.study.size import size
    from relaysim.study.sweep import sweep
    from relaysim.study.warm_up import warm_up
    from relaysim.study.yearly_risk import yearly_risk

__version__ = "0.2.0.dev0"

_HOMES = {
    "Precision": "relaysim.study.precision",
    "Scenario": "relaysim.scenario.model",
    "ScenarioError": "relaysim.scenario.problem",
    "Store": "relaysim.study.execution.store",
    "blast_radius": "relaysim.study.blast_radius",
    "check": "relaysim.audit",
    "compare": "relaysim.study.compare",
    "explain": "relaysim.explanation",
    "figure": "relaysim.present.figure_registry",
    "isolation_gain": "relaysim.study.blast_radius",
    "load": "relaysim.scenario.load",
    "loads": "relaysim.scenario.load",
    "long_run": "relaysim.study.long_run",
    "ranking": "relaysim.study.ranking",
    "run": "relaysim.study.run_result",
    "sensitivity": "relaysim.study.sensitivity",
    "size": "relaysim.study.size",
    "summary": "relaysim.present.text.summary",
    "sweep": "relaysim.study.sweep",
    "transcript": "relaysim.study.message_trace",
    "warm_up": "relaysim.study.warm_up",
    "yearly_risk": "relaysim.study.yearly_risk",
}

__all__ = [
    "Precision",
    "Scenario",
    "ScenarioError",
    "Store",
    "__version__",
    "blast_radius",
    "check",
    "compare",
    "explain",
    "figure",
    "isolation_gain",
    "load",
    "loads",
    "long_run",
    "ranking",
    "run",
    "sensitivity",
    "size",
    "summary",
    "sweep",
    "transcript",
    "warm_up",
    "yearly_risk",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
