"""The rows of a trace with names for numbers, so that traces of different scenarios compare."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from relaysim.trace.columns import Column, Table
from relaysim.trace.tables import Action, Level, Signal, Trace, Visit

NamedRows = dict[str, list[tuple[Any, ...]]]


def read(table: Table) -> dict[str, Column]:
    """The columns of a table, each in 64 bits."""
    return {name: table[name] for name in table.columns}


def named_rows(trace: Trace, streams: Collection[str] | None = None) -> NamedRows:
    """Return the rows about the messages of some streams, or of all, in their order.

    Every index is replaced by what it stands for: a message by its stream and number, a recipient by its
    message and its place in it, a transaction by its first recipient and its hub.
    """
    names = trace.names
    messages, recipients, transactions = trace.messages, trace.recipients, trace.transactions
    attempts, visits = trace.attempts, trace.visits

    def name(of: Sequence[str]) -> Callable[[int], str]:
        return lambda row: of[row] if row >= 0 else ""

    def message(row: int) -> tuple[Any, ...]:
        return names.streams[messages["stream"][row]], int(messages["number"][row])

    def recipient(row: int) -> tuple[Any, ...]:
        if row < 0:
            return ()
        owner = recipients["message"][row]
        return *message(owner), int(row - messages["first_recipient"][owner])

    def transaction(row: int) -> tuple[Any, ...]:
        if row < 0:
            return ()
        return *recipient(transactions["first_recipient"][row]), names.hubs[
            transactions["hub"][row]
        ]

    meaning: dict[str, Callable[[int], Any]] = {
        "message": message,
        "first_recipient": recipient,
        "transaction": transaction,
        "stream": name(names.streams),
        "domain": name(names.domains),
        "queue": name(names.queues),
        "station": name(names.stations),
        "connector": name(names.connectors),
        "hub": name(names.hubs),
        "egress": name(names.egress),
        "reply": name(names.replies),
    }

    def rows(
        columns: Mapping[str, Iterable[Any]], owners: Iterable[int], **more: Callable[[int], Any]
    ) -> list[tuple[Any, ...]]:
        """`owners` has the message of each row."""
        result = [
            [means(value) for value in values]
            if (means := (meaning | more).get(column))
            else values
            for column, values in columns.items()
        ]
        told_rows = zip(*result, strict=True)
        return [
            row
            for row, owner in zip(told_rows, owners, strict=True)
            if streams is None or names.streams[messages["stream"][owner]] in streams
        ]

    by_transaction = np.isin(visits["visit"], (Visit.SEND, Visit.LINE)).tolist()
    subjects = list(zip(visits["subject"].tolist(), by_transaction, strict=True))
    carried = transactions["message"]
    return {
        "messages": rows(read(messages), range(len(messages)), parent=recipient),
        "recipients": rows(read(recipients), recipients["message"]),
        "transactions": rows(read(transactions), carried, parent=transaction),
        "attempts": rows(read(attempts), carried[attempts["transaction"]]),
        "visits": rows(
            read(visits)
            | {"subject": [transaction(s) if by else message(s) for s, by in subjects]},
            [carried[s] if by else s for s, by in subjects],
        ),
    }


def reputation(
    trace: Trace,
    egress: Collection[str] | None = None,
    streams: Collection[str] | None = None,
    domains: Collection[str] | None = None,
) -> NamedRows:
    """The rows about what is thought of some public IPs and domains, or of all, in their order.

    They have names. Signals are only those of the recipients of some streams, actions that are
    about a stream too.
    """
    names, messages, recipients = trace.names, trace.messages, trace.recipients
    first = messages["first_recipient"]

    def recipient(row: int) -> tuple[Any, ...]:
        message = recipients["message"][row]
        stream = names.streams[messages["stream"][message]]
        return stream, int(messages["number"][message]), int(row - first[message])

    def subject(action: int, number: int) -> str:
        if action in (Action.DETECTED, Action.REPAIRED):
            return ""
        if action in (Action.REQUESTED, Action.INELIGIBLE):
            return names.blocklists[number] if number >= 0 else names.destinations[-1 - number]
        return names.streams[number]

    def wanted(number: int, domain: int = -1) -> bool:
        """About an IP, a registered domain, or neither."""
        if domain >= 0:
            return domains is None or names.registered_domains[domain] in domains
        return egress is None or number < 0 or names.egress[number] in egress

    def named(number: int, domain: int) -> str:
        if domain >= 0:
            return names.registered_domains[domain]
        return names.egress[number] if number >= 0 else ""

    def rows(table: str, *columns: str) -> list[tuple[int, ...]]:
        result = getattr(trace, table)
        return list(zip(*(result[column].tolist() for column in columns), strict=True))

    seen = {
        Signal.TRAP: names.operators,
        Signal.REPORT: names.blocklists,
    }
    return {
        "listings": [
            (named(ip, sender), names.blocklists[number], *rest)
            for ip, sender, number, *rest in rows("listings", *trace.listings.columns)
            if wanted(ip, sender)
        ],
        "signals": [
            (
                kind,
                recipient(row),
                names.egress[ip],
                time,
                seen.get(Signal(kind), names.destinations)[who],
            )
            for kind, row, ip, time, who in rows("signals", *trace.signals.columns)
            if wanted(ip) and (streams is None or recipient(row)[0] in streams)
        ],
        "lookups": [
            (named(ip, sender), names.domains[domain], *rest)
            for ip, sender, domain, *rest in rows("lookups", *trace.lookups.columns)
            if wanted(ip, sender)
        ],
        "states": [
            (names.provider_states[number], time, value)
            for level, number, time, value in rows("levels", *trace.levels.columns)
            if level == Level.PROVIDER and wanted(_egress_of(trace, number))
        ],
        "actions": [
            (action, named(ip, sender), time, subject(action, number))
            for action, ip, sender, time, number in rows("actions", *trace.actions.columns)
            if wanted(ip, sender)
            and (
                streams is None
                or action <= Action.REQUESTED
                or action == Action.INELIGIBLE
                or subject(action, number) in streams
            )
        ],
    }


def _egress_of(trace: Trace, state_subject: int) -> int:
    return trace.names.egress.index(trace.names.provider_states[state_subject].split()[1])
