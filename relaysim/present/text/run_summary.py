"""The text of a run: the answer, the numbers behind it, and all tables."""

import math
from collections.abc import Sequence

import pandas as pd
from rich.console import RenderableType

from relaysim.analysis.listing_sources import listing_possible
from relaysim.measure.bad_periods import HOUR_OF_RUN, PERIODS
from relaysim.measure.wait_parts import PARTS
from relaysim.present.text.bottleneck_table import binding_tables
from relaysim.present.text.campaign_lines import campaigns
from relaysim.present.text.caption import (
    ASSUMPTIONS,
    NOT_MODELLED,
    SURVIVORS,
    more,
    origin,
    unseen,
)
from relaysim.present.text.late_days import MEDIANS, late_days, meaning
from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.no_mail import no_mail
from relaysim.present.text.not_judged import WHY, not_judged
from relaysim.present.text.number_format import NONE, number
from relaysim.present.text.reached_precision import precise
from relaysim.present.text.run_answer import run_numbers, run_paragraph
from relaysim.present.text.shown_subjects import DSN, classes
from relaysim.present.text.terminal import Grid, tables, text
from relaysim.present.text.theory_table import theory
from relaysim.present.text.unstable_quantiles import unstable
from relaysim.study.run_result import RunResult

COUNTS = (
    "junked",
    "refused",
    "abandoned",
    "bounced",
    "expired",
    "in_flight",
    "suppressed",
    "duplicates",
)
PART_NAMES = {
    "wait_host": "host",
    "wait_commit": "commit",
    "wait_submission": "core",
    "wait_delivery": "connection",
    "wait_line": "line",
    "wait_mailbox": "mailbox",
    "wait_retry": "retry",
    "service": "service",
}
MOST_RESOURCES, MOST_LOSSES = 15, 12


def run_text(result: RunResult, full: bool = False, explain: bool = False) -> list[RenderableType]:
    """Return what `relaysim run` prints: the answer, the numbers that carry it, and more.

    Parameters
    ----------
    result : RunResult
        The replications of one scenario.
    full : bool
        Whether all tables follow.
    explain : bool
        Whether the explanations follow that are the same for every run.

    Returns
    -------
    list of RenderableType
        One paragraph, at most `answer_numbers.MOST_LINES` lines of numbers, what they leave open,
        and where to find more.
    """
    measured = Lookup(result.metrics)
    shown = classes(measured.subjects("class"))
    nothing = no_mail(measured, [result.scenario])
    notes = [text(note) for note in result.provenance.notes]
    if nothing is not None:
        return [text(nothing), *notes, text(origin(result.provenance))]
    return [
        text(run_paragraph(result, shown)),
        text(""),
        *run_numbers(result, shown, full),
        *unstable(result),
        *precise(result),
        *notes,
        *(all_tables(result) if full else []),
        *(explanations(result) if explain else []),
        *more(full, explain),
        text(origin(result.provenance)),
    ]


def all_tables(result: RunResult) -> list[RenderableType]:
    """Return the tables of a run: final status, delays, waits, resources, theory and losses."""
    scenario, measured = result.scenario, Lookup(result.metrics)
    name, possible = scenario.name, listing_possible(scenario)
    shown = classes(measured.subjects("class"))
    return [
        text(f"{name}: {scenario.title}" if scenario.title else name),
        text(""),
        *tables(statuses(measured, name, shown)),
        *tables(lateness(measured, name, shown, possible)),
        *late_days(measured, [scenario], shown),
        *not_judged(measured, [name], shown),
        *campaigns(result, measured),
        *tables(time(measured, [name], shown)),
        *binding_tables(measured, [name], shown),
        *tables(resources(measured, name)),
        *theory(result),
        *listings(measured, name),
        *losses(result.series.losses, refused=not result.series.refusals.empty),
        *refusals(result.series.refusals),
    ]


