"""Unstable quantiles of a run: they jump between replications, so on_time is better."""

from rich.console import RenderableType

from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.shown_subjects import classes
from relaysim.present.text.terminal import text
from relaysim.stats.unstable_quantile import LateShare, late_share_if_unstable
from relaysim.study.run_result import RunResult
from relaysim.wording import listed

QUANTILES = {"latency_p95": "p95", "latency_p95_busy_hours": "p95 in the busy hours"}
"""Quantiles that the tables of a run contain."""


def unstable(result: RunResult) -> list[RenderableType]:
    """Return a sentence that names the unstable quantiles of classes and of all mail, if any."""
    measured, name = Lookup(result.metrics), result.scenario.name
    keys = [("class", subject) for subject in classes(measured.subjects("class"))]
    unstable: set[str] = set()
    shares: dict[str, LateShare] = {}
    for key in [*keys, ("total", "total")]:
        for metric in QUANTILES:
            share = late_share_if_unstable(result.per_replication, name, *key, metric)
            if share is not None:
                unstable.add(metric)
                shares[key[1]] = share
    if not shares:
        return []
    quantiles = listed(title for metric, title in QUANTILES.items() if metric in unstable)
    subjects = listed(f"{subject} ({late(share)} late)" for subject, share in shares.items())
    sentence = (
        f"Compare on_time, not {quantiles}, for {subjects}: where about 5 % of the mail is late, "
        "the p95 jumps between replications."
    )
    return [text(sentence), text("")]


def late(share: LateShare) -> str:
    """Return the range of a share of late recipients: "1 to 13 %"."""
    low, high = (f"{100 * end:.2g}" for end in (share.low, share.high))
    return f"{low} %" if low == high else f"{low} to {high} %"
