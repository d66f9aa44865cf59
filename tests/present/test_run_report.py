"""What `run` prints: counts, delays, waits, resources and losses, with their origin."""

import contextlib
import io
from pathlib import Path

import pandas as pd
import pytest
from worlds.golden_text import flat, message, page, portable
from worlds.quantities import quantities, quantities_after
from worlds.small_comparison import listing_day

import relaysim
from relaysim.measure.wait_parts import PARTS
from relaysim.present.text import run_summary as happened
from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.terminal import show, tables
from relaysim.wording import MOST

SHARED = Path(__file__).parents[2] / "scenarios" / "shared-hub.toml"


def metrics(*rows):
    """A frame `metrics` of one design, from rows (scope, subject, metric, value, half, unit)."""
    return Lookup(
        pd.DataFrame(
            [
                ("one", scope, subject, metric, value, value - half, value + half, unit, 5)
                for scope, subject, metric, value, half, unit in rows
            ],
            columns=[
                "scenario",
                "scope",
                "subject",
                "metric",
                "value",
                "low",
                "high",
                "unit",
                "replications",
            ],
        )
    )


@pytest.fixture(scope="module")
def lines():
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        show(happened.run_text(listing_day(), full=True, explain=True))
    return out.getvalue().splitlines()


def test_counts_stand_with_their_intervals_and_what_never_happened_is_left_out(golden):
    result = metrics(
        ("class", "bulk", "created", 60_000.0, 0.0, "recipients"),
        ("class", "bulk", "delivered", 59_000.0, 120.0, "recipients"),
        ("class", "bulk", "bounced", 1000.0, 120.0, "recipients"),
        ("class", "bulk", "refused", 0.0, 0.0, "recipients"),
        ("total", "total", "created", 60_000.0, 0.0, "recipients"),
        ("total", "total", "delivered", 59_000.0, 120.0, "recipients"),
        ("total", "total", "bounced", 1000.0, 120.0, "recipients"),
        ("total", "total", "refused", 0.0, 0.0, "recipients"),
    )
    grid = happened.statuses(result, "one", ["bulk"])
    assert len(grid.header) == 4
    golden("run/final-status", page(tables(grid)))
    assert grid.rows == [
        ["bulk", "60,000", "59,000 (58,880 to 59,120)", "1,000 (880 to 1,120)"],
        ["total", "60,000", "59,000 (58,880 to 59,120)", "1,000 (880 to 1,120)"],
    ]


def test_dsns_are_reported_where_there_are_any():
    rows = [("class", "dsn", "created", 12.0, 3.0, "recipients")]
    assert [row[0] for row in happened.statuses(metrics(*rows), "one", []).rows] == ["dsn", "total"]


def test_the_parts_of_the_time_add_up_to_all_of_it(golden):
    waits = dict.fromkeys(PARTS, 0.0) | {"wait_delivery": 90.0, "wait_host": 0.0002, "service": 1.5}
    rows = [("class", "bulk", part, wait, 0.0, "s") for part, wait in waits.items()]
    grid = happened.time(metrics(*rows), ["one"], ["bulk"])
    assert len(grid.header) == 4
    golden("run/waits", page(tables(grid)))
    assert grid.rows == [["bulk", "91.5 s", "90 s", "1.50 s"]]


def test_a_class_of_which_nothing_got_through_has_no_time():
    grid = happened.time(metrics(), ["one"], ["bulk"])
    assert grid.rows == [["bulk", "-"]]


def test_resources_stand_by_load_and_idle_ones_are_left_out():
    result = metrics(
        ("resource", "HUB01.commit", "utilization", 0.02, 0.0, "share"),
        ("resource", "HUB01.cpu", "utilization", 0.4, 0.0, "share"),
        ("resource", "HUB01.cpu", "utilization_busiest_hour", 0.8, 0.0, "share"),
        ("resource", "HUB01.cpu", "utilization_busiest_5_min", 1.0, 0.0, "share"),
        ("resource", "HUB01.submission", "queue_max", 900.0, 0.0, "entries"),
        ("resource", "HUB01.submission", "minutes_above", 12.0, 0.0, "min"),
        ("resource", "HUB01.mailbox", "utilization", 0.0, 0.0, "share"),
    )
    grid = happened.resources(result, "one")
    assert [row[0] for row in grid.rows] == ["HUB01.cpu", "HUB01.commit", "HUB01.submission"]
    assert grid.rows[0][1:4] == ["40 %", "80 %", "100 %"]
    assert grid.rows[2] == ["HUB01.submission", "-", "-", "-", "-", "900", "-", "12 min"]


