"""Text to integers and back: what a scenario's author may write, and what the answer is if not."""

import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.golden_sections import Golden

from relaysim import units

S = 1_000_000
DAY = 86_400 * S


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("0 s", 0),
        ("1 us", 1),
        ("5 ms", 5_000),
        ("5ms", 5_000),
        (" 5  ms ", 5_000),
        ("0.2 s", 200_000),
        (".5 s", 500_000),
        ("5e3 ms", 5 * S),
        ("15 min", 900 * S),
        ("1.5 h", 5_400 * S),
        ("2 d", 2 * DAY),
        ("400 d", 400 * DAY),
        ("1 w", 7 * DAY),
        ("1 second", S),
        ("2 minutes", 120 * S),
        ("3 hours", 3 * 3_600 * S),
        ("1 day", DAY),
        ("2 weeks", 14 * DAY),
        # Nearest microsecond, a half to the even one.
        ("0.4 us", 0),
        ("0.6 us", 1),
        ("0.5 us", 0),
        ("1.5 us", 2),
        # A float would give an even number here.
        ("9007199254740993 us", 9_007_199_254_740_993),
        ("4611686018427387903 us", 2**62 - 1),
    ],
)
def test_a_duration_is_microseconds(text: str, microseconds: int) -> None:
    assert units.duration(text) == microseconds


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("00:10:00", 600 * S),
        ("00:00:05", 5 * S),
        ("8:00:00", 8 * 3_600 * S),
        ("23:59:59", DAY - S),
        ("2.00:00:00", 2 * DAY),
        ("00:00:00.1000000", 100_000),
        ("1.02:03:04.5", DAY + (2 * 3_600 + 3 * 60 + 4) * S + 500_000),
    ],
)
def test_a_duration_may_be_copied_from_exchange(text: str, microseconds: int) -> None:
    assert units.duration(text) == microseconds


@pytest.mark.parametrize("text", ["24:00:00", "00:60:00", "00:00:60", "1.99:00:00"])
def test_a_clock_that_does_not_exist_is_refused(text: str) -> None:
    """.NET reads "24:00:00" as 24 days; nobody who writes it means that."""
    with pytest.raises(ValueError, match=r'"1\.00:00:00"'):
        units.duration(text)


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        ("36 MB (37,748,736 bytes)", 36 * 1024**2),
        ("36 MB (37.748.736 bytes)", 36 * 1024**2),
        ("2.862 MB (3,000,870 bytes)", 3_000_870),
        ("0 B (0 bytes)", 0),
    ],
)
def test_a_size_as_exchange_prints_it_is_its_bytes(text: str, size_bytes: int) -> None:
    assert units.size(text) == size_bytes


@pytest.mark.parametrize("text", ["36 MB (36,000,000 bytes)", "1 MB (0 bytes)"])
def test_bytes_that_are_another_size_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="another size"):
        units.size(text)


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        ("0 B", 0),
        ("1 byte", 1),
        ("75 KB", 76_800),
        ("75KB", 76_800),
        ("10 MB", 10_485_760),
        ("36 MB", 37_748_736),
        ("1 GB", 1_073_741_824),
        ("1 TB", 1_099_511_627_776),
        ("0.3 KB", 307),
    ],
)
def test_a_size_counts_in_1024_as_exchange_does(text: str, size_bytes: int) -> None:
    assert units.size(text) == size_bytes


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("1 bit/s", 1),
        ("64 kbit/s", 64_000),
        ("20 Mbit/s", 20_000_000),
        ("20 Mbit / s", 20_000_000),
        ("1.5 Gbit/s", 1_500_000_000),
    ],
)
def test_a_bandwidth_counts_in_1000_as_lines_are_sold(text: str, bits: int) -> None:
    assert units.bandwidth(text) == bits


