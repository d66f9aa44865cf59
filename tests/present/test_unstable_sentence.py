"""What a run says of quantiles that jump."""

from dataclasses import replace

import pandas as pd
from worlds.golden_text import flat, message
from worlds.quantities import quantities
from worlds.small_comparison import listing_day

from relaysim.present.text.unstable_quantiles import late, unstable
from relaysim.stats.unstable_quantile import LateShare


def result(*each):
    """The small run with these shares on time and p95s of a class, by replication."""
    made = listing_day()
    name = made.scenario.name
    values = [
        (i, metric, value)
        for i, (on_time, p95) in enumerate(each)
        for metric, value in (
            ("created", 1000.0),
            ("delivered", 1000.0),
            ("junked", 0.0),
            ("on_time", on_time),
            ("latency_p95", p95),
        )
    ]
    replications = pd.DataFrame(
        [(i, name, "class", "orders", metric, value) for i, metric, value in values],
        columns=["replication", "scenario", "scope", "subject", "metric", "value"],
    )
    metrics = pd.DataFrame(
        [(name, "class", "orders", "on_time", 0.952, 0.942, 0.962, "share")],
        columns=["scenario", "scope", "subject", "metric", "value", "low", "high", "unit"],
    )
    return replace(made, metrics=metrics, per_replication=replications)


def test_an_unstable_quantile_is_named_with_what_to_judge_by(golden):
    lines = unstable(result((0.96, 2.0), (0.94, 300.0), (0.955, 2.0)))
    text = flat(" ".join(map(str, lines)))
    assert all(name in text for name in ("orders", "p95", "on_time"))
    assert {"4", "6 %"} <= quantities(text)
    golden("run/unstable-quantile", message(text))


def test_of_steady_quantiles_nothing_is_said():
    assert unstable(result((0.96, 2.0), (0.94, 2.1), (0.955, 2.0))) == []


def test_shares_have_two_digits():
    assert quantities(late(LateShare(0.0097, 0.1284))) == {"0.97", "13 %"}
    assert quantities(late(LateShare(0.0, 0.0123))) == {"0", "1.2 %"}
