"""What a sweep says: means and differences by point or by design, and from where on they differ."""

import dataclasses
from pathlib import Path

import pytest
from rich.text import Text
from worlds.golden_sections import Golden
from worlds.golden_text import message, page

from relaysim.present.text.sweep_tables import APART, break_evens, by_design, sweep_text
from relaysim.present.text.terminal import tables
from relaysim.study.sweep import Sweep, sweep

MM4 = Path(__file__).parents[2] / "scenarios" / "mm4.toml"
WAIT = "total.wait_delivery"


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six connections instead of four."""
    path = tmp_path_factory.mktemp("designs") / "six.toml"
    text = f'extends = "{MM4.as_posix()}"\nname = "six"\n[hubs.HUB01]\n'
    path.write_text(f"{text}max_per_domain_outbound_connections = 6\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def found(more: Path) -> Sweep:
    loads, settings = {"run.scale": [0.2, 1.0, 1.4]}, ["run.duration=20 min", "run.warm_up=0 s"]
    return sweep(MM4, loads, more, quantities=[WAIT], settings=settings, replications=3, jobs=1)


def test_points_may_stand_beside_each_other(found: Sweep, golden: Golden) -> None:
    (quantity,) = found.quantities
    grid = by_design(found, quantity)
    assert all(name in grid.title for name in (WAIT, "run.scale"))
    assert grid.header == ["", "0.2", "1.0", "1.4"]
    names = [row[0] for row in grid.rows]
    assert [names[i] for i in (1, 2, 4)] == ["  mm4", "  six", "  six"]
    assert "mm4" in names[3]
    golden("sweep/by-design", page(tables(grid)))
    means, apart = grid.rows[1:3], grid.rows[4]
    assert all("s" in cell and "pp" not in cell for row in means for cell in row[1:])
    assert apart[3].startswith("-")


def test_of_several_varied_values_each_has_its_place_and_nothing_is_said_of_a_way(
    more: Path,
) -> None:
    big = sweep(
        MM4,
        {"hosts.app.streams.load.size": ["1 KB", "2 KB"], "hubs.HUB01.cores": [1000]},
        more,
        quantities=[WAIT],
        settings=["run.duration=1 min", "run.warm_up=0 s"],
        replications=1,
        jobs=1,
    )
    assert by_design(big, big.quantities[0]).header == ["", "1 KB, 1,000", "2 KB, 1,000"]
    assert list(break_evens(big)) == []


def test_a_difference_that_is_decided_nowhere_is_one_of_means(found: Sweep, golden: Golden) -> None:
    alike = {key: found.values[key[0], "mm4"] for key in found.values}
    # One replication of three gains a minute: twenty seconds in the mean, which may be chance.
    alike[("1.4",), "six"] = alike[("1.4",), "mm4"] - [[0.0, 0.0, 60.0]]
    (text,) = break_evens(dataclasses.replace(found, values=alike))
    assert all(name in text for name in ("six", WAIT, "mm4", "scale = "))
    golden("sweep/not-measurable", message(text))


def test_it_says_from_where_on_a_design_is_better(found: Sweep, golden: Golden) -> None:
    (text,) = break_evens(found)
    better, _ = found.break_even(WAIT, "six")
    assert text.startswith(f"six: {WAIT} ")
    assert f"scale = {better.value:.4g} " in text
    assert "mm4" in text
    golden("sweep/break-even", message(text))
    texts = " ".join(line.plain for line in sweep_text(found) if isinstance(line, Text))
    assert APART.split(",")[0] in " ".join(texts.split())
