"""The page that documents the output, made from the contract."""

from relaysim.measure.catalogue import METRICS, SCOPES, Matters
from relaysim.measure.columns import FRAMES

NOTES = """\
Times are seconds since the start of the run. The window is [`warm_up`, `duration`). Copies count if
they were created in it, a DSN if the copy that caused it was; rates, utilization, queues and
listings are about what happens in it, whoever caused that. Latency runs from creation to the final
250, over delivered and junked copies; quantiles are interpolated linearly between order statistics.
The eight parts of the latency add up to it exactly, copy by copy. `low` and `high` are Student's
95 % confidence interval over the replications. Queues count who waits, not who is being served.
"""
VERDICTS = """\
The difference that matters of a metric is the larger of an absolute one and a share of the base. A
comparison is

- `no practical difference` if the whole confidence interval of the difference lies within the
  difference that matters, on both sides of zero;
- `better` or `worse` if the interval leaves out zero and the difference itself is larger than the
  one that matters;
- `undecided` otherwise: with one replication always. More replications decide it.
"""


def document() -> str:
    """The contract as Markdown tables."""
    lines: list[str] = []
    for frame, columns in FRAMES.items():
        lines += [f"## `{frame}`", "", "| column | unit | meaning |", "| --- | --- | --- |"]
        lines += [f"| `{c.name}` | {c.unit} | {c.meaning} |" for c in columns]
        lines += [""]
    lines += ["## Scopes", "", "| scope | subjects | metrics |", "| --- | --- | --- |"]
    for scope, (subjects, names) in SCOPES.items():
        lines += [f"| `{scope}` | {subjects} | {', '.join(f'`{n}`' for n in names)} |"]
    lines += ["", "## Metrics", "", NOTES]
    lines += ["| metric | unit | better | difference that matters | meaning |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    for metric in METRICS.values():
        cells = (
            f"`{metric.name}`",
            metric.unit,
            metric.better,
            _matters(metric.matters),
            metric.meaning,
        )
        lines += [f"| {' | '.join(cells)} |"]
    return "\n".join([*lines, "", "## Verdicts", "", VERDICTS])


def _matters(matters: Matters) -> str:
    parts = [f"{matters.absolute:g}"] if matters.absolute else []
    parts += [f"{matters.relative:.0%} of the base"] if matters.relative else []
    return " or ".join(parts)