@pytest.mark.parametrize(
    ("text", "per_second"),
    [
        ("0/s", Fraction(0)),
        ("3.2/s", Fraction(16, 5)),
        ("100/s", Fraction(100)),
        ("40/min", Fraction(2, 3)),
        ("40 / minute", Fraction(2, 3)),
        ("5/h", Fraction(1, 720)),
        ("6000/d", Fraction(5, 72)),
        ("1/w", Fraction(1, 604_800)),
    ],
)
def test_a_rate_is_an_exact_fraction_of_events_per_second(text: str, per_second: Fraction) -> None:
    assert units.rate(text) == per_second


def test_unlimited_is_no_limit_in_any_case() -> None:
    limit = units.unlimited(units.count)
    assert limit("Unlimited") is None
    assert limit("unlimited") is None
    assert limit(5_000) == 5_000
    with pytest.raises(ValueError, match=r'"unlimted".*"unlimited"'):
        limit("unlimted")


@pytest.mark.parametrize("value", [0, -1, True, False, 2.0, "5", None, [5], 2**62])
def test_a_count_is_a_positive_integer(value: object) -> None:
    with pytest.raises(ValueError, match=r"\b1\b.*\b20$"):
        units.count(value)


@pytest.mark.parametrize("value", [1, 20, 2**62 - 1])
def test_a_count_is_itself(value: int) -> None:
    assert units.count(value) == value


@pytest.mark.parametrize(
    ("parse", "value", "instead"),
    [
        (units.duration, "5 sec", "5 s"),
        (units.duration, "90m", "90 min"),
        (units.duration, "2 hrs", "2 h"),
        (units.duration, "5 MS", "5 ms"),
        (units.duration, "5 s s", "5 s"),
        (units.duration, "5 ms/KB", "5 ms"),
        (units.duration, "5", None),
        (units.duration, 5, None),
        (units.duration, 0, None),
        (units.duration, True, None),
        (units.duration, None, None),
        (units.duration, [5, "s"], None),
        (units.duration, "", None),
        (units.duration, "s", None),
        (units.duration, "nan s", None),
        (units.duration, "inf d", None),
        (units.duration, "5 KB", None),
        (units.duration, "1_000 s", None),
        (units.duration, "٥ s", None),
        (units.duration, "5\ns\n5", "5 s"),
        (units.duration, "9" * 100 + " s", None),
        (units.duration, "-5 s", None),
        (units.duration, "24:00:00", "1.00:00:00"),
        (units.count, 0, None),
        (units.size, "36", None),
        (units.size, "75 kb", "75 KB"),
        (units.size, "75 KiB", "75 KB"),
        (units.size, "-1 KB", None),
        (units.bandwidth, "20 Mbit", "20 Mbit/s"),
        (units.bandwidth, "20 Mbps", "20 Mbit/s"),
        (units.bandwidth, "20 Mb/s", "20 Mbit/s"),
        (units.bandwidth, "0 bit/s", None),
        (units.rate, "40", None),
        (units.rate, "40 min", "40/min"),
        (units.rate, "40 per min", "40/min"),
        (units.rate, "100/m", "100/min"),
        (units.rate, "40/sec", "40/s"),
    ],
    ids=lambda given: given.__name__ if callable(given) else repr(given)[:20],
)
def test_an_error_says_what_to_write(
    parse: Callable[[object], object],
    value: object,
    instead: str | None,
    golden_section: Golden,
) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - the golden file has the message
        parse(value)
    text = str(raised.value)
    assert len(text) < 200
    assert instead is None or f'"{instead}"' in text
    golden_section("errors/units", text)


def test_bytes_are_not_offered_for_bits() -> None:
    """ "20 Mbit/s" would be no correction of "20 MB/s" but a line eight times slower."""
    for parse, text in [(units.bandwidth, "20 MB/s"), (units.size, "75 Mbit")]:
        with pytest.raises(ValueError, match=text) as raised:
            parse(text)
        assert len(re.findall(r'"[^"]*"', str(raised.value))) == 2  # the text, and an example