def explanations(result: RunResult) -> list[RenderableType]:
    """Return the explanations that are the same for every run."""
    possible = listing_possible(result.scenario)
    paragraphs = [
        meaning(result.scenario, list(PERIODS) if possible else [HOUR_OF_RUN]),
        *([MEDIANS] if possible else []),
        WHY,
        SURVIVORS,
        unseen(result.replications),
        ASSUMPTIONS,
        NOT_MODELLED,
    ]
    return [part for paragraph in paragraphs for part in (text(paragraph), text(""))]


def statuses(measured: Lookup, name: str, shown: Sequence[str]) -> Grid:
    """Return the recipients of each class and of all mail, by final status."""
    rows = [("class", subject) for subject in shown]
    rows += [("class", DSN)] * (measured.value(name, "class", DSN, "created") > 0.0)
    rows += [("total", "total")]
    metrics = ["created", "delivered"]
    metrics += [m for m in COUNTS if any(measured.value(name, *row, m) > 0.0 for row in rows)]
    return Grid(
        "Final status (recipients in a replication)",
        ["class", *(metric.replace("_", " ") for metric in metrics)],
        [[row[1], *(measured.interval(name, *row, metric) for metric in metrics)] for row in rows],
    )


def lateness(measured: Lookup, name: str, shown: Sequence[str], possible: bool) -> Grid:
    """Return on time and latency quantiles of each class.

    Parameters
    ----------
    measured : Lookup
        The frame `metrics`.
    name : str
        The name of the design.
    shown : sequence of str
        The classes.
    possible : bool
        Whether a listing can happen; then times are medians.
    """
    metrics = {
        "on_time": "on time",
        "latency_p50": "p50",
        "latency_p95": "p95",
        "latency_p95_busy_hours": "p95 busy hours",
    }
    rows = [("class", subject) for subject in shown] + [("total", "total")]
    times = "; times: median and range of the replications" if possible else ""
    return Grid(
        f"Latency (on time: share of the judged recipients, within their deadline{times})",
        ["class", *metrics.values()],
        [[row[1], *(measured.interval(name, *row, metric) for metric in metrics)] for row in rows],
    )


def time(measured: Lookup, designs: Sequence[str], shown: Sequence[str]) -> Grid:
    """Return the mean latency of each class by part; parts below a millisecond are left out.

    With several designs each class has one row for each of them.
    """
    keys = [(design, "class", subject) for subject in shown for design in designs]
    parts = [part for part in PARTS if any(measured.value(*key, part) >= 0.001 for key in keys)]

    def cells(design: str, subject: str) -> list[str]:
        item = [measured.value(design, "class", subject, part) for part in PARTS]
        whole = number(sum(item), "s") if not math.isnan(sum(item)) else NONE
        return [whole, *(measured.number(design, "class", subject, part) for part in parts)]

    rows: list[list[str]] = []
    for subject in shown:
        if len(designs) == 1:
            rows.append([subject, *cells(designs[0], subject)])
        else:
            rows += [[subject], *([f"  {name}", *cells(name, subject)] for name in designs)]
    return Grid(
        "Where the time is spent (mean wait of a delivered recipient, by cause)",
        ["class", "all", *(PART_NAMES[part] for part in parts)],
        rows,
    )


def resources(measured: Lookup, name: str) -> Grid:
    """Return the resources that were used, the busiest first."""

    def load(subject: str) -> tuple[float, ...]:
        values = (measured.value(name, "resource", subject, m) for m in ("utilization", *_LOADS))
        return tuple(-value if value == value else 0.0 for value in values)

    used = sorted((s for s in measured.subjects("resource") if any(load(s))), key=load)
    more = f"; and {len(used) - MOST_RESOURCES} quieter ones" if len(used) > MOST_RESOURCES else ""
    metrics = (
        *("utilization", "utilization_busiest_hour", "utilization_busiest_5_min"),
        *("queue_mean", "queue_max", "wait_mean", "minutes_above"),
    )
    return Grid(
        f"Resources by load (above: minutes over Microsoft's threshold{more})",
        [
            *("resource", "utilization", "busiest hour", "busiest 5 min"),
            *("queue mean", "queue max", "wait", "above"),
        ],
        [
            [subject, *(measured.number(name, "resource", subject, metric) for metric in metrics)]
            for subject in used[:MOST_RESOURCES]
        ],
    )


