"""Erlang B and C against printed tables, exact fractions and a Markov chain solved numerically."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from scipy.stats import gamma
from worlds.golden_sections import Golden
from worlds.quantities import quantities
from worlds.refusals import refusals, refused_calls

from relaysim.theory.erlang import erlang_b, erlang_c, mmc_queue_length, mmc_wait, mmc_wait_quantile


@pytest.mark.parametrize(
    ("servers", "printed", "blocking"),
    # Printed Erlang B tables: the traffic that so many circuits carry at this grade of service.
    [
        (1, "0.0101", 0.01),
        (5, "1.3608", 0.01),
        (10, "4.4612", 0.01),
        (20, "12.031", 0.01),
        (50, "37.901", 0.01),
        (100, "84.064", 0.01),
        (10, "5.0840", 0.02),
        (10, "6.2157", 0.05),
    ],
)
def test_blocking_agrees_with_the_printed_tables(
    servers: int, printed: str, blocking: float
) -> None:
    half_a_digit = 0.5 * 10.0 ** -len(printed.partition(".")[2])
    below = erlang_b(servers, float(printed) - half_a_digit)
    above = erlang_b(servers, float(printed) + half_a_digit)
    assert below < blocking < above


def test_blocking_of_small_cases_by_hand() -> None:
    assert erlang_b(1, 1.0) == pytest.approx(1 / 2)
    assert erlang_b(2, 1.0) == pytest.approx(1 / 5)
    assert erlang_b(3, 6.0) == pytest.approx(36 / 61)  # any load: what is blocked does not queue
    assert erlang_b(4, 0.0) == 0.0


def test_three_servers_two_offered_is_the_textbook_example() -> None:
    """M/M/3 at load 2/3: empty 1/9 of the time; 4/9 of all wait, 8/9 are in the queue."""
    assert erlang_c(3, 2.0) == pytest.approx(4 / 9)
    assert mmc_queue_length(2.0, 1.0, 3) == pytest.approx(8 / 9)
    assert mmc_wait(2.0, 1.0, 3) == pytest.approx(4 / 9)


def test_one_and_two_servers_by_hand() -> None:
    assert mmc_wait(0.8, 1.0, 1) == pytest.approx(4.0)  # rho / (mu - lambda)
    assert mmc_wait(1.5, 1.0, 2) == pytest.approx(0.5625 / 0.4375)  # rho^2 / (mu (1 - rho^2))


def test_the_four_connections_of_the_example_scenario() -> None:
    assert mmc_wait(3.2, 1.0, 4) == pytest.approx(0.7455, abs=5e-5)
    assert erlang_c(4, 3.2) == pytest.approx(0.5964, abs=5e-5)


def test_waits_and_their_quantile_agree_with_the_markov_chain(
    stationary: Callable[..., dict[Any, float]],
) -> None:
    arrival_rate, service_rate, servers, most = 3.2, 1.0, 4, 300

    def moves(present: int) -> Iterator[tuple[int, float]]:
        if present < most:
            yield present + 1, arrival_rate
        if present:
            yield present - 1, min(present, servers) * service_rate

    share = stationary(0, moves)
    queue = sum(p * max(0, n - servers) for n, p in share.items())
    assert mmc_queue_length(arrival_rate, service_rate, servers) == pytest.approx(queue, rel=1e-6)
    assert mmc_wait(arrival_rate, service_rate, servers) == pytest.approx(
        queue / arrival_rate, rel=1e-6
    )

    # Who finds n >= c present waits for n - c + 1 departures at rate c mu.
    for probability in (0.5, 0.9, 0.99):
        quantile = mmc_wait_quantile(arrival_rate, service_rate, servers, probability)
        not_longer = sum(
            p * gamma.cdf(quantile, n - servers + 1, scale=1 / (servers * service_rate))
            if n >= servers
            else p
            for n, p in share.items()
        )
        assert not_longer == pytest.approx(probability, abs=1e-6)


def test_who_finds_a_free_server_does_not_wait() -> None:
    """At load 0.8 of four servers 40.36 % do not wait at all."""
    assert mmc_wait_quantile(3.2, 1.0, 4, 0.40) == 0.0
    assert mmc_wait_quantile(3.2, 1.0, 4, 0.41) > 0.0


def test_a_queue_that_does_not_settle_is_refused(golden_section: Golden) -> None:
    messages = refused_calls(
        lambda: erlang_c(4, 4.8),
        lambda: mmc_wait(4.8, 1.0, 4),
        lambda: mmc_wait_quantile(4.0, 1.0, 4, 0.5),
    )
    assert "1.2" in quantities(messages)
    golden_section("errors/theory/erlang", messages)


def test_numbers_without_a_meaning_are_refused(golden_section: Golden) -> None:
    messages = refused_calls(
        lambda: mmc_wait(3.2, 0.0, 4),
        lambda: mmc_wait(3.2, float("inf"), 4),
        lambda: mmc_wait(-1.0, 1.0, 4),
        lambda: mmc_wait(float("nan"), 1.0, 4),
        lambda: mmc_wait(3.2, 1.0, 0),
        lambda: mmc_wait(3.2, 1.0, 4.5),
    )
    golden_section("errors/theory/erlang", messages)


def test_a_quantile_needs_a_probability(golden_section: Golden) -> None:
    probabilities = (-0.1, 1.0, float("nan"))
    messages = refusals(lambda each: mmc_wait_quantile(3.2, 1.0, 4, each), probabilities)
    golden_section("errors/theory/erlang", messages)
