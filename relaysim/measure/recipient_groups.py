"""Groups: the recipients under each subject of a scope."""

from dataclasses import dataclass

import numpy as np

from relaysim.measure.recipients import DSN, Mask, Recipients, streams
from relaysim.scenario.model import Scenario
from relaysim.trace.columns import Column, Kept
from relaysim.trace.tables import Names

INTERNAL = "internal"
"""The reserved destination of the own mailboxes."""


@dataclass(frozen=True)
class Groups:
    """A scope, its subjects, and the subject of each recipient (an index, -1 for none)."""

    scope: str
    subjects: tuple[str, ...]
    of: Column


def groups(recipients: Recipients, names: Names, scenario: Scenario) -> list[Groups]:
    """Return all scopes of recipients with their groups.

    DSNs are in the class `dsn` alone.

    Parameters
    ----------
    recipients : Recipients
        The recipients of a trace.
    names : Names
        The names of the trace.
    scenario : Scenario
        The design.
    """
    mail = ~recipients.dsn
    return [
        *mail_groups(recipients.stream, recipients.destination, mail, names, scenario),
        Groups("hub", names.hubs, np.where(mail, recipients.hub, -1)),
        Groups("egress", names.egress, np.where(mail, recipients.egress, -1)),
    ]


def mail_groups(
    stream: Kept, destination: Kept, mail: Mask, names: Names, scenario: Scenario
) -> list[Groups]:
    """Return the scopes that a recipient has in every design, with their groups.

    A class is a subject as a whole, and by the side of its recipients (`corporate.internal`,
    `corporate.external`) if its streams have mail for that side.

    Parameters
    ----------
    stream, destination : int array, shape (n,)
        Stream and destination of each recipient, as indexes into the names.
    mail : bool array, shape (n,)
        False for a DSN.
    names : Names
        The names of the trace.
    scenario : Scenario
        The design.
    """
    known = streams(scenario)
    class_of = [known[n].class_ if n in known else DSN for n in names.streams]
    classes = sorted(set(class_of))
    of_stream = np.array([classes.index(c) for c in class_of], np.int64)[stream]
    internal = np.array([name == INTERNAL for name in names.destinations])[destination]
    by_class = sides(scenario)
    index = {side: i for i, side in enumerate(by_class)}
    by_side = np.array(
        [[index.get((c, side), -1) for side in ("external", INTERNAL)] for c in classes], np.int64
    )
    of_side = by_side[of_stream, internal.astype(np.int64)]

    def only_mail(of: Column) -> Column:
        return np.where(mail, of, -1)

    mail_streams = tuple(name for name in names.streams if name in known)
    # Only DSNs go elsewhere.
    places = tuple(n for n in names.destinations if n == INTERNAL or n in scenario.destinations)
    by_stream = _renumbered(names.streams, mail_streams)[stream]
    place = _renumbered(names.destinations, places)[destination]
    return [
        Groups("total", ("total",), only_mail(np.zeros(len(stream), np.int64))),
        Groups("class", tuple(classes), of_stream),
        Groups("class", tuple(f"{c}.{side}" for c, side in by_class), only_mail(of_side)),
        Groups("stream", mail_streams, by_stream),
        Groups("destination", places, only_mail(place)),
    ]


def cell_groups(recipients: Recipients, names: Names, scenario: Scenario) -> list[Groups]:
    """Return all scopes of recipients with the subject of each cell of `Recipients.cells`."""
    return groups(recipients.where(recipients.cells.rows), names, scenario)


def _renumbered(names: tuple[str, ...], chosen: tuple[str, ...]) -> Column:
    """Return the place of each name among the chosen names, or -1."""
    index = {name: i for i, name in enumerate(chosen)}
    return np.array([index.get(name, -1) for name in names], np.int64)


def sides(scenario: Scenario) -> list[tuple[str, str]]:
    """Return the classes with the sides that their streams send to, sorted."""
    result = {
        (stream.class_, INTERNAL if destination == INTERNAL else "external")
        for stream in streams(scenario).values()
        for destination, share in stream.to.items()
        if share > 0
    }
    return sorted(result)
