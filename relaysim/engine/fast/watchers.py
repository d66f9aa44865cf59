"""The rare actors of a run of the compiled engine: operators, providers, the administrator.

They are those of the reference engine, on memory and an event loop that C++ has. C++ calls them at
their events, and for what is rare: a first message of an hour, a signal, a bounce.
"""

import ctypes
from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from typing import Any, TypeVar, cast

from relaysim.engine.context import Context
from relaysim.engine.fast.binding import EventLoop, Library
from relaysim.engine.fast.flat_arrays import Arrays
from relaysim.engine.fast.layout import PROVIDER_STATE, STRUCTS
from relaysim.engine.reputation.administrator import Administrator
from relaysim.engine.reputation.blocklist_operator import BlocklistOperator
from relaysim.engine.reputation.listing_escalation import escalation_of
from relaysim.engine.reputation.listings import PARTIES, Board, Listings
from relaysim.engine.reputation.mailbox_provider import Memory, Provider
from relaysim.engine.reputation.provider_counters import DomainCounting, IpCounting
from relaysim.engine.reputation.scripted_listings import ScriptedListing
from relaysim.mail.provider_state import State
from relaysim.plan.names import Party
from relaysim.plan.plan import Plan
from relaysim.plan.reached import busiest_days, innocent_mail_a_day
from relaysim.plan.reputation_plan import ReputationPlan
from relaysim.plan.stream_plan import StreamPlan
from relaysim.trace import record as tables
from relaysim.trace.record import Rows
from relaysim.trace.tables import Level
from relaysim.traffic.draw import name_key
from relaysim.traffic.workload import Draws

F = TypeVar("F", bound=Callable[..., Any])


class SharedDomainCounters(ctypes.Structure, DomainCounting):
    """The counters of a domain, in memory that C++ reads and writes."""

    _fields_ = [(name, ctypes.c_int64) for name in STRUCTS["DomainCounters"]]

    def __init__(self, plan: ReputationPlan) -> None:
        super().__init__()
        self.begin(plan)


class SharedIpCounters(ctypes.Structure, IpCounting):
    """The counters of an IP."""

    _fields_ = [(name, ctypes.c_int64) for name in STRUCTS["IpCounters"]]

    def __init__(self, ip: int, age: int, usual_volume: int) -> None:
        super().__init__()
        self.begin(ip, age, usual_volume)


class SharedState(ctypes.Structure):
    """The state of an IP together with a sender domain: `ProviderState`."""

    _fields_ = [
        (f"{name}_address", ctypes.c_void_p) if points_to else (name, ctypes.c_int64)
        for name, points_to in PROVIDER_STATE.items()
    ]

    def __init__(self, number: int, ip: SharedIpCounters, domain: SharedDomainCounters) -> None:
        addresses = ctypes.addressof(ip), ctypes.addressof(domain)
        super().__init__(number, *addresses, State.GOOD, 0, -1)
        self.ip, self.domain = ip, domain


SHARED = Memory(
    cast("Any", SharedDomainCounters), cast("Any", SharedIpCounters), cast("Any", SharedState)
)
"""What makes the counters of a provider where C++ counts: a `Memory`."""


class SharedBoard(Board):
    """The listings in force, also as counts in an array that C++ reads."""

    def __init__(self, counts: Any, blocklists: int) -> None:
        super().__init__()
        self.counts, self.blocklists = counts, blocklists

    def change(self, ip: int, blocklist: int, by: int) -> None:
        """Add listings of an IP; a negative number removes them."""
        super().change(ip, blocklist, by)
        self.counts[ip * self.blocklists + blocklist] += by


class SharedProvider(Provider):
    """A provider whose reviews C++ begins, since most of them change nothing."""

    def __init__(
        self,
        functions: Library,
        run: int,
        context: Context,
        number: int,
        plan: ReputationPlan,
        key: int,
        busiest_days: Sequence[Mapping[int, int]],
    ) -> None:
        self._functions, self._run = functions, run
        super().__init__(context, number, plan, key, busiest_days, self._is_bulk, SHARED)

    def _is_bulk(self, receiver: int, stream: StreamPlan) -> bool:
        return bool(self._functions.is_bulk_sender(self._run, receiver, stream.number))

    def _schedule_review(self, due: int) -> None:
        self._functions.schedule_review(self._run, self.number, due)

    def change(self, number: int, new_state: State) -> None:
        """Change a state as a review found it, by its number among those of the provider."""
        state = list(self.states.values())[number]
        self._change(state, new_state)

    def end_day(self) -> None:
        """Count a day of the run that is over for each sender domain."""
        self._end_day()

    def block_persistent_senders(self) -> None:
        """Block the IPs that are throttled and send far above the limit for some hours."""
        self._block_persistent_senders()


