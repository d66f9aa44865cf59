"""The script of a run: streams create messages, and scripted events begin and end."""

from collections.abc import Callable
from typing import Protocol

from relaysim.engine.context import Context
from relaysim.engine.kernel import (
    ARRIVAL,
    DESTINATION,
    EGRESS,
    HOST,
    LINE,
    SCRIPT,
    ProcessGenerator,
)
from relaysim.engine.relay.mailbox_server import MailboxServer
from relaysim.engine.reputation.listings import PARTIES
from relaysim.engine.reputation.mailing_lists import MailingLists
from relaysim.engine.reputation.scripted_listings import ScriptedListing
from relaysim.engine.wiring import Actors
from relaysim.plan.receiver_plan import MAILBOXES
from relaysim.plan.scripted_event import Scripted

_ENTITY_KIND = {
    "stop": 0,
    "outage": DESTINATION,
    "mx outage": DESTINATION,
    "line outage": LINE,
    "listing": EGRESS,
    "resolver_fault": DESTINATION,
}


class Submitter(Protocol):
    """A host, or the mailbox server."""

    def submit(self, message: int) -> None:
        """Take a message that a stream has created."""


def source(
    context: Context,
    mailing_lists: MailingLists,
    host: int,
    submitter: Submitter,
    first: int,
    last: int,
) -> ProcessGenerator:
    """Create the messages of a stream, rows `first` to `last` - 1, each at its time."""
    loop, record = context.loop, context.record
    created, first_recipient = record.messages.created, record.messages.first_recipient
    for message in range(first, last):
        yield loop.at(created[message], ARRIVAL, HOST | host, first_recipient[message])
        # The stream may have been paused meanwhile, and the address removed from its list.
        if mailing_lists.suppress(message):
            loop.finished = not record.open
        else:
            submitter.submit(message)


def keep_open(context: Context) -> None:
    """Keep a run with blocklists open until `duration`, even if all mail is final earlier.

    The length of a listing is a result.
    """
    loop, record, plan = context.loop, context.record, context.plan
    if plan.blocklists:
        record.open += 1  # as if one more recipient were not final

        def close(_: object) -> None:
            record.open -= 1
            loop.finished = not record.open

        loop.at(plan.duration, SCRIPT, 0).callbacks.append(close)


def play(actors: Actors, event: Scripted) -> None:
    """Schedule the beginning and the end of a scripted event.

    Where one event ends when the next one of the same kind and subject begins, the later one begins
    first: the state lasts.
    """
    begin, finish = _callbacks(actors, event)
    loop, entity = actors.context.loop, _ENTITY_KIND[event.what] | event.subject
    loop.at(event.at, SCRIPT, entity, 0).callbacks.append(lambda _: begin())
    loop.at(event.until, SCRIPT, entity, 1).callbacks.append(lambda _: finish())


def _callbacks(actors: Actors, event: Scripted) -> tuple[Callable[[], None], Callable[[], None]]:
    internet, subject = actors.internet, event.subject
    outages = internet.outages
    if event.what == "stop":
        hub = actors.hubs[subject]
        return hub.stop, hub.start
    if event.what == "outage":
        return lambda: outages.begin_outage(subject), lambda: _end_outage(actors, subject)
    if event.what == "resolver_fault":
        faults = internet.resolver_faults
        return lambda: faults.begin(subject, event.share), lambda: faults.end(subject, event.share)
    if event.what == "line outage":
        return (
            lambda: outages.begin_line_outage(subject),
            lambda: outages.end_line_outage(subject),
        )
    if event.what == "mx outage":
        return (
            lambda: outages.lose_hosts(subject, event.count),
            lambda: outages.lose_hosts(subject, -event.count),
        )
    # Against all mail, or, where the coupling is off, against the culprits.
    party = 0 if actors.context.plan.parties == (0,) else 2
    operator = actors.operators[event.blocklist]
    listing = ScriptedListing(operator, subject * PARTIES + party, event.fixed)
    return listing.begin, listing.finish


def _end_outage(actors: Actors, receiver: int) -> None:
    """End an outage; what users sent during that of the mailbox server is submitted now."""
    outages = actors.internet.outages
    outages.end_outage(receiver)
    if receiver == MAILBOXES and not outages.of[MAILBOXES]:
        for submitter in actors.hosts:
            if isinstance(submitter, MailboxServer):
                submitter.resume()