def test_many_quiet_resources_are_only_counted(golden):
    rows = [
        ("resource", f"HUB01->d{i}", "utilization", 0.5 - i / 100, 0.0, "share") for i in range(20)
    ]
    grid = happened.resources(metrics(*rows), "one")
    assert len(grid.rows) == happened.MOST_RESOURCES
    assert "5" in quantities(grid.title)
    golden("run/quiet-resources", message(grid.title))


def test_a_loss_is_reported_with_the_reply_that_caused_it(golden):
    lost = pd.DataFrame(
        [
            ("crm.invoices", "refused", "550 5.7.1 Unable to relay", 12.0),
            ("app.load", "abandoned", "", 3.0),
        ],
        columns=["stream", "status", "reply", "recipients"],
    )
    _, first, reply, second, none, _ = shown = [str(line) for line in happened.losses(lost)]
    assert quantities_after(f"{first}; {second}", ["crm.invoices", "app.load"]) == [
        *(("crm.invoices", "12"), ("app.load", "3"))
    ]
    assert reply == "    550 5.7.1 Unable to relay"
    assert none.startswith("    ")
    golden("run/losses", "\n".join(shown))


def test_the_smallest_of_many_losses_are_added_up():
    many = happened.MOST_LOSSES + 2
    lost = pd.DataFrame(
        [("app.load", "bounced", f"550 {i}", float(many - i)) for i in range(many)],
        columns=["stream", "status", "reply", "recipients"],
    )
    assert quantities(str(happened.losses(lost)[-2])) == {"3"}


def test_the_report_fits_the_terminal(lines):
    assert max(map(len, lines)) <= MOST


def test_the_report_names_the_refusal_and_the_listing(lines):
    replies = [line for line in lines if line.startswith("    554 5.7.1 Service unavailable;")]
    assert any("[198.51.100.10]" in line for line in replies)
    about = [quantities(line) for line in lines if line.startswith("198.51.100.10: ")]
    assert {"7 h"} in about


def test_the_report_ends_with_what_made_it(lines):
    report = flat(" ".join(lines))
    digest = dict(listing_day().provenance.scenarios)["listing-day"]
    last = lines[len(lines) - lines[::-1].index("") :]
    assert {"1", "2", "95 %"} <= quantities(flat(" ".join(last)))
    assert f"listing-day {digest[:12]}" in flat(" ".join(last))
    assert report.endswith("relaysim run day.toml")


def test_the_report_names_its_greatest_assumption_and_what_is_not_modelled(lines):
    report = flat(" ".join(lines))
    assert report.index("receive_cost, categorize_cost, send_cost") < report.index("DNS failures")


def test_a_listing_that_is_not_certain_has_its_probability(golden):
    result = metrics(
        ("egress", "198.51.100.10", "listed", 0.5, 0.4, "share"),
        ("egress", "198.51.100.10", "listed_time", 7200.0, 3600.0, "s"),
        ("egress", "203.0.113.25", "listed", 0.0, 0.0, "share"),
    )
    line, blank = (str(line) for line in happened.listings(result, "one"))
    assert line.startswith("198.51.100.10: ")
    assert quantities(line) == {"50 %", "10", "90 %", "2.0 h", "1.0", "3.0 h"}
    assert blank == ""
    golden("run/listing", message(line))


def test_a_run_without_mail_says_so_in_one_sentence(golden, monkeypatch):
    monkeypatch.setattr("sys.argv", ["relaysim"])
    settings = ["run.duration=2 s", "run.warm_up=500 ms"]
    design = relaysim.load(SHARED, settings)
    one = relaysim.summary(relaysim.run(design, replications=2, jobs=1)).splitlines()
    assert "1.5 s" in quantities(" ".join(one[:2]))
    assert len(one) < 10
    other = relaysim.load(SHARED.with_name("dedicated-hub.toml"), settings)
    two = relaysim.summary(relaysim.compare(design, other, replications=2, jobs=1, blast=False))
    assert flat(" ".join(one[:2])) in flat(two)
    assert 'hosts.marketing.server: "externalrelay" → "bulkrelay"' in two
    assert "\n---" not in two  # no table
    golden("run/no-mail", portable("\n".join(one)))