class WatcherEvent:
    """An event of a watcher: what is called when it is due."""

    __slots__ = ("callbacks", "row")

    def __init__(self, row: int) -> None:
        self.callbacks: list[Callable[[Any], None]] = []
        self.row = row


def guarded(function: F) -> F:
    """Make a method of `Watchers` end the run at an exception."""

    @wraps(function)
    def call(self: "Watchers", *arguments: int) -> int:
        try:
            return int(function(self, *arguments) or 0)
        except BaseException as error:
            self.stop(error)
            return 0

    return cast("F", call)


class WatcherLoop:
    """The event loop in C++, as the watchers see it."""

    def __init__(self, library: Library, run: int, loop: EventLoop) -> None:
        self._library, self._run, self._loop = library, run, loop
        self._waiting: dict[int, WatcherEvent] = {}
        self._count = 0

    @property
    def tick(self) -> int:
        """Current time, microseconds since the start of the run."""
        return int(self._loop.tick)

    def at(
        self,
        tick: int,
        rank: int,
        entity: int = 0,
        recipient: int = 0,
        attempt: int = 0,
        row: int = -1,
    ) -> WatcherEvent:
        """Return a new event that is scheduled for a time, as `EventLoop.at`."""
        number, self._count = self._count, self._count + 1
        event = self._waiting[number] = WatcherEvent(row)
        self._library.at(self._run, tick, rank >> 60, entity, recipient, attempt, number)
        return event

    def due(self, number: int) -> None:
        """Call what waits for an event."""
        event = self._waiting.pop(number)
        for callback in event.callbacks:
            callback(event)


class WatcherRecord:
    """The part of the record that the watchers write."""

    def __init__(self, library: Library, run: int) -> None:
        self.level = partial(library.level, run)
        self.listings, self.actions = Rows(tables.Listings), Rows(tables.Actions)
        self.provider_states: list[tuple[int, int, int, Party]] = []


class WatcherLists:
    """The mailing lists, which C++ keeps, as the administrator sees them."""

    def __init__(self, library: Library, run: int, record: WatcherRecord) -> None:
        self._library, self._run, self._record = library, run, record
        self.paused: set[int] = set()

    def clean(self, stream: int, threshold: int) -> bool:
        """Remove spam traps and unknown users from a list, as `MailingLists.clean`."""
        return bool(self._library.clean(self._run, stream, threshold))

    def pause(self, stream: int, now: int) -> bool:
        """Pause a stream; return False if it was paused before."""
        if stream in self.paused:
            return False
        self.paused.add(stream)
        self._library.pause(self._run, stream, 1)
        self._record.level(Level.PAUSED, stream, now, 1)
        return True

    def resume(self, stream: int, now: int) -> None:
        """Let a stream send again."""
        if stream in self.paused:
            self.paused.remove(stream)
            self._library.pause(self._run, stream, 0)
            self._record.level(Level.PAUSED, stream, now, 0)


class WatcherVolumes:
    """The volume of each IP, which C++ counts."""

    def __init__(self, library: Library, run: int) -> None:
        self._library, self._run = library, run

    def within(self, ip: int, now: int, window: int) -> int:
        """Return how many messages an IP sent since the hour in which a window began."""
        return int(self._library.volume(self._run, ip, window))


