"""The Python API: the public names of the module, and what they return."""

import relaysim

_RESULTS = (
    "relaysim.study.replicate.RunResult",
    "relaysim.study.compare.Comparison",
    "relaysim.study.blast.BlastRadius",
    "relaysim.study.sweep.Sweep",
    "relaysim.study.knee.Knee",
    "relaysim.study.size.Size",
    "relaysim.study.sensitivity.Sensitivity",
    "relaysim.study.warmup.WarmUp",
    "relaysim.study.risk.YearlyRisk",
    "relaysim.study.longrun.LongRun",
    "relaysim.study.transcript.Transcript",
    "relaysim.measure.estimate.Estimate",
    "relaysim.scenario.audit.finding.Finding",
)
"""Classes of what the functions return, which nobody constructs."""


def markdown(which: str) -> str:
    """Autodoc directives of the `functions`, the `classes` or the `results`."""
    names = [name for name in relaysim.__all__ if not name.startswith("__")]
    kinds = {name: isinstance(getattr(relaysim, name), type) for name in names}
    match which:
        case "functions":
            chosen = [_function(name) for name in names if not kinds[name]]
        case "classes":
            chosen = [_class(f"relaysim.{name}") for name in names if kinds[name]]
        case _:
            chosen = [_class(name) for name in _RESULTS]
    return "```{eval-rst}\n" + "\n\n".join(chosen) + "\n```\n"


def _function(name: str) -> str:
    return f".. autofunction:: relaysim.{name}"


def _class(path: str) -> str:
    if path == "relaysim.Scenario":  # its fields are the keys of a scenario
        methods = "\n".join(f"   .. automethod:: {name}" for name in ("check", "explain"))
        return f".. autoclass:: {path}\n   :no-members:\n\n{methods}"
    return f".. autoclass:: {path}"
