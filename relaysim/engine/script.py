"""The script: sources create messages, and scripted events happen."""

from collections.abc import Callable
from typing import Protocol

from relaysim.engine.kernel import ARRIVAL, DESTINATION, EGRESS, HOST, SCRIPT, Life
from relaysim.engine.reputation.listings import PARTIES
from relaysim.engine.reputation.scripted_listings import ScriptedListing
from relaysim.engine.world import World
from relaysim.plan.plan import Scripted

_KINDS = {"stop": 0, "outage": DESTINATION, "listing": EGRESS}


class Submitter(Protocol):
    """A host, or the mailbox server."""

    def submit(self, message: int) -> None:
        """A stream has created a message."""


def source(world: World, host: int, submitter: Submitter, first: int, last: int) -> Life:
    """A stream: each of its messages, rows `first` to `last` - 1, appears at its time."""
    clock, created = world.clock, world.record.created
    first_recipient, mailing = world.record.first_recipient, world.mailing
    for message in range(first, last):
        yield clock.at(created[message], ARRIVAL, HOST | host, first_recipient[message])
        if mailing.keeps(message):
            clock.finished = not world.record.open
        else:
            submitter.submit(message)


def watch(world: World) -> None:
    """Keep a run with blocklists open as long as mail may be created, even if all mail is final.

    How long an IP is listed is a result.
    """
    if world.plan.blocklists:
        world.record.open += 1
        moment = world.clock.at(world.plan.duration, SCRIPT, 0)

        def over(_: object) -> None:
            world.record.open -= 1
            world.clock.finished = not world.record.open

        moment.callbacks.append(over)


def play(world: World, event: Scripted) -> None:
    """Schedule the beginning and the end of a scripted event.

    Of events that touch, the later one begins before the earlier one ends: it goes on.
    """
    begin, finish = _acts(world, event)
    clock, entity = world.clock, _KINDS[event.what] | event.subject
    clock.at(event.at, SCRIPT, entity, 0).callbacks.append(lambda _: begin())
    clock.at(event.until, SCRIPT, entity, 1).callbacks.append(lambda _: finish())


def _acts(world: World, event: Scripted) -> tuple[Callable[[], None], Callable[[], None]]:
    internet, subject = world.internet, event.subject
    if event.what == "stop":
        hub = world.hubs[subject]
        return hub.stop, hub.start
    if event.what == "outage":
        return lambda: internet.go_down(subject), lambda: internet.come_back(subject)

    who = subject * PARTIES + (0 if world.plan.parties == (0,) else 2)
    listing = ScriptedListing(world.blocklists[event.blocklist], who, event.fixed)
    return listing.begin, listing.finish