class Watchers:
    """The watchers of a run, and the functions by which C++ calls them.

    C++ takes the functions when it makes the run; `begin` then makes the watchers, which schedule
    their first events.

    Attributes
    ----------
    error : BaseException or None
        What a watcher raised: it ended the run, since C++ knows no exceptions.
    """

    def __init__(self) -> None:
        self.error: BaseException | None = None

    def begin(self, functions: Library, run: int, plan: Plan, draws: Draws, arrays: Arrays) -> None:
        """Make the watchers, in the order of `relaysim.engine.wiring.wire`."""
        self.plan = plan
        self._memory: EventLoop = functions.loop(run).contents
        loop = self.loop = WatcherLoop(functions, run, self._memory)
        record = self.record = WatcherRecord(functions, run)
        # These have what watchers use of the classes whose places they take.
        context = Context(cast("Any", loop), cast("Any", record), cast("Any", None), plan)
        boards = iter(arrays.values[-2:])
        listings = Listings(
            context.loop,
            context.record,
            plan,
            lambda: SharedBoard(next(boards), len(plan.blocklists)),
        )
        busiest, usual = busiest_days(plan, draws), innocent_mail_a_day(plan, draws)

        def key(kind: str, name: str) -> int:
            return name_key(draws.seed, draws.replication, kind, name)

        self.operators = [
            BlocklistOperator(
                context,
                number,
                key("blocklist operator", blocklist.name),
                listings,
                cast("Any", WatcherVolumes(functions, run)),
                usual,
                escalation_of,
            )
            for number, blocklist in enumerate(plan.blocklists)
        ]
        self.providers = [
            None
            if receiver.reputation is None
            else SharedProvider(
                functions,
                run,
                context,
                number,
                receiver.reputation,
                key("provider", receiver.name),
                busiest,
            )
            for number, receiver in enumerate(plan.receivers)
        ]
        self.administrator = Administrator(
            context,
            key("administrator", ""),
            listings,
            self.operators,
            self.providers,
            cast("Any", WatcherLists(functions, run, record)),
            lambda: functions.move_culprits(run),
        )
        # Against all mail, or, where the coupling is off, against the culprits.
        party = 0 if plan.parties == (0,) else 2
        self.scripted = {
            number: ScriptedListing(
                self.operators[event.blocklist], event.subject * PARTIES + party, event.fixed
            )
            for number, event in enumerate(plan.script)
            if event.what == "listing"
        }

    @guarded
    def event(self, number: int) -> None:
        """Call what waits for an event of the watchers."""
        self.loop.due(number)

    @guarded
    def new_state(self, receiver: int, stream: int, egress: int) -> int:
        """Return the address of the state of a provider for the mail of a stream from an IP."""
        state: Any = self._provider(receiver).state(self.plan.streams[stream], egress)
        return ctypes.addressof(state)

    @guarded
    def change_state(self, receiver: int, number: int, new_state: int) -> None:
        """Change a state of a provider, after a review."""
        self._provider(receiver).change(number, State(new_state))

    @guarded
    def block_persistent_senders(self, receiver: int) -> None:
        """Block the IPs that keep sending above the limit of a provider."""
        self._provider(receiver).block_persistent_senders()

    @guarded
    def end_day(self, receiver: int) -> None:
        """Count a day of the run that is over at a provider."""
        self._provider(receiver).end_day()

    @guarded
    def start_hour(self, receiver: int, ip: int) -> None:
        """Begin an hour of the counters of an IP."""
        provider = self._provider(receiver)
        provider.ips[ip].start_hour(self.loop.tick, provider.plan)

    @guarded
    def trap_hit(self, owner: int, ip: int, domain: int) -> None:
        """Tell the lists of an owner of spam traps of a hit."""
        for blocklist in self.plan.operators[owner].blocklists:
            self.operators[blocklist].trap_hit(ip, domain)

    @guarded
    def report(self, ip: int) -> None:
        """Tell the lists to which users report mail of a report."""
        for operator in self.operators:
            if operator.plan.trigger == "scored_ratio":
                operator.report(ip)

    @guarded
    def compromised(self, ip: int) -> None:
        """Tell all operators of a message of a compromised host."""
        for operator in self.operators:
            operator.compromised(ip)

    @guarded
    def ndr(self, egress: int) -> None:
        """Tell the administrator of innocent mail that bounced for its IP or domain."""
        self.administrator.ndr(egress)

    @guarded
    def scripted_listing(self, number: int, begins: int) -> None:
        """Begin or finish a listing of the script."""
        listing = self.scripted[number]
        (listing.begin if begins else listing.finish)()

    def breathe(self) -> None:
        """Let Python note signals, such as Ctrl-C, in the middle of a long run."""

    def end(self) -> None:
        """End the run after this event."""
        self._memory.finished = 1

    def stop(self, error: BaseException) -> None:
        """End the run after this event, for an error."""
        self.error = self.error or error
        self.end()

    def _provider(self, receiver: int) -> SharedProvider:
        provider = self.providers[receiver]
        assert provider is not None
        return provider
