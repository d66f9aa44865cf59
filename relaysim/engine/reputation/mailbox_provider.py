"""Mailbox providers: a state for each IP and sender domain, which decides about their mail."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from relaysim.engine.context import Context
from relaysim.engine.kernel import DESTINATION, EGRESS, STATE, Event
from relaysim.engine.reputation.listings import OPERATOR, PARTIES
from relaysim.engine.reputation.provider_counters import (
    DomainCounters,
    DomainCounting,
    IpCounters,
    IpCounting,
    ProviderState,
)
from relaysim.mail.authentication import Dmarc
from relaysim.mail.provider_state import LEAVE, SCALE, State, blend, next_state, spike
from relaysim.plan.names import Party
from relaysim.plan.reputation_plan import ReputationPlan
from relaysim.plan.stream_plan import StreamPlan
from relaysim.trace.tables import Level
from relaysim.traffic.draw import Decision, draw32, looked_up
from relaysim.units import DAY, HOUR

INTERVAL = 900_000_000
"""How often a provider reviews its states: 15 minutes (assumption)."""


class Memory(NamedTuple):
    """Where a provider keeps its counters: what makes those of a domain, of an IP, and a state."""

    domain: Callable[[ReputationPlan], DomainCounting] = DomainCounters
    ip: Callable[[int, int, int], IpCounting] = IpCounters
    state: Callable[[int, IpCounting, DomainCounting], ProviderState] = ProviderState


PYTHON = Memory()
"""Counters that are objects of Python."""


class Answer(Enum):
    """The answer to a request for mitigation."""

    ACCEPTED = "the provider will act on it"
    NONE = "it has no form, or a request is pending"
    INELIGIBLE = "a sender domain is not eligible"


class Provider:
    """One destination with reputation.

    Draws have a key of their own and are counted by events of the provider with each IP.

    Attributes
    ----------
    ips : dict of int to IpCounting
        By IP, see `listings.PARTIES`.
    domains : dict of int to DomainCounting
        By sender domain x 3 + party.
    states : dict of (int, int) to ProviderState
        By IP and sender domain.
    known : dict of (int, int) to ProviderState
        The same states by stream and egress, for a faster look-up.
    events : dict of int to int
        Draws so far, by IP.
    asked : set of int
        Egress IPs for which a request for mitigation is pending.
    busiest_days : sequence of mapping of int to int
        For each egress and destination the messages of its busiest day before the run.
    is_bulk_sender : callable
        Whether the domain of a stream is a bulk sender at a destination.
    """

    def __init__(
        self,
        context: Context,
        number: int,
        plan: ReputationPlan,
        key: int,
        busiest_days: Sequence[Mapping[int, int]],
        is_bulk_sender: Callable[[int, StreamPlan], bool],
        memory: Memory = PYTHON,
    ) -> None:
        self.loop, self.record, _, self.scenario_plan = context
        self.number, self.plan, self.key = number, plan, key
        self.busiest_days, self.memory = busiest_days, memory
        self.is_bulk_sender = is_bulk_sender
        self.ips: dict[int, IpCounting] = {}
        self.domains: dict[int, DomainCounting] = {}
        self.states: dict[tuple[int, int], ProviderState] = {}
        self.known: dict[tuple[int, int], ProviderState] = {}
        self.events: dict[int, int] = {}
        self.asked: set[int] = set()
        self.throttled, self.cold, self.blocked = plan.throttled, plan.cold, plan.blocked
        # By state: good, warned, throttled, blocked.
        self.junk = (0, plan.warn_junk, plan.throttle_junk, plan.throttle_junk)

    def state(self, stream: StreamPlan, egress: int) -> ProviderState:
        """Return the state for the mail of a stream from an IP."""
        state = self.known.get((stream.number, egress))
        return self._look_up(stream, egress) if state is None else state

    def _look_up(self, stream: StreamPlan, egress: int) -> ProviderState:
        ip = egress * PARTIES + stream.ip_party
        domain = stream.from_domain * PARTIES + stream.domain_party
        state = self.states.get((ip, domain))
        if state is None:
            state = self._new_state(ip, domain, stream)
        self.known[stream.number, egress] = state
        return state

    def _new_state(self, ip: int, domain: int, stream: StreamPlan) -> ProviderState:
        if not self.states:
            self._schedule_review((self.loop.tick // INTERVAL + 1) * INTERVAL)
        counters = self.domains.get(domain)
        if counters is None:
            counters = self.domains[domain] = self.memory.domain(self.plan)
        party = Party.ALL
        if stream.ip_party or stream.domain_party:
            party = Party.CULPRITS if stream.culprit else Party.INNOCENTS
        entries = self.record.provider_states
        state = self.memory.state(len(entries), self._ip_counters(ip), counters)
        entries.append((self.number, ip // PARTIES, stream.from_domain, party))
        self.states[ip, domain] = state
        if self.loop.tick < state.ip.banned_until:
            self._enter(state, State.BLOCK)
        return state

    def _ip_counters(self, ip: int) -> IpCounting:
        counters = self.ips.get(ip)
        if counters is None:
            egress = self.scenario_plan.egress[ip // PARTIES]
            busiest = self.busiest_days[ip // PARTIES] if egress.known else {}
            usual_volume = busiest.get(self.number, 0)
            counters = self.ips[ip] = self.memory.ip(ip, egress.age, usual_volume)
        return counters

    def refusal(self, stream: StreamPlan, egress: int) -> str:
        """Count a message at MAIL FROM and decide about it.

        A stream that is not counted has no rate limit.

        Returns
        -------
        str
            The reply that refuses the message, which closes the connection if its code is 4xx; ""
            if the message is accepted.
        """
        state = self.state(stream, egress)
        ip, now = state.ip, self.loop.tick
        if not stream.counted:
            return self.blocked if state.state == State.BLOCK else ""
        if ip.hour != now // HOUR:
            ip.start_hour(now, self.plan)
        ip.attempts += 1
        if state.state == State.BLOCK:
            return self.blocked
        if state.state == State.THROTTLE and ip.admitted >= self.plan.throttle_rate:
            return self.throttled
        if 0 <= ip.cap <= ip.admitted:
            return self.cold
        ip.admitted += 1
        ip.volume += 1
        return ""

    # Signals.

    def unknown_user(self, stream: StreamPlan, egress: int) -> None:
        """Count a recipient that does not exist."""
        state = self.state(stream, egress)
        for counters in (state.ip, state.domain):
            counters.attempted += SCALE
            counters.unknown += SCALE

    def complaint(self, stream: StreamPlan, egress: int) -> None:
        """Count a complaint of a user."""
        state = self.state(stream, egress)
        state.ip.complaints += SCALE
        state.domain.complaints += SCALE
        state.domain.complaints_today += 1

    def trap_hit(self, stream: StreamPlan, egress: int) -> None:
        """Count mail to a spam trap of the provider."""
        state = self.state(stream, egress)
        state.ip.traps += SCALE
        state.domain.traps += SCALE

    # Reviews.

    def _schedule_review(self, due: int) -> None:
        self.loop.at(due, STATE, DESTINATION | self.number).callbacks.append(self._review)

    def _review(self, _: Event) -> None:
        now, plan = self.loop.tick, self.plan
        if now % DAY == 0:
            self._end_day()
        if now % HOUR == 0:
            for counters in (*self.ips.values(), *self.domains.values()):
                counters.decay(plan.decay)
            if plan.persistence_time:
                self._block_persistent_senders()
        for state in self.states.values():
            self._judge(state)
        self._schedule_review(now + INTERVAL)

    def _end_day(self) -> None:
        if self.plan.mitigation_limit:  # 0: no rule about complaints
            for domain in self.domains.values():
                domain.end_day(self.plan)

    def _judge(self, state: ProviderState) -> None:
        ip, now, plan = state.ip, self.loop.tick, self.plan
        today = ip.volume if ip.day == now // DAY else 0
        bad = blend(
            ip.badness(plan) + spike(today, ip.busiest_day),
            state.domain.badness(plan),
            plan.domain_weight,
        )
        if bad >= LEAVE:
            state.below_since = -1
        elif state.below_since < 0:
            state.below_since = now
        new_state = next_state(
            State(state.state),
            bad,
            state.below_since if state.below_since >= 0 else None,
            now,
            plan.recovery_time,
            plan.block_time,
        )
        self._change(state, new_state)

    def _change(self, state: ProviderState, new_state: State) -> None:
        if new_state is State.BLOCK and state.state != State.BLOCK:
            self._block(state)
        else:
            self._enter(state, new_state)

    def _enter(self, state: ProviderState, new_state: State) -> None:
        if new_state == state.state:
            return
        state.state = new_state
        state.junk = self.junk[new_state]
        self.record.level(Level.PROVIDER, state.number, self.loop.tick, new_state)
        if new_state is State.BLOCK:
            # A block lasts from here on, however good the conduct was before.
            state.below_since = -1

    def _states_of(self, ip: IpCounting) -> list[ProviderState]:
        """Return the states of an IP with each of its sender domains."""
        return [state for state in self.states.values() if state.ip is ip]

    def _block(self, state: ProviderState) -> None:
        """Block an IP for its own mail; the first block may include other IPs of the same /24."""
        ip = state.ip.ip
        first = not any(other.state == State.BLOCK for other in self._states_of(state.ip))
        self._enter(state, State.BLOCK)
        if not first or not self.plan.widening:
            return
        number, party = divmod(ip, PARTIES)
        egress = self.scenario_plan.egress[number]
        for other_number, other in enumerate(self.scenario_plan.egress):
            near = other.bits == egress.bits == 32 and other.address >> 8 == egress.address >> 8
            if other_number == number or not near:
                continue
            if self._bits(Decision.PROVIDER_WIDENING, ip) < self.plan.widening:
                self._ban(other_number * PARTIES + party)

    def _ban(self, ip: int) -> None:
        """Block an IP for the mail of a neighbour."""
        counters = self._ip_counters(ip)
        counters.banned_until = self.loop.tick + self.plan.block_time
        for state in self._states_of(counters):
            self._enter(state, State.BLOCK)

    def _block_persistent_senders(self) -> None:
        """Block an IP that is throttled and sends far above the limit for some hours."""
        now, plan = self.loop.tick, self.plan
        for ip in tuple(self.ips.values()):  # a block may add the IPs of neighbours
            throttled = [s for s in self._states_of(ip) if s.state == State.THROTTLE]
            attempts = ip.attempts if ip.hour == now // HOUR - 1 else 0
            above = bool(throttled) and attempts * 1000 > plan.persistence * plan.throttle_rate
            ip.hours_above_rate = ip.hours_above_rate + 1 if above else 0
            if ip.hours_above_rate * HOUR >= plan.persistence_time:
                ip.hours_above_rate = 0
                for state in throttled:
                    self._block(state)

    # The administrator.

    def blocks(self, egress: int) -> bool:
        """Return whether the provider blocks mail of an IP."""
        return any(
            state.state == State.BLOCK and state.ip.ip // PARTIES == egress
            for state in self.states.values()
        )

    def request(self, egress: int) -> Answer:
        """Request mitigation for an IP, which helps all sender domains of the IP or none.

        That one domain without eligibility spoils the request of an IP is an assumption: Google
        speaks of bulk senders alone.
        """
        table = self.plan.mitigation_time
        if table is None or egress in self.asked:
            return Answer.NONE
        if not all(self._is_eligible(stream) for stream in self._blocked_streams(egress)):
            return Answer.INELIGIBLE
        self.asked.add(egress)
        wait = looked_up(table, self._bits(Decision.PROVIDER_MITIGATION, egress * PARTIES))
        done = self.loop.at(self.loop.tick + wait, STATE, EGRESS | egress, OPERATOR | self.number)
        done.callbacks.append(lambda _: self._mitigate(egress))
        return Answer.ACCEPTED

    def _blocked_streams(self, egress: int) -> Iterator[StreamPlan]:
        """Yield the streams that the provider has seen from an IP and blocks."""
        for (stream, ip), state in self.known.items():
            if ip == egress and state.state == State.BLOCK:
                yield self.scenario_plan.streams[stream]

    def _is_eligible(self, stream: StreamPlan) -> bool:
        """Return whether the provider grants mitigation for the mail of a stream.

        Notes
        -----
        Google, FAQ on its sender guidelines: only bulk senders that meet all requirements,
        one-click unsubscribe among them, are eligible, and only after seven days with complaints
        below 0.3 %. SPF and DKIM are left out here: mail without them is refused anyway.
        """
        sender, plan = stream.sender, self.plan
        if not plan.mitigation_limit or sender is None:
            return True
        if not self.is_bulk_sender(self.number, stream):
            return True
        domain = self.domains[stream.from_domain * PARTIES + stream.domain_party]
        complies = sender.of.dmarc != Dmarc.MISSING and sender.unsubscribe
        return complies and domain.good_days >= plan.mitigation_good_days

    def _bits(self, decision: Decision, ip: int) -> int:
        event = self.events[ip] = self.events.get(ip, 0) + 1
        return draw32(self.key, decision, event)

    def _mitigate(self, egress: int) -> None:
        self.asked.discard(egress)
        for ip, counters in self.ips.items():
            if ip // PARTIES == egress:
                counters.clear()
                counters.banned_until = 0
        for state in self.states.values():
            if state.ip.ip // PARTIES == egress and state.state == State.BLOCK:
                self._enter(state, State.GOOD)
