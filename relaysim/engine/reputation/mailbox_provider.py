"""Mailbox providers: what a large provider thinks of an IP and of a sender domain, and does."""

from typing import TYPE_CHECKING

from relaysim.engine.kernel import DESTINATION, EGRESS, STATE, Moment
from relaysim.engine.reputation.listings import OPERATOR, PARTIES
from relaysim.engine.reputation.provider_account import DAY, HOUR, Account, IpAccount, Standing
from relaysim.mail.provider_state import LEAVE, SCALE, State, blend, next_state, spike
from relaysim.plan.names import Party
from relaysim.plan.plan import StreamPlan
from relaysim.plan.reputation_plan import ReputationPlan
from relaysim.trace.tables import Level
from relaysim.traffic.draw import Decision, draw32, looked_up

if TYPE_CHECKING:
    from relaysim.engine.world import World

EVERY = 900_000_000
"""How often a provider makes up its mind: 15 minutes (assumption)."""


class Provider:
    """One destination that keeps reputations.

    Chance is drawn by its own key, counted by its own events with each IP. `asked` are the IPs for
    which a request is under way.
    """

    def __init__(self, world: "World", number: int, plan: ReputationPlan, key: int) -> None:
        self.world, self.number, self.plan, self.key = world, number, plan, key
        self.clock, self.record = world.clock, world.record
        self.ips: dict[int, IpAccount] = {}
        self.domains: dict[int, Account] = {}
        self.standings: dict[tuple[int, int], Standing] = {}
        self.known: dict[tuple[int, int], Standing] = {}
        self.events: dict[int, int] = {}
        self.asked: set[int] = set()
        self.throttled, self.cold, self.blocked = plan.throttled, plan.cold, plan.blocked
        self.junk = (0, plan.warn_junk, plan.throttle_junk, plan.throttle_junk)

    def standing(self, stream: StreamPlan, egress: int) -> Standing:
        """The standing of a stream's mail from an IP."""
        found = self.known.get((stream.number, egress))
        return self._look_up(stream, egress) if found is None else found

    def _look_up(self, stream: StreamPlan, egress: int) -> Standing:
        who = egress * PARTIES + stream.ip_party
        whose = stream.from_domain * PARTIES + stream.domain_party
        found = self.standings.get((who, whose))
        if found is None:
            found = self._new(who, whose, stream)
        self.known[stream.number, egress] = found
        return found

    def _new(self, who: int, whose: int, stream: StreamPlan) -> Standing:
        if not self.standings:
            due = (self.clock.tick // EVERY + 1) * EVERY
            self._settle(due)
        domain = self.domains.setdefault(whose, Account())
        accounts = self.record.provider_states
        found = Standing(len(accounts), self._account(who), domain)
        party = Party.ALL
        if stream.ip_party or stream.domain_party:
            party = Party.CULPRITS if stream.culprit else Party.INNOCENTS
        accounts.append((self.number, who // PARTIES, stream.from_domain, party))
        self.standings[who, whose] = found
        if self.clock.tick < found.ip.banned_until:
            self._enter(found, State.BLOCK)
        return found

    def _account(self, who: int) -> IpAccount:
        found = self.ips.get(who)
        if found is None:
            egress = self.world.plan.egress[who // PARTIES]
            busiest = self.world.busiest_days[who // PARTIES] if egress.known else {}
            usual = busiest.get(self.number, 0)
            found = self.ips[who] = IpAccount(who, egress.age, usual)
        return found

    def refuses(self, stream: StreamPlan, egress: int) -> str:
        """What the provider says to a message at MAIL FROM: "", or a reply that ends it.

        A reply in 4xx closes the connection. Who is not counted is not held to any rate.
        """
        standing = self.standing(stream, egress)
        ip, now = standing.ip, self.clock.tick
        if not stream.counted:
            return self.blocked if standing.state is State.BLOCK else ""
        if ip.hour != now // HOUR:
            ip.turn(now, self.plan)
        ip.tried += 1
        if standing.state is State.BLOCK:
            return self.blocked
        if standing.state is State.THROTTLE and ip.admitted >= self.plan.throttle_rate:
            return self.throttled
        if ip.cap is not None and ip.admitted >= ip.cap:
            return self.cold
        ip.admitted += 1
        ip.volume += 1
        return ""

    # What it sees.

    def unknown(self, stream: StreamPlan, egress: int) -> None:
        """Nobody of that name here."""
        standing = self.standing(stream, egress)
        for account in (standing.ip, standing.domain):
            account.attempted += SCALE
            account.unknown += SCALE

    def complaint(self, stream: StreamPlan, egress: int) -> None:
        """A user called a recipient spam."""
        standing = self.standing(stream, egress)
        standing.ip.complaints += SCALE
        standing.domain.complaints += SCALE

    def trapped(self, stream: StreamPlan, egress: int) -> None:
        """A recipient reached one of its own traps."""
        standing = self.standing(stream, egress)
        standing.ip.traps += SCALE
        standing.domain.traps += SCALE

    # What it makes of it.

    def _settle(self, due: int) -> None:
        moment = self.clock.at(due, STATE, DESTINATION | self.number)
        moment.callbacks.append(self._think)

    def _think(self, _: Moment) -> None:
        now, plan = self.clock.tick, self.plan
        if now % HOUR == 0:
            for account in (*self.ips.values(), *self.domains.values()):
                account.fade(plan.decay)
            if plan.persistence_time:
                self._ask_patience()
        for standing in self.standings.values():
            self._judge(standing)
        self._settle(now + EVERY)

    def _judge(self, standing: Standing) -> None:
        ip, now, plan = standing.ip, self.clock.tick, self.plan
        today = ip.volume if ip.day == now // DAY else 0
        bad = blend(
            ip.badness(plan) + spike(today, ip.busiest),
            standing.domain.badness(plan),
            plan.domain_weight,
        )
        if bad >= LEAVE:
            standing.below_since = None
        elif standing.below_since is None:
            standing.below_since = now
        state = next_state(
            standing.state, bad, standing.below_since, now, plan.recovery_time, plan.block_time
        )
        if state is State.BLOCK and standing.state is not State.BLOCK:
            self._block(standing)
        else:
            self._enter(standing, state)

    def _enter(self, standing: Standing, state: State) -> None:
        if state is standing.state:
            return
        standing.state = state
        standing.junk = self.junk[state]
        self.record.level(Level.PROVIDER, standing.number, self.clock.tick, state)
        if state is State.BLOCK:
            # A block lasts from here on, however good the conduct was before.
            standing.below_since = None

    def _of(self, ip: IpAccount) -> list[Standing]:
        """How an IP stands, with each of its sender domains."""
        return [standing for standing in self.standings.values() if standing.ip is ip]

    def _block(self, standing: Standing) -> None:
        """Block an IP for what it did; the first block may take others of the same /24 along."""
        who = standing.ip.who
        first = not any(each.state is State.BLOCK for each in self._of(standing.ip))
        self._enter(standing, State.BLOCK)
        if not first or not self.plan.widening:
            return
        egress, party = divmod(who, PARTIES)
        mine = self.world.plan.egress[egress]
        for number, other in enumerate(self.world.plan.egress):
            near = other.bits == mine.bits == 32 and other.address >> 8 == mine.address >> 8
            if number == egress or not near:
                continue
            if self._bits(Decision.PROVIDER_WIDENING, who) < self.plan.widening:
                self._ban(number * PARTIES + party)

    def _ban(self, who: int) -> None:
        """Block an IP for what its neighbour did."""
        ip = self._account(who)
        ip.banned_until = self.clock.tick + self.plan.block_time
        for standing in self._of(ip):
            self._enter(standing, State.BLOCK)

    def _ask_patience(self) -> None:
        """Who goes on hammering while it is throttled gets blocked."""
        now, plan = self.clock.tick, self.plan
        for ip in tuple(self.ips.values()):  # a block may add those of its neighbours
            slowed = [s for s in self._of(ip) if s.state is State.THROTTLE]
            tried = ip.tried if ip.hour == now // HOUR - 1 else 0
            hammers = bool(slowed) and tried * 1000 > plan.persistence * plan.throttle_rate
            ip.slow = ip.slow + 1 if hammers else 0
            if ip.slow * HOUR >= plan.persistence_time:
                ip.slow = 0
                for standing in slowed:
                    self._block(standing)

    def blocks(self, egress: int) -> bool:
        """Whether it refuses mail of an IP altogether."""
        return any(
            standing.state is State.BLOCK and standing.ip.who // PARTIES == egress
            for standing in self.standings.values()
        )

    def request(self, egress: int) -> bool:
        """The administrator asks for mitigation; False without such a form, or if he has asked."""
        table = self.plan.mitigation_time
        if table is None or egress in self.asked:
            return False
        self.asked.add(egress)
        wait = looked_up(table, self._bits(Decision.PROVIDER_MITIGATION, egress * PARTIES))
        done = self.clock.at(self.clock.tick + wait, STATE, EGRESS | egress, OPERATOR | self.number)
        done.callbacks.append(lambda _: self._mitigate(egress))
        return True

    def _bits(self, decision: Decision, who: int) -> int:
        event = self.events[who] = self.events.get(who, 0) + 1
        return draw32(self.key, decision, event)

    def _mitigate(self, egress: int) -> None:
        self.asked.discard(egress)
        for who, ip in self.ips.items():
            if who // PARTIES == egress:
                ip.clear()
                ip.banned_until = 0
        for standing in self.standings.values():
            if standing.ip.who // PARTIES == egress and standing.state is State.BLOCK:
                self._enter(standing, State.GOOD)
