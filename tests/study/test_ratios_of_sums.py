"""Every study of a share over replications has the same ratio of sums."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from worlds.small_designs import MORE, TOML, design

from relaysim.measure.quantity import Quantity
from relaysim.study.compare import Comparison, compare
from relaysim.study.precision import Precision
from relaysim.study.ranking import ranking
from relaysim.study.run_result import run
from relaysim.study.sensitivity import sensitivity
from relaysim.study.size import size
from relaysim.study.sweep import sweep

KEY = ("class", "transactional", "on_time")
ON_TIME = Quantity(*KEY)
CONNECTIONS = "hubs.HUB01.max_per_domain_outbound_connections"


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare(design("two"), design("more", MORE), replications=5, jobs=1)


def ratio(frame: pd.DataFrame, first: int = 5) -> float:
    """All on time over all judged in the replications of a design."""
    own = frame[(frame["scope"] == "class") & (frame["subject"] == "transactional")]
    table = own.pivot(index="replication", columns="metric", values="value").iloc[:first]
    assert table["judged"].nunique() > 1
    return float((table["on_time"] * table["judged"]).sum() / table["judged"].sum())


def of(found: Comparison, name: str) -> float:
    frame = found.per_replication
    return ratio(frame[frame["scenario"] == name])


def test_a_comparison_and_its_ranking(found: Comparison) -> None:
    two, more = of(found, "two"), of(found, "more")
    means = found.metrics.set_index(["scenario", "scope", "subject", "metric"])["value"]
    assert means[("two", *KEY)] == pytest.approx(two, rel=1e-12)
    assert means[("more", *KEY)] == pytest.approx(more, rel=1e-12)
    row = found.comparisons.set_index(["scope", "subject", "metric"]).loc[KEY]
    seen = row[["base_value", "value", "difference"]].tolist()
    assert seen == pytest.approx([two, more, more - two], rel=1e-12)
    ranked = ranking(found, *KEY).set_index("scenario")["value"]
    assert ranked.to_dict() == pytest.approx({"two": two, "more": more}, rel=1e-12)


def test_a_precision_is_that_of_the_ratio() -> None:
    result = run(design("two"), precision=Precision(0.5, (ON_TIME,), most=5), jobs=1)
    row = result.metrics.set_index(["scope", "subject", "metric"]).loc[KEY]
    (reached,) = result.precision
    assert reached.estimate.value == pytest.approx(
        ratio(result.per_replication, result.replications), rel=1e-12
    )
    assert reached.estimate[:3] == pytest.approx(row[["value", "low", "high"]].tolist(), rel=1e-12)


def test_a_sweep_a_size_and_a_sensitivity(found: Comparison, tmp_path: Path) -> None:
    two, more = of(found, "two"), of(found, "more")
    file = tmp_path / "two.toml"
    file.write_text(TOML, encoding="utf-8")
    other = tmp_path / "more.toml"
    more_text = TOML.replace('"two"', '"more"').replace("connections = 2", "connections = 8")
    other.write_text(more_text, encoding="utf-8")
    swept = sweep(
        file, {"hubs.HUB01.cores": [1, 2]}, other, quantities=[ON_TIME], replications=5, jobs=1
    )
    points = swept.points.set_index(["hubs.HUB01.cores", "scenario"])[str(ON_TIME)]
    assert points[1, "two"] == pytest.approx(two, rel=1e-12)
    rows = swept.comparisons.set_index(["hubs.HUB01.cores", "scope", "subject", "metric"])
    assert rows.loc[(1, *KEY), "difference"] == pytest.approx(more - two, rel=1e-12)
    assert np.mean(swept.values[("1",), "two"][0]) == pytest.approx(two, rel=1e-12)
    sized = size(file, {CONNECTIONS: [2, 8]}, f"{ON_TIME} > 0 %", most=5, jobs=1)
    means = sized.evidence.set_index("value")["estimate"]
    assert means["2"] == pytest.approx(two, rel=1e-12)
    turned = sensitivity(file, ON_TIME, {CONNECTIONS: (2, 8)}, replications=5, jobs=1)
    assert turned.base.value == pytest.approx(two, rel=1e-12)
    assert turned.effects["at_high"].tolist() == pytest.approx([more], rel=1e-12)
    assert turned.effects["high_difference"].tolist() == pytest.approx([more - two], rel=1e-12)
    apart = sensitivity(
        file, ON_TIME, {"hubs.HUB01.cores": (1, 2)}, other=other, replications=5, jobs=1
    )
    assert apart.base.value == pytest.approx(more - two, rel=1e-12)
