"""The Python API: the public names of the module, and what they return."""

import relaysim

_RESULTS = (
    "relaysim.study.run_result.RunResult",
    "relaysim.study.compare.Comparison",
    "relaysim.study.blast_radius.BlastRadius",
    "relaysim.study.sweep.Sweep",
    "relaysim.study.break_even.Limit",
    "relaysim.study.size.Size",
    "relaysim.study.sensitivity.Sensitivity",
    "relaysim.study.warm_up.WarmUp",
    "relaysim.study.yearly_risk.YearlyRisk",
    "relaysim.study.long_run.LongRun",
    "relaysim.study.message_trace.Transcript",
    "relaysim.stats.interval.Estimate",
    "relaysim.audit.finding.Finding",
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
        return f".. autoclass:: {path}\n   :no-members:"
    return f".. autoclass:: {path}"