_LOADS = ("minutes_above", "queue_max")


def losses(lost: pd.DataFrame, refused: bool = False) -> list[RenderableType]:
    """Return the largest losses, each with the reply that caused it.

    `refused` is whether attempts at submission were refused, though none was the last one.
    """
    if lost.empty:
        more = ", but attempts at submission were refused" if refused else ""
        return [text(f"Losses: none{more}"), text("")]
    worst = lost.sort_values("recipients", ascending=False, kind="stable")
    lines: list[RenderableType] = [text("Losses and the replies that caused them")]
    for row in worst.head(MOST_LOSSES).to_dict("records"):
        lines.append(text(f"{row['stream']}: {number(row['recipients'])} {row['status']}"))
        lines.append(text(row["reply"] or "no reply", indent=4))
    rest = float(worst["recipients"].iloc[MOST_LOSSES:].sum())
    lines += [text(f"others: {number(rest)}")] * (rest > 0)
    return [*lines, text("")]


def refusals(refused: pd.DataFrame) -> list[RenderableType]:
    """Return the refused attempts at submission, the most frequent first.

    Parameters
    ----------
    refused : pandas.DataFrame
        The `refusals` of a series: host, where, reply, attempts in a replication.

    Returns
    -------
    list of RenderableType
        Nothing if no attempt was refused.
    """
    if refused.empty:
        return []
    most = refused.sort_values("attempts", ascending=False, kind="stable")
    total = number(float(most["attempts"].sum()))
    lines: list[RenderableType] = [
        text(f"Refused attempts at submission: {total} in a replication")
    ]
    for row in most.head(MOST_LOSSES).to_dict("records"):
        where = f" at {row['where']}" if row["where"] else ""
        lines.append(text(f"{row['host']}{where}: {number(row['attempts'])}"))
        lines.append(text(row["reply"], indent=4))
    rest = float(most["attempts"].iloc[MOST_LOSSES:].sum())
    lines += [text(f"others: {number(rest)}")] * (rest > 0)
    return [*lines, text("")]


def refused_attempts(refused: pd.DataFrame) -> Grid:
    """Return the refused attempts at submission as a table, the most frequent first.

    Parameters
    ----------
    refused : pandas.DataFrame
        The `refusals` of a series: host, where, reply, attempts in a replication.

    Returns
    -------
    Grid
        Without rows if no attempt was refused.
    """
    most = refused.sort_values("attempts", ascending=False, kind="stable")
    rows = [
        [row["host"], row["where"] or NONE, number(row["attempts"]), row["reply"]]
        for row in most.head(MOST_LOSSES).to_dict("records")
    ]
    others = len(most) - len(rows)
    more = f"; {others} more are rarer" if others else ""
    title = f"refused attempts at submission (in a replication{more})"
    return Grid(title, ["host", "where", "attempts", "reply"], rows, ("reply",))


def listings(measured: Lookup, name: str) -> list[RenderableType]:
    """Return the probability and the length of listings of each public IP and sender domain."""
    lines: list[RenderableType] = []
    both = ("egress", "sender_domain")
    subjects = [(scope, subject) for scope in both for subject in measured.subjects(scope)]
    for scope, ip in subjects:
        key = (name, scope, ip)
        likely = measured.value(*key, "listed")
        if likely > 0.0:
            time = measured.interval(*key, "listed_time")
            seldom = f" in {measured.chance(*key, 'listed')} of the replications,"
            lines.append(text(f"{ip}: listed{seldom if likely < 1.0 else ''} for {time}."))
    return [*lines, text("")] if lines else []
