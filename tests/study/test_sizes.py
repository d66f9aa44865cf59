"""The smallest value that meets its targets, with the evidence on both sides."""

import io
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from small_designs import TOML

from relaysim.measure.target import Target
from relaysim.present import sized
from relaysim.present.terminal import show
from relaysim.study.size import SizeError, size
from relaysim.study.vary import Vary

MM4 = Path(__file__).parents[2] / "scenarios" / "mm4.toml"
CONNECTIONS = Vary.parse("hubs.HUB01.max_per_domain_outbound_connections=4:8")
SHORT = ("run.duration=600 s", "run.warm_up=0 s")
WAIT = Target.parse("total.wait_delivery < 300 ms")
"""Erlang C: four servers wait 746 ms, five 160 ms, six 45 ms."""


@pytest.mark.parametrize("seed", range(4))
def test_it_finds_the_smallest_number_of_servers_that_theory_knows(seed: int) -> None:
    found = size(MM4, CONNECTIONS, [WAIT], settings=SHORT, seed=seed, jobs=1)
    assert (found.value, found.sure) == ("5", True)
    evidence = found.evidence.set_index("value")
    assert evidence.loc["4", "verdict"] == "missed"
    assert evidence.loc["4", "low"] > 0.3
    assert evidence.loc["5", "verdict"] == "met"
    assert evidence.loc["5", "high"] < 0.3


def test_the_smallest_of_all_needs_no_other_side() -> None:
    easy = Target.parse("total.wait_delivery < 10 s")
    found = size(MM4, CONNECTIONS, [easy], settings=SHORT, jobs=1)
    assert (found.value, found.sure) == ("4", True)


def test_all_targets_have_to_be_met() -> None:
    hard = Target.parse("total.latency_p95 < 3500 ms")
    found = size(
        MM4, CONNECTIONS, [Target.parse("total.on_time > 50 %"), hard], settings=SHORT, jobs=1
    )
    assert int(found.value) > 4
    assert set(found.evidence["target"]) == {"total.on_time > 50 %", hard.text}


def test_if_nothing_will_do_the_error_says_by_how_much() -> None:
    never = Target.parse("total.latency_mean < 500 ms")
    with pytest.raises(SizeError, match=r"not even 8 meets .* total\.latency_mean is \d.* missed"):
        size(MM4, CONNECTIONS, [never], settings=SHORT, jobs=1)


def test_the_first_of_values_in_another_order_is_told_as_such() -> None:
    """From the weakest to the strongest, which need not be from the smallest to the largest."""
    found = size(MM4, {"run.scale": [1.2, 1.0, 0.5]}, [WAIT], settings=SHORT, jobs=1)
    assert not found.rising
    assert found.value == "0.5"
    with redirect_stdout(io.StringIO()) as out:
        show(sized.report(found))
    assert "is the first value that meets" in out.getvalue()
    assert "a later value is taken to do no worse" in " ".join(out.getvalue().split())


def test_what_stays_undecided_counts_as_missed_and_is_told() -> None:
    """The bound is what five servers wait: no number of replications tells."""
    edge = Target.parse("total.wait_delivery < 160 ms")
    found = size(MM4, CONNECTIONS, [edge], settings=SHORT, most=10, jobs=1)
    assert (found.value, found.sure) == ("6", False)
    assert found.evidence.set_index("value").loc["5", "replications"] == 10


@pytest.mark.parametrize(
    ("targets", "wrong", "message"),
    [
        ([], {}, "takes at least one target"),
        ([WAIT], {"confidence": 1.5}, r"a confidence of 1.5: give one from 0.5 to below 1"),
        ([WAIT], {"most": 2}, "at most 2 replications of a value: give at least 5"),
    ],
)
def test_what_makes_no_sense(
    tmp_path: Path, targets: list[Target], wrong: dict[str, float], message: str
) -> None:
    file = tmp_path / "two.toml"
    file.write_text(TOML)
    with pytest.raises(ValueError, match=message):
        size(file, CONNECTIONS, targets, **wrong)  # type: ignore[arg-type]
