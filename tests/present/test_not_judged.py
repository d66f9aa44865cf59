"""Sweeps and sizes say which share of the recipients they do not judge, where it is large."""

from pathlib import Path

import pandas as pd
import pytest
from rich.console import RenderableType
from rich.text import Text
from worlds.golden_sections import Golden
from worlds.golden_text import message
from worlds.quantities import quantities

from relaysim.present.text.not_judged import WHY, worst_judged
from relaysim.present.text.summary import summary
from relaysim.study.size import size
from relaysim.study.sweep import sweep

MM4 = Path(__file__).parents[2] / "scenarios" / "mm4.toml"
SCALE, DESIGNS = "run.scale", ("one", "two")
EARLY = ("run.warm_up=0 s", "run.drain=0 s", "hosts.app.streams.load.deadline=15 s")
"""The recipients of the last 15 s are not judged."""


def lines(made: list[RenderableType]) -> list[str]:
    return [" ".join(line.plain.split()) for line in made if isinstance(line, Text)]


def metrics(left: dict[tuple[float, str], float]) -> pd.DataFrame:
    """100 recipients of a class at each point and design, so many of them not judged."""
    values = {"created": lambda _: 100.0, "not_judged": float, "on_time": lambda _: 0.9}
    return pd.DataFrame(
        [
            {
                SCALE: point,
                "scenario": design,
                "scope": "class",
                "subject": "bulk",
                "metric": metric,
                "value": value(count),
            }
            for (point, design), count in left.items()
            for metric, value in values.items()
        ]
    )


def test_each_design_has_a_line_about_its_worst_point(golden: Golden) -> None:
    left = {(1.0, "one"): 3.0, (1.0, "two"): 8.0, (2.0, "one"): 5.0, (2.0, "two"): 20.0}
    (why, line, blank) = lines(worst_judged(metrics(left), [SCALE], DESIGNS))
    assert (why, blank) == (WHY, "")
    assert all(name in line for name in ("two", "bulk", "run.scale"))
    assert quantities(line) == {"2.0", "20", "100", "20 %", "72 %", "92 %"}
    golden("sweep/not-judged", message(f"{why}\n{line}"))


def test_one_point_is_not_named_and_small_shares_are_left_out() -> None:
    (_, line, _) = lines(worst_judged(metrics({(1.0, "one"): 50.0}), [SCALE], ["one"]))
    assert line.startswith("bulk: ")
    assert {"50", "100", "50 %"} <= quantities(line)
    assert "run.scale" not in line
    assert worst_judged(metrics({(1.0, "one"): 5.0}), [SCALE], ["one"]) == []


@pytest.mark.parametrize(("duration", "printed"), [("2 min", True), ("10 min", False)])
def test_a_sweep_and_a_size_say_it(duration: str, printed: bool) -> None:
    settings = (*EARLY, f"run.duration={duration}")
    values = {"hubs.HUB01.max_per_domain_outbound_connections": [6, 7]}
    swept = sweep(MM4, values, settings=settings, replications=1, jobs=1)
    sized = size(MM4, values, "total.on_time > 10 %", settings=settings, most=5, jobs=1)
    for result in (swept, sized):
        assert (WHY in " ".join(summary(result).split())) is printed
    shares = sized.evidence["share_not_judged"]
    assert shares.between(0.07, 0.18).all() if printed else shares.between(0.01, 0.05).all()
