"""The table of the guide to load balancers has what its runs give."""

import re
from pathlib import Path

import pytest

import relaysim

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "load-balancer.md").read_text(encoding="utf-8")
EVENTS = GUIDE.partition("[[events]]\n")[2].partition("```")[0]
SETTINGS = (
    "run.scale=0.2",
    "hosts.marketing.streams={}",
    f"events=[{{{', '.join(EVENTS.strip().splitlines())}}}]",
)


@pytest.mark.parametrize("design", ["exchange-se", "behind-a-load-balancer"])
def test_a_server_that_stops_costs_what_the_table_says(design: str) -> None:
    """Ten replications, as the page says: a second, because fewer have other numbers."""
    (row,) = re.findall(
        rf"^\| `{design}`.*? \| ([0-9.]+) %.*? \| ([0-9.]+) % \|$", GUIDE, re.MULTILINE
    )
    scenario = relaysim.load(ROOT / "scenarios" / "today" / f"{design}.toml", SETTINGS)
    metrics = relaysim.run(scenario, 10, jobs=1).metrics
    value = metrics.set_index(["scope", "subject", "metric"])["value"]
    dropped = value["class", "system", "abandoned"] / value["class", "system", "created"]
    shares = (100 * value["total", "total", "on_time"], 100 * dropped)
    for share, text in zip(shares, row, strict=True):
        digits = len(text.partition(".")[2])
        assert f"{share:.{digits}f}" == text
