"""Invariants of every trace: one function each, which returns the violations as texts.

INV-6, 9, 10 and 12 compare runs, so they are not here. A text names the first rows that violate the
invariant; the list is empty if the invariant holds.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from relaysim.plan.names import QueueKind, StationKind
from relaysim.scenario.model import Scenario
from relaysim.trace.columns import Column, Kept, Table
from relaysim.trace.duplicates import duplicates, original_of
from relaysim.trace.list_refusals import check_list_refusals
from relaysim.trace.occupancy import queues, stations
from relaysim.trace.step_function import StateDurations
from relaysim.trace.tables import Level, Status, Trace
from relaysim.traffic.workload import Draws

Mask = npt.NDArray[np.bool_]
FIRST = 3
"""The largest number of rows that a text names."""


class Violation(NamedTuple):
    """An invariant that does not hold, with a text that names rows."""

    invariant: str
    text: str


def check(trace: Trace, draws: Draws, scenario: Scenario) -> list[Violation]:
    """Return all violations of the invariants of this module.

    Parameters
    ----------
    trace : Trace
        The trace of one run.
    draws : Draws
        The messages and recipients of the run.
    scenario : Scenario
        The design that was run.

    Returns
    -------
    list of Violation
        In the order of `INVARIANTS`; empty if all invariants hold.
    """
    return [
        Violation(name, text)
        for name, invariant in INVARIANTS.items()
        for text in invariant(trace, draws, scenario)
    ]


def check_final_statuses(trace: Trace, draws: Draws, scenario: Scenario) -> list[str]:
    """INV-1: every recipient has exactly one final status; only DSNs and duplicates are added."""
    recipients, messages = trace.recipients, trace.messages
    status, end, transaction = recipients["status"], recipients["end"], recipients["transaction"]
    drawn, mail = len(draws.key), len(draws.created)
    if len(recipients) < drawn or len(messages) < mail:
        return [
            f"{drawn} recipients of {mail} messages drawn: {len(recipients)} of {len(messages)}"
        ]
    index = {name: i for i, name in enumerate(trace.names.streams)}
    stream = np.array([index[name] for name in draws.streams], np.int64)[draws.stream]
    same = (messages["stream"][:mail] == stream) & (messages["created"][:mail] == draws.created)
    same &= messages["first_recipient"][:mail] == draws.first_recipient[:-1]
    texts = _violations(messages, ~same, "messages", "not as drawn")
    texts += _violations(
        recipients, recipients["domain"][:drawn] != draws.domain, "recipients", "not as drawn"
    )
    added = np.arange(len(messages)) >= mail
    texts += _violations(
        messages,
        added != (messages["parent"] >= 0),
        "messages",
        "neither drawn nor caused by another",
    )
    texts += _check_duplicates(trace)
    texts += _violations(
        recipients, ~np.isin(status, list(Status)), "recipients", "no such final status"
    )
    texts += _violations(
        recipients,
        (status == Status.IN_FLIGHT) != (end < 0),
        "recipients",
        "final status without end",
    )
    outside = np.isin(status, (Status.REFUSED, Status.ABANDONED, Status.SUPPRESSED))
    committed = messages["committed"][recipients["message"]] >= 0
    taken = ~outside & (status != Status.IN_FLIGHT)
    texts += _violations(
        recipients, taken & ~committed, "recipients", "a final status of a hub that never had it"
    )
    through = (status == Status.DELIVERED) | (status == Status.JUNKED)
    texts += _violations(
        recipients, through & (transaction < 0), "recipients", "delivered without a queue"
    )
    return texts + _violations(
        recipients, outside & (transaction >= 0), "recipients", "refused, yet queued"
    )


def _check_duplicates(trace: Trace) -> list[str]:
    """Return texts on duplicates that differ from their original, or that were discarded alone."""
    recipients, messages, rows = trace.recipients, trace.messages, duplicates(trace)
    original = recipients["message"][messages["parent"][rows]]
    differs = messages["parent"][original] >= 0
    for column in ("stream", "number", "created", "size"):
        differs |= messages[column][rows] != messages[column][original]
    texts = _violations(messages, rows[differs], "messages", "not as the original")
    of = original_of(trace)
    other = recipients["domain"] != recipients["domain"][of]
    texts += _violations(recipients, other, "recipients", "not at the domain of the original")
    kept = np.zeros(len(recipients), bool)
    kept[of[recipients["status"] == Status.DELIVERED]] = True
    alone = (recipients["status"] == Status.DISCARDED) & ~kept[of]
    return texts + _violations(recipients, alone, "recipients", "discarded, yet the only copy")


def check_recipient_times(trace: Trace, draws: Draws, scenario: Scenario) -> list[str]:
    """INV-2: each time of a recipient is at or after the time of the step before."""
    messages, recipients = trace.messages, trace.recipients
    transactions, attempts, visits = trace.transactions, trace.attempts, trace.visits
    steps = ("created", "connected", "committed", "acknowledged")
    texts = _in_order(messages, steps, "messages")
    texts += _in_order(attempts, ("enter", "start", "end"), "attempts")
    texts += _in_order(visits, ("enter", "start", "end"), "visits")
    texts += _in_order(trace.listings, ("start", "end"), "listings")
    created = messages["created"][recipients["message"]]
    end = np.where(recipients["end"] >= 0, recipients["end"], trace.end)
    texts += _violations(recipients, end < created, "recipients", "ended before it was created")
    sent = recipients["transaction"] >= 0
    queued = (
        np.where(sent, transactions["queued"][recipients["transaction"]], 0) if sent.any() else 0
    )
    texts += _violations(
        recipients, sent & (end < queued), "recipients", "ended before it was queued"
    )
    parent = transactions["parent"]
    if len(parent):
        earlier = (parent >= 0) & (transactions["queued"] < transactions["queued"][parent])
        texts += _violations(transactions, earlier, "transactions", "queued before its parent")
        early = attempts["enter"] < transactions["queued"][attempts["transaction"]]
        texts += _violations(attempts, early, "attempts", "ready before it was queued")
    order, same = _by_transaction(trace)
    back = attempts["enter"][order[1:]] < attempts["end"][order[:-1]]
    return texts + _violations(
        attempts, order[1:][same & back], "attempts", "before the last ended"
    )


def check_clock(trace: Trace, draws: Draws, scenario: Scenario) -> list[str]:
    """INV-3: the clock never goes back: rows are in the order of time, and none is after the end.

    The end of a service is recorded when the service begins, so it may be after the end of the run.
    """
    texts = []
    for name, table, columns in (
        ("messages", trace.messages, ("connected", "committed", "acknowledged")),
        ("recipients", trace.recipients, ("end",)),
        ("transactions", trace.transactions, ("queued",)),
        ("attempts", trace.attempts, ("enter", "start", "end")),
        ("visits", trace.visits, ("enter",)),
        ("levels", trace.levels, ("time",)),
    ):
        for column in columns:
            late = table[column] > trace.end
            texts += _violations(table, late, name, f"{column} after the end of the run")
    for name, table, column in (
        ("transactions", trace.transactions, "queued"),
        ("levels", trace.levels, "time"),
    ):
        back = np.flatnonzero(np.diff(table[column]) < 0) + 1
        texts += _violations(table, back, name, f"{column} before that of the row above")
    of_hub = np.array(trace.names.stream_host, np.int64) < 0
    new = np.flatnonzero(of_hub[trace.messages["stream"]])
    back = new[1:][np.diff(trace.messages["created"][new]) < 0]
    return texts + _violations(trace.messages, back, "messages", "a DSN older than the one above")


def check_capacities(trace: Trace, draws: Draws, scenario: Scenario) -> list[str]:
    """INV-4: no station or queue has more in service than it has servers or connections."""
    texts = []
    for use in (*stations(trace), *queues(trace)):
        busy = use.busy()
        over = np.flatnonzero(busy.values > use.capacity)
        if use.capacity and len(over):
            at, busiest = busy.times[over[0]], busy.values[over[0]]
            texts.append(f"{use.name}: {busiest} in service at {at}, capacity {use.capacity}")
    return texts


def check_work_conservation(trace: Trace, draws: Draws, scenario: Scenario) -> list[str]:
    """INV-5: no core, line or writer of a queue database is idle while work waits for it.

    A stopped hub does no work. The writer may wait until a batch is full or its timeout is over.
    """
    texts = []
    down = StateDurations.of(trace, Level.HUB_DOWN)
    for use in stations(trace):
        if use.place.kind not in (StationKind.CORES, StationKind.LINE, StationKind.COMMIT):
            continue
        busy, waiting, least = use.busy(), use.waiting(), 1
        if use.place.kind is StationKind.COMMIT:
            hub = scenario.hubs[trace.names.hub_title[use.place.hub]]
            late = np.minimum(use.enter + hub.queue_database_batch_timeout, use.until)
            idle = (use.until - late) - (busy.area(use.until) - busy.area(late))
            texts += _violations(trace.visits, use.rows[idle > 0], use.name, "the batch was due")
            least = hub.queue_database_batch_size if hub.queue_database_batch_timeout else 1
        times = np.union1d(busy.times, waiting.times)
        lasts = np.diff(times, append=times[-1:])
        if use.place.hub >= 0:
            of = np.full(len(times), use.place.hub)
            lasts = lasts - (down.until(of, times + lasts) - down.until(of, times))
        idle = (busy.at(times) < use.capacity) & (waiting.at(times) >= least)
        at = times[idle & (lasts > 0)]
        if len(at):
            texts.append(f"{use.name}: idle beside waiting work at {at[0]}")
    return texts


def check_littles_law(trace: Trace, draws: Draws, scenario: Scenario) -> list[str]:
    """INV-7: Little's law, exactly: the integral of the number waiting is the sum of all waits.

    It holds for every station and queue; integral and waits are cut at the ends of the window.
    """
    texts = []
    start, end = scenario.run.warm_up, scenario.run.duration
    for use in (*stations(trace), *queues(trace)):
        before, after = use.waiting().area(np.array([start, end], np.int64))
        waits = np.minimum(use.until, end) - np.maximum(use.enter, start)
        total = int(np.maximum(waits, 0).sum())
        if after - before != total:
            texts.append(f"{use.name}: the integral is {after - before}, the sum {total}")
    return texts


def check_retries(trace: Trace, draws: Draws, scenario: Scenario) -> list[str]:
    """INV-11: every retry ends: no attempt follows the last final status, or expiry."""
    recipients, transactions, attempts = trace.recipients, trace.transactions, trace.attempts
    order, _ = _by_transaction(trace)
    count = np.bincount(attempts["transaction"], minlength=len(transactions))
    first = (np.cumsum(count) - count)[attempts["transaction"][order]]
    skips = order[attempts["attempt"][order] != np.arange(len(order)) - first]
    texts = _violations(attempts, skips, "attempts", "not numbered from 0 without gaps")
    sent = np.flatnonzero(recipients["transaction"] >= 0)
    status = np.full(len(transactions), -1, np.int64)
    end = np.where(recipients["end"] >= 0, recipients["end"], trace.end)
    np.maximum.at(status, recipients["transaction"][sent], end[sent])
    status = np.where(status >= 0, status, trace.end)  # handed over
    after = attempts["enter"] > status[attempts["transaction"]]
    texts += _violations(
        attempts, after, "attempts", "after the final status of all its recipients"
    )
    hubs = [scenario.senders[title] for title in trace.names.hub_title]
    timeout = [hub.message_expiration_timeout for hub in hubs]
    expires = transactions["queued"] + np.array(timeout, np.int64)[transactions["hub"]]
    # With the 250 of the next hub its own timeout counts, even before it has routed the mail.
    taken = np.array([*(text.startswith("2") for text in trace.names.replies), False])
    to_hub = np.array([kind == QueueKind.TRANSFER for kind in trace.names.queue_kind], bool)
    over = to_hub[attempts["queue"]] & taken[attempts["reply"]]
    left = (attempts["start"] >= 0) & ((attempts["end"] < 0) | over)
    under_way = np.zeros(len(transactions), bool)
    under_way[attempts["transaction"][left]] = True
    transaction = recipients["transaction"][sent]
    late = (recipients["status"][sent] == Status.IN_FLIGHT) & (expires[transaction] < trace.end)
    late &= ~under_way[transaction] & ~_down_at_the_end(trace)[transactions["hub"][transaction]]
    return texts + _violations(recipients, sent[late], "recipients", "waits longer than it may")


def _down_at_the_end(trace: Trace) -> Mask:
    """Return which hubs are stopped at the end of the run: nothing expires in them."""
    levels = trace.levels
    rows = levels["level"] == Level.HUB_DOWN
    down = np.zeros(len(trace.names.hubs), bool)
    down[levels["subject"][rows]] = (
        levels["value"][rows] > 0
    )  # of several assignments the last stays
    return down


def _by_transaction(trace: Trace) -> tuple[Column, Mask]:
    """Return the order of attempts by transaction and number, and which continue a transaction.

    The mask has one entry less than the order: the first attempt continues none.
    """
    transaction = trace.attempts["transaction"]
    order = np.lexsort((trace.attempts["attempt"], transaction))
    return order, transaction[order][1:] == transaction[order][:-1]


def _in_order(table: Table, columns: tuple[str, ...], name: str) -> list[str]:
    """Return a text on rows where a later column has an earlier time; absent times do not count."""
    latest = table[columns[0]]
    wrong = np.zeros(len(table), bool)
    for column in columns[1:]:
        wrong |= (table[column] >= 0) & (table[column] < latest)
        latest = np.maximum(latest, table[column])
    return _violations(table, wrong, name, f"{', '.join(columns)} out of order")


def _violations(table: Table, where: Mask | Kept, name: str, what: str) -> list[str]:
    """Return a text on the rows chosen by a mask or by number; an empty list without any."""
    rows = np.flatnonzero(where) if where.dtype == np.bool_ else where
    if not len(rows):
        return []
    shown = "; ".join(
        f"row {row} ({', '.join(f'{c}={table[c][row]}' for c in table.columns)})"
        for row in rows[:FIRST].tolist()
    )
    return [f"{name}: {len(rows)} {what}: {shown}"]


INVARIANTS: dict[str, Callable[[Trace, Draws, Scenario], list[str]]] = {
    "INV-1": check_final_statuses,
    "INV-2": check_recipient_times,
    "INV-3": check_clock,
    "INV-4": check_capacities,
    "INV-5": check_work_conservation,
    "INV-7": check_littles_law,
    "INV-8": check_list_refusals,
    "INV-11": check_retries,
}
