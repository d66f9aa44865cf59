"""Numbers are found in sentences, and what only looks like one is not."""

import pytest
from worlds.quantities import quantities, quantities_after


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6,000 messages take 2.5 min, not 60 s.", {"6,000", "2.5 min", "60 s"}),
        ("40/s get through, 2.2 times 4 cores", {"40/s", "2.2", "4"}),
        ("css (45 %), 71.2% and 20 Mbit/s", {"45 %", "71.2%", "20 Mbit/s"}),
        ("198.51.100.10 in 203.0.113.0/24 of HUB01 at 10.0.0.1:25", set()),
        ("421 4.3.2 Service not available", {"421"}),
        ("1 of 2, 5, and 12.", {"1", "2", "5", "12"}),
        ("2 seconds, 2 s", {"2", "2 s"}),
        ("-20±10 %, +1,894±527, -3.0±1.0 pp, 1-3", {"-20±10 %", "+1,894±527", "-3.0±1.0 pp", "1"}),
    ],
)
def test_numbers_and_their_units(text: str, expected: set[str]) -> None:
    assert quantities(text) == expected


def test_numbers_behind_names() -> None:
    text = "css (45 %), uceprotect-1: 2 w and a.css 3 %; gmail takes 20"
    assert quantities_after(text, ["css", "uceprotect-1", "uceprotect", "gmail"]) == [
        ("css", "45 %"),
        ("uceprotect-1", "2 w"),
    ]
