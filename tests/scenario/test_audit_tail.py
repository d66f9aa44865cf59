"""How much of a size law lies above a limit."""

import math
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from relaysim.analysis.size_tail import above
from relaysim.scenario.distribution import SizeLaw

KB = 1024


def share(law: object, limit: int) -> float:
    return above(TypeAdapter(SizeLaw).validate_python(law), limit)


@pytest.mark.parametrize(
    ("law", "limit", "expected"),
    [
        ("4 KB", 0, 1.0),
        ("4 KB", 4 * KB, 0.0),
        ("4 KB", 4 * KB - 1, 1.0),
        ({"distribution": "exponential", "mean": "1 KB"}, 2 * KB, math.exp(-2)),
        ({"distribution": "gamma", "mean": "1 KB", "cv": 1.0}, 2 * KB, math.exp(-2)),
        ({"distribution": "weibull", "mean": "1 KB", "shape": 1.0}, 2 * KB, math.exp(-2)),
        # One sigma above the median of a normal law lie 15.87 %.
        ({"distribution": "lognormal", "median": "1 B", "sigma": 1.0}, 1, 0.5),
        ({"distribution": "lognormal", "median": "1 KB", "sigma": math.log(2)}, 2 * KB, 0.158655),
        ({"distribution": "uniform", "low": "1 KB", "high": "5 KB"}, 2 * KB, 0.75),
        ({"distribution": "uniform", "low": "1 KB", "high": "5 KB"}, 6 * KB, 0.0),
        ({"distribution": "uniform", "low": "3 KB", "high": "3 KB"}, 2 * KB, 1.0),
        ({"distribution": "pareto", "minimum": "1 KB", "alpha": 2.0}, 2 * KB, 0.25),
        ({"distribution": "pareto", "minimum": "4 KB", "alpha": 2.0}, 2 * KB, 1.0),
        # Cut at 4 KB a sixteenth is gone: (1/4 - 1/16) / (15/16).
        (
            {"distribution": "pareto", "minimum": "1 KB", "alpha": 2.0, "maximum": "4 KB"},
            2 * KB,
            0.2,
        ),
        ({"distribution": "pareto", "minimum": "1 KB", "alpha": 2.0, "maximum": "4 KB"}, 4 * KB, 0),
    ],
)
def test_the_share_above(law: object, limit: int, expected: float) -> None:
    assert share(law, limit) == pytest.approx(expected, abs=1e-6)


def test_the_share_of_recorded_sizes(tmp_path: Path) -> None:
    file = tmp_path / "sizes.txt"
    file.write_text("1 KB\n2 KB\n3 KB\n40 KB\n", encoding="utf-8")
    assert share({"distribution": "empirical", "file": str(file)}, 2 * KB) == 0.5
