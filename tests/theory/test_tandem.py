"""A tandem against arithmetic by hand and against a Markov chain of both stations together."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from worlds.golden_sections import Golden
from worlds.quantities import quantities
from worlds.refusals import refused_calls

from relaysim.theory.stations_in_a_row import Station, tandem_sojourn


def test_three_stations_by_hand() -> None:
    """1 / (4 - 3), then 1 / (5 - 3), then M/M/2 at load 0.75: 9/14 in the queue and 1/2 served."""
    stations = [Station(4.0, 1), Station(5.0, 1), Station(2.0, 2)]
    assert tandem_sojourn(3.0, stations) == pytest.approx(1 + 1 / 2 + 9 / 14 + 1 / 2)


def test_two_stations_agree_with_the_markov_chain(
    stationary: Callable[..., dict[Any, float]],
) -> None:
    """Burke's theorem is not assumed here: the chain holds both stations, and Little's law."""
    arrival_rate, most = 1.0, 40

    def moves(state: tuple[int, int]) -> Iterator[tuple[tuple[int, int], float]]:
        first, second = state
        if first < most:
            yield (first + 1, second), arrival_rate
        if first and second < most:
            yield (first - 1, second + 1), min(first, 2) * 0.9
        if second:
            yield (first, second - 1), 1.8

    share = stationary((0, 0), moves)
    present = sum(p * (first + second) for (first, second), p in share.items())
    assert tandem_sojourn(arrival_rate, [Station(0.9, 2), Station(1.8, 1)]) == pytest.approx(
        present / arrival_rate, rel=1e-6
    )


def test_the_order_of_stations_does_not_matter() -> None:
    stations = [Station(4.0, 1), Station(1.0, 5)]
    assert tandem_sojourn(3.0, stations) == pytest.approx(tandem_sojourn(3.0, stations[::-1]))


def test_one_overloaded_station_is_enough(golden_section: Golden) -> None:
    messages = refused_calls(
        lambda: tandem_sojourn(3.0, [Station(4.0, 1), Station(2.0, 1)]),
        lambda: tandem_sojourn(3.0, [Station(0.0, 1)]),
    )
    assert "1.5" in quantities(messages)
    golden_section("errors/theory/tandem", messages)