@pytest.mark.parametrize(
    ("parse", "text", "base"),
    [
        (units.duration, "1e400 s", "us"),
        (units.duration, "1e99999999999999999999 s", "us"),
        (units.duration, "1e-99999999999999999999 s", "us"),
        (units.duration, "4611686018427387904 us", "us"),
        (units.duration, "4611686018427387903.5 us", "us"),
        (units.duration, "99999999.00:00:00", "us"),
        (units.size, "1e8 TB", "B"),
        (units.bandwidth, "1e12 Gbit/s", "bit/s"),
        (units.rate, "1e19/s", "/s"),
    ],
)
def test_what_does_not_fit_an_integer_is_out_of_range(
    parse: Callable[[object], object], text: str, base: str
) -> None:
    with pytest.raises(ValueError, match=rf'^"{text}".*2\*\*62.* {base}\b'):
        parse(text)


@given(
    st.sampled_from([units.duration, units.size, units.bandwidth, units.rate]),
    st.one_of(
        st.text(),
        st.text("0123456789.eE+-: /sminhdwkMGKBbit"),
        st.from_type(object),
        st.lists(st.text()),
    ),
)
def test_absurd_input_is_a_value_error_or_in_range(
    parse: Callable[[object], Fraction], value: object
) -> None:
    try:
        result = parse(value)
    except ValueError:
        return
    assert 0 <= result < units.LIMIT


@given(st.integers(0, 10**15))
def test_a_duration_survives_being_written(microseconds: int) -> None:
    assert units.duration(units.format_duration(microseconds)) == microseconds


@given(st.integers(0, units.LIMIT - 1))
def test_a_size_survives_being_written(size_bytes: int) -> None:
    assert units.size(units.format_size(size_bytes)) == size_bytes


@given(st.integers(1, units.LIMIT - 1))
def test_a_bandwidth_survives_being_written(bits: int) -> None:
    assert units.bandwidth(units.format_bandwidth(bits)) == bits


@given(
    st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=6),
    st.sampled_from(["/s", "/min", "/h", "/d", "/w"]),
)
def test_a_rate_survives_being_written(number: object, unit: str) -> None:
    rate = units.rate(f"{number:f}{unit}")
    assert units.rate(units.format_rate(rate)) == rate


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0, "0 s"),
        (1, "1 us"),
        (5_000, "5 ms"),
        (100_000, "100 ms"),
        (1_500_000, "1.5 s"),
        (1_234_567, "1.234567 s"),
        (60 * S, "1 min"),
        (75 * 60 * S, "75 min"),
        (12 * 3_600 * S, "12 h"),
        (2 * DAY, "2 d"),
        (7 * DAY, "1 w"),
        (-5_000, "-5 ms"),
    ],
)
def test_a_duration_is_written_as_people_would(microseconds: int, text: str) -> None:
    assert units.format_duration(microseconds) == text


def test_the_other_quantities_are_written_as_people_would() -> None:
    assert [units.format_size(n) for n in (0, 1_025, 1_536, 76_800, 37_748_736)] == [
        "0 B",
        "1025 B",
        "1.5 KB",
        "75 KB",
        "36 MB",
    ]
    assert [units.format_bandwidth(n) for n in (0, 64_000, 1_500_000, 20_000_000, 10**9)] == [
        "0 bit/s",
        "64 kbit/s",
        "1.5 Mbit/s",
        "20 Mbit/s",
        "1 Gbit/s",
    ]
    rates = [Fraction(0), Fraction(2, 3), Fraction(16, 5), Fraction(1, 86_400), Fraction(1, 13)]
    assert [units.format_rate(rate) for rate in rates] == [
        "0/s",
        "40/min",
        "3.2/s",
        "1/d",
        "4.61538/min",  # no unit of time makes a thirteenth a finite decimal
    ]
