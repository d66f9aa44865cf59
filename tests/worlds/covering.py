"""A pairwise covering set: every pair of values of two factors stands in one of the rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, product
from typing import Any

Row = Mapping[str, Any]


def pairs(row: Row) -> set[tuple[tuple[str, Any], tuple[str, Any]]]:
    """Every pair of values in a row, each value with its factor."""
    return set(combinations(sorted(row.items()), 2))


def covering(
    factors: Mapping[str, Sequence[Any]],
    possible: Callable[[Row], bool],
    cost: Callable[[Row], float],
) -> list[Row]:
    """Return rows that hold every possible pair of values; of equally good rows the cheapest.

    Greedy: each row holds as many pairs as possible that no row before it holds.
    """
    every = [dict(zip(factors, values, strict=True)) for values in product(*factors.values())]
    left = [(pairs(row), cost(row), row) for row in every if possible(row)]
    missing = set[Any]().union(*(result for result, _, _ in left))
    rows: list[Row] = []
    while missing:
        result, _, row = max(left, key=lambda each: (len(each[0]), -each[1]))
        rows.append(row)
        missing -= result
        left = [(rest, price, row) for held, price, row in left if (rest := held - result)]
    return rows


def uncovered(rows: Iterable[Row], factors: Mapping[str, Sequence[Any]]) -> set[Any]:
    """The pairs of two factors that no row holds."""
    held = set[Any]().union(*(pairs(row) for row in rows))
    return {
        tuple(sorted(((one, a), (other, b))))
        for one, other in combinations(factors, 2)
        for a, b in product(factors[one], factors[other])
    } - held
