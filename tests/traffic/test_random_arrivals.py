"""Poisson and burst arrivals are what theory says of them."""

import math
from datetime import datetime

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy import stats
from worlds.traffic_examples import DAY, HOUR, MINUTE, SECOND, bursts, poisson, rate, times

from relaysim.scenario.arrivals import Arrivals
from relaysim.scenario.model import Run
from relaysim.traffic.arrival_times import creation_times
from relaysim.traffic.draw import name_key
from relaysim.traffic.rate import pace_of

OFFICE = {"hours": [0.0] * 8 + [1.0] * 10 + [0.0] * 6, "weekdays": [1.0] * 5 + [0.0] * 2}


class TestPoisson:
    def test_counts_are_poisson(self) -> None:
        # 10,000 seconds with 3 messages each on average: variance equals mean, no second knows of
        # the next.
        created = times(poisson(3 * 3600), "10000 s")
        counts = np.bincount(created // SECOND, minlength=10_000)

        expected = stats.poisson(3).pmf(np.arange(9))
        result = np.bincount(np.minimum(counts, 9), minlength=10)
        expected = np.append(expected, 1 - expected.sum()) * 10_000
        assert stats.chisquare(result, expected).pvalue > 1e-3
        dispersion = counts.var(ddof=1) / counts.mean() * 9_999
        assert 1e-3 < stats.chi2(9_999).cdf(dispersion) < 1 - 1e-3
        assert abs(np.corrcoef(counts[:-1], counts[1:])[0, 1]) < 4 / 100

    def test_streams_with_unusually_much_mail_are_complete(self) -> None:
        # Of 200 streams some have 2.5 standard deviations more than the mean of 100.
        streams = [f"stream {n}" for n in range(200)]
        longer = [times(poisson(100), "2 h", name=name) for name in streams]

        created = [times(poisson(100), name=name) for name in streams]

        assert max(map(len, created)) > 125
        assert [len(each) for each in created] == [np.sum(each < HOUR) for each in longer]

    def test_gaps_are_exponential(self) -> None:
        gaps = np.diff(times(poisson(3600), "10000 s"), prepend=0) / SECOND

        assert stats.kstest(gaps, stats.expon.cdf).pvalue > 1e-3

    def test_a_profile_shapes_the_day_and_the_week(self) -> None:
        # Two weeks from a Monday. Hours weigh 1 to 24, Saturdays half, Sundays nothing.
        profile = {"hours": list(range(1, 25)), "weekdays": [1.0] * 5 + [0.5, 0.0]}
        created = times(poisson(100, profile=profile), "14 d")

        hours = np.bincount(created // HOUR, minlength=14 * 24).reshape(14, 24)
        weights = np.arange(1, 25) / 12.5
        weekdays = hours[[0, 1, 2, 3, 4, 7, 8, 9, 10, 11]].sum(axis=0)
        expected = 10 * 100 * weights
        assert np.sum((weekdays - expected) ** 2 / expected) < stats.chi2(24).ppf(0.999)
        saturdays = hours[[5, 12]].sum()
        assert abs(saturdays - 2 * 1200) < 3.3 * np.sqrt(2400)
        assert hours[[6, 13]].sum() == 0

    def test_office_hours_begin_and_end_on_the_clock(self) -> None:
        # From Friday 16:30: an hour and a half is left, then nothing before Monday at 8.
        created = times(
            poisson(600, profile=OFFICE),
            "3 d",
            start=datetime(2010, 3, 5, 16, 30),  # noqa: DTZ001
        )

        friday, monday = created[created < DAY], created[created >= DAY]
        # 24 hours of mail in 10: 1,440 an hour.
        assert abs(len(friday) - 1.5 * 1440) < 3.3 * np.sqrt(1.5 * 1440)
        assert 88 * MINUTE < friday[-1] < 90 * MINUTE
        assert 0 < monday[0] - (63 * HOUR + 30 * MINUTE) < MINUTE

    def test_a_quiet_weekend_has_no_mail(self) -> None:
        saturday = datetime(2010, 3, 6)  # noqa: DTZ001

        assert len(times(poisson(1000, profile=OFFICE), "2 d", start=saturday)) == 0

    def test_a_rate_event_multiplies_the_rate_in_its_window(self) -> None:
        created = times(poisson(36_000), events=[rate("20 min", 3.0, "10 min")])

        tenths = np.bincount(created // (10 * MINUTE), minlength=6)
        expected = np.array([6000, 6000, 18_000, 6000, 6000, 6000])
        assert np.sum((tenths - expected) ** 2 / expected) < stats.chi2(6).ppf(0.999)

    def test_windows_that_overlap_multiply(self) -> None:
        both = [rate("10 min", 2.0, "20 min"), rate("20 min", 5.0, "20 min")]

        created = times(poisson(36_000), events=both)

        tenths = np.bincount(created // (10 * MINUTE), minlength=6)
        expected = 6000 * np.array([1, 2, 10, 5, 1, 1])
        assert np.sum((tenths - expected) ** 2 / expected) < stats.chi2(6).ppf(0.999)

    def test_factor_zero_is_silence_and_only_delays_the_same_points(self) -> None:
        quiet = times(poisson(3600), events=[rate("20 min", 0.0, "10 min")])
        usual = times(poisson(3600), "50 min")

        late = usual >= 20 * MINUTE
        assert quiet.tolist() == (usual + np.where(late, 10 * MINUTE, 0)).tolist()

    def test_events_of_another_stream_change_nothing(self) -> None:
        other = rate("20 min", 9.0, "10 min", stream="crm.reminders")

        assert times(poisson(60), events=[other]).tolist() == times(poisson(60)).tolist()

    def test_twice_the_rate_is_the_same_points_in_half_the_time(self) -> None:
        assert len(times(poisson(600), scale=2.0)) == len(times(poisson(600), "2 h"))
        twice, once = times(poisson(600), scale=2.0), times(poisson(600), "2 h")
        np.testing.assert_allclose(twice, once / 2, atol=1)


class TestBursts:
    def test_the_long_run_rate_is_the_rate(self) -> None:
        # 10,000 cycles of 2 s + 18 s on average; the variance is that of the theory below.
        created = times(bursts(3600, 10, "2 s"), "200000 s")

        spread = np.sqrt(burst_variance(rate=1.0, factor=10, length=2.0, window=200_000))
        assert abs(len(created) - 200_000) < 3.3 * spread

    @pytest.mark.parametrize("window", [1, 5, 60])
    def test_counts_cluster_as_an_interrupted_poisson_process_does(self, window: int) -> None:
        created = times(bursts(3600, 4, "5 s"), "1000000 s")

        counts = np.bincount(created // (window * SECOND), minlength=1_000_000 // window)
        expected = burst_variance(rate=1.0, factor=4, length=5.0, window=window)
        assert counts.var() == pytest.approx(expected, rel=0.04)

    def test_neighbouring_seconds_are_correlated_as_the_theory_says(self) -> None:
        created = times(bursts(3600, 4, "5 s"), "1000000 s")
        counts = np.bincount(created // SECOND, minlength=1_000_000) - 1.0

        # Cov(N(0, 1], N(s, s + 1]) from the variance function: half its second difference.
        for lag in (1, 3, 8):
            over = [
                burst_variance(rate=1.0, factor=4, length=5.0, window=window)
                for window in (lag - 1, lag, lag + 1)
            ]
            expected = (over[0] - 2 * over[1] + over[2]) / 2
            assert np.mean(counts[lag:] * counts[:-lag]) == pytest.approx(expected, rel=0.05)

    def test_there_is_no_time_at_which_bursts_begin(self) -> None:
        # Stationary: over 2,000 streams the first second has as much as any other.
        process = TypeAdapter(Arrivals).validate_python(bursts(14_400, 5, "2 s"))
        run = Run.model_validate({"duration": "4 s"})
        pace = pace_of("", [], run)
        streams = [name_key(1, 0, "stream", "av", f"{n}") for n in range(2000)]

        created = np.concatenate([creation_times(process, key, run, pace) for key in streams])

        spread = np.sqrt(2000 * burst_variance(rate=4.0, factor=5, length=2.0, window=1))
        assert np.all(np.abs(np.bincount(created // SECOND) - 8000) < 3.3 * spread)

    def test_inside_a_burst_the_rate_is_factor_times_as_high(self) -> None:
        # 200 bursts of an hour with 100 messages a minute, a tenth of the time: easy to see.
        created = times(bursts(600, 10, "1 h"), "2000 h")

        minutes = np.bincount(created // MINUTE, minlength=2000 * 60)
        inside = minutes[minutes > 50]
        assert np.median(inside) == pytest.approx(100, abs=1)
        # The share of time inside has variance 2 p (1 - p) / (speed x time): 0.009 squared.
        assert len(inside) / len(minutes) == pytest.approx(0.1, abs=0.03)

    def test_scale_and_rate_events_change_the_rate_inside_and_not_the_bursts(self) -> None:
        base = times(bursts(3600, 4, "30 s"))
        more = times(bursts(3600, 4, "30 s"), scale=8.0)
        silent = times(bursts(3600, 4, "30 s"), events=[rate("20 min", 0.0, "20 min")])

        assert len(more) == pytest.approx(8 * len(base), rel=0.1)
        assert set((base // MINUTE).tolist()) <= {
            minute + d for minute in (more // MINUTE).tolist() for d in (-1, 0, 1)
        }
        assert silent[silent < 20 * MINUTE].tolist() == base[base < 20 * MINUTE].tolist()
        assert not np.any((silent >= 20 * MINUTE) & (silent < 40 * MINUTE))


def burst_variance(rate: float, factor: float, length: float, window: float) -> float:
    """Variance of the count in a window of a stationary interrupted Poisson process.

    Given the intensity, counts are Poisson; the intensity is a two-state Markov chain with
    variance rate^2 (factor - 1) and a correlation that falls as exp(-speed t).
    """
    speed = 1 / length + 1 / ((factor - 1) * length)
    chain = rate**2 * (factor - 1)
    decayed = speed * window - 1 + math.exp(-speed * window)
    return rate * window + 2 * chain / speed**2 * decayed
