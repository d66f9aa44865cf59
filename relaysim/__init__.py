"""relaysim: a discrete-event simulator of corporate mail relay.

    import relaysim

    shared = relaysim.load("shared-hub.toml")
    dedicated = relaysim.load("dedicated-hub.toml")
    relaysim.run(shared).metrics
    relaysim.compare(shared, dedicated).comparisons
    relaysim.blast_radius(shared).metrics

The names of this module are imported when they are first used, so that importing it costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relaysim.scenario.load import load, loads
    from relaysim.scenario.model import Scenario
    from relaysim.scenario.problem import ScenarioError
    from relaysim.study.blast import blast_radius, isolation_gain
    from relaysim.study.compare import compare
    from relaysim.study.replicate import run
    from relaysim.study.risk import yearly_risk

__version__ = "0.1.0"

_HOMES = {
    "Scenario": "relaysim.scenario.model",
    "ScenarioError": "relaysim.scenario.problem",
    "blast_radius": "relaysim.study.blast",
    "compare": "relaysim.study.compare",
    "isolation_gain": "relaysim.study.blast",
    "load": "relaysim.scenario.load",
    "loads": "relaysim.scenario.load",
    "run": "relaysim.study.replicate",
    "yearly_risk": "relaysim.study.risk",
}

__all__ = [
    "Scenario",
    "ScenarioError",
    "__version__",
    "blast_radius",
    "compare",
    "isolation_gain",
    "load",
    "loads",
    "run",
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
