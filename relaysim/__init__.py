"""relaysim: a discrete-event simulator of corporate mail relay.

    import relaysim

    shared = relaysim.load("shared-hub.toml")
    dedicated = relaysim.load("dedicated-hub.toml")
    relaysim.run(shared).metrics
    relaysim.compare(shared, dedicated).comparisons

The names of this module are imported when they are first used, so that importing it costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relaysim.scenario.load import load, loads
    from relaysim.scenario.model import Scenario
    from relaysim.scenario.problem import ScenarioError
    from relaysim.study.compare import compare
    from relaysim.study.replicate import run

__version__ = "0.1.0"

_HOMES = {
    "Scenario": "relaysim.scenario.model",
    "ScenarioError": "relaysim.scenario.problem",
    "compare": "relaysim.study.compare",
    "load": "relaysim.scenario.load",
    "loads": "relaysim.scenario.load",
    "run": "relaysim.study.replicate",
}

__all__ = ["Scenario", "ScenarioError", "__version__", "compare", "load", "loads", "run"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
