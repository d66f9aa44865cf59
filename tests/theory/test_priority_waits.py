"""Cobham's waits against Markov chains of two classes, solved as they are."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from worlds.golden_sections import Golden
from worlds.quantities import quantities
from worlds.refusals import refused_calls

from relaysim.theory.priority_queue import PriorityClass, mg1_priority_waits, mmc_priority_waits

MOST = 45


def test_two_classes_at_one_server_agree_with_the_markov_chain(
    stationary: Callable[..., dict[Any, float]],
) -> None:
    """Urgent mail every 4 s that takes 1 s, bulk every 10 s that takes 2 s."""
    urgent_rate, bulk_rate, urgent_mean, bulk_mean = 0.25, 0.1, 1.0, 2.0

    def moves(state: tuple[int, int, str]) -> Iterator[tuple[tuple[int, int, str], float]]:
        urgent, bulk, served = state
        if served == "idle":
            yield (0, 0, "urgent"), urgent_rate
            yield (0, 0, "bulk"), bulk_rate
            return
        if urgent < MOST:
            yield (urgent + 1, bulk, served), urgent_rate
        if bulk < MOST:
            yield (urgent, bulk + 1, served), bulk_rate
        done = 1 / (urgent_mean if served == "urgent" else bulk_mean)
        if urgent:
            yield (urgent - 1, bulk, "urgent"), done
        elif bulk:
            yield (urgent, bulk - 1, "bulk"), done
        else:
            yield (0, 0, "idle"), done

    share = stationary((0, 0, "idle"), moves)
    urgent = sum(p * state[0] for state, p in share.items()) / urgent_rate
    bulk = sum(p * state[1] for state, p in share.items()) / bulk_rate

    classes = [
        PriorityClass(urgent_rate, urgent_mean, 1.0),
        PriorityClass(bulk_rate, bulk_mean, 1.0),
    ]
    assert mg1_priority_waits(classes) == pytest.approx((urgent, bulk), rel=1e-6)
    # By hand: R = 0.25 * 1 s + 0.2 * 2 s, as the rest of an exponential service is a whole one.
    assert mg1_priority_waits(classes) == pytest.approx((0.65 / 0.75, 0.65 / (0.75 * 0.55)))


def test_two_classes_at_three_servers_agree_with_the_markov_chain(
    stationary: Callable[..., dict[Any, float]],
) -> None:
    urgent_rate, bulk_rate, service_rate, servers = 0.9, 0.9, 1.0, 3

    def moves(state: tuple[int, int, int]) -> Iterator[tuple[tuple[int, int, int], float]]:
        urgent, bulk, busy = state
        if busy < servers:
            yield (0, 0, busy + 1), urgent_rate + bulk_rate
        else:
            if urgent < MOST:
                yield (urgent + 1, bulk, busy), urgent_rate
            if bulk < MOST:
                yield (urgent, bulk + 1, busy), bulk_rate
        if urgent:
            yield (urgent - 1, bulk, busy), busy * service_rate
        elif bulk:
            yield (urgent, bulk - 1, busy), busy * service_rate
        elif busy:
            yield (0, 0, busy - 1), busy * service_rate

    share = stationary((0, 0, 0), moves)
    urgent = sum(p * state[0] for state, p in share.items()) / urgent_rate
    bulk = sum(p * state[1] for state, p in share.items()) / bulk_rate
    assert mmc_priority_waits([urgent_rate, bulk_rate], service_rate, servers) == pytest.approx(
        (urgent, bulk), rel=1e-6
    )


def test_priority_moves_waiting_about_but_makes_none() -> None:
    """Kleinrock's conservation law: the sum of load times wait is what it is without priority."""
    classes = [
        PriorityClass(2.0, 0.1, 0.5),
        PriorityClass(0.5, 0.4, 2.0),
        PriorityClass(0.1, 3.0, 0.0),
    ]
    loads = [0.2, 0.2, 0.3]
    rest = 0.5 * (2.0 * 0.0125 + 0.5 * 0.8 + 0.1 * 9.0)  # arrival rate times second moment
    waits = mg1_priority_waits(classes)
    moved = sum(load * wait for load, wait in zip(loads, waits, strict=True))
    assert moved == pytest.approx(0.7 * rest / (1 - 0.7))
    assert waits == tuple(sorted(waits))


def test_a_class_alone_waits_as_without_priority() -> None:
    assert mg1_priority_waits([PriorityClass(0.4, 2.0, 0.0)]) == pytest.approx((4.0,))  # M/D/1
    assert mmc_priority_waits([2.0], 1.0, 3) == pytest.approx((4 / 9,))  # M/M/3


def test_bulk_mail_that_never_settles_is_refused(golden_section: Golden) -> None:
    """Urgent mail alone would settle; the formula does not say how, so it says nothing."""
    classes = [PriorityClass(0.3, 1.0, 1.0), PriorityClass(1.0, 1.0, 1.0)]
    one, two = refused_calls(
        lambda: mg1_priority_waits(classes), lambda: mmc_priority_waits([0.6, 2.0], 1.0, 2)
    ).splitlines()
    assert one == two
    assert "1.3" in quantities(one)
    golden_section("errors/theory/priority_waits", one)


def test_a_rate_below_zero_is_refused_even_if_the_sum_is_not(golden_section: Golden) -> None:
    message = refused_calls(lambda: mmc_priority_waits([0.6, -0.1], 1.0, 2))
    assert "-0.1" in message
    golden_section("errors/theory/priority_waits", message)
