"""A hijacked host sends from its start, scripted or drawn, for as long as it lasts."""

import numpy as np
import pytest
from scipy import stats
from worlds.traffic_examples import HOUR, MINUTE, SECOND, compromise, rate, times

YEAR = 365 * 24 * HOUR


class TestScripted:
    def test_it_sends_poisson_mail_while_it_lasts(self) -> None:
        created = times(compromise(36_000, at="10 min", lasts="20 min"))

        assert created[0] >= 10 * MINUTE
        assert created[-1] < 30 * MINUTE
        assert abs(len(created) - 12_000) < 3.3 * np.sqrt(12_000)
        gaps = np.diff(created, prepend=10 * MINUTE) / SECOND
        assert stats.kstest(gaps, stats.expon(scale=0.1).cdf).pvalue > 1e-3

    def test_it_may_start_with_the_run_and_end_after_it(self) -> None:
        created = times(compromise(36_000, at="0 s", lasts="3 d"))

        assert created[0] < SECOND
        assert 59 * MINUTE < created[-1] < 60 * MINUTE

    @pytest.mark.parametrize("at", ["1 h", "2 h"])
    def test_what_starts_after_the_run_sends_nothing(self, at: str) -> None:
        assert times(compromise(36_000, at=at, lasts="1 d")).tolist() == []

    def test_a_longer_run_has_the_same_messages_first(self) -> None:
        process = compromise(3600, at="10 min", lasts="3 h")

        shorter, longer = times(process, "1 h"), times(process, "1 d")

        assert longer[longer < HOUR].tolist() == shorter.tolist()
        assert len(longer) > 2 * len(shorter)

    def test_scale_and_rate_events_change_its_speed(self) -> None:
        process = compromise(3600, at="10 min", lasts="40 min")

        created = times(process, events=[rate("20 min", 0, "10 min")], scale=10.0)

        minutes = np.bincount(created // (10 * MINUTE), minlength=6)
        assert minutes[[0, 2, 5]].tolist() == [0, 0, 0]
        assert np.all(abs(minutes[[1, 3, 4]] - 6000) < 3.3 * np.sqrt(6000))


class TestDrawn:
    def test_its_start_is_exponential_and_it_comes_once(self) -> None:
        # Two a year: within ten years all of the 300 hosts have had theirs.
        process = compromise(60, per_year=2.0, lasts="2 h")

        created = [times(process, "3650 d", name=f"host {n}") for n in range(300)]

        years = [each[0] / YEAR for each in created]
        assert stats.kstest(years, stats.expon(scale=0.5).cdf).pvalue > 1e-3
        assert max(each[-1] - each[0] for each in created) < 2 * HOUR

    def test_most_short_runs_have_none(self) -> None:
        process = compromise(60, per_year=1.0, lasts="2 d")

        struck = sum(len(times(process, "36500 h", name=f"host {n}")) > 0 for n in range(10))
        spared = sum(len(times(process, "1 d", name=f"host {n}")) == 0 for n in range(300))

        assert struck == 10
        assert 295 <= spared < 300

    def test_a_higher_rate_of_incidents_brings_the_same_one_earlier(self) -> None:
        rare, frequent = (
            times(compromise(3600, per_year=each, lasts="1 h"), "3650 d")[0] for each in (1.0, 4.0)
        )

        assert rare / frequent == pytest.approx(4.0, rel=1e-4)
