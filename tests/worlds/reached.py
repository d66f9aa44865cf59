"""What occurs in a run: the things that random worlds should reach."""

import re
from collections.abc import Iterator

import numpy as np

from relaysim.mail import reply
from relaysim.mail.provider_state import State
from relaysim.plan.names import QueueKind
from relaysim.plan.plan import Plan
from relaysim.trace.duplicates import duplicates, standing
from relaysim.trace.tables import (
    NO_CAUSE,
    PROVIDER_CAUSE,
    Action,
    Cause,
    Level,
    Signal,
    Status,
    Trace,
    Visit,
)
from worlds.random_worlds import Tables

SWITCHES = (
    *("listing", "widening", "provider_ip", "provider_domain"),
    *("back_off", "contention", "reaction"),
)
_VALUES = {
    Level.VERSION_BUCKETS: (0, 1, 2),
    Level.SUBMISSION_QUEUE: (0, 1, 2),
    # What lay on a drive is never less than before.
    Level.QUEUE_DISK: (1, 2),
    Level.LOG_DISK: (1, 2),
    Level.PROVIDER: (0, 1, 2, 3),
}
_DAY = 86_400_000_000
EXPECTED = (
    *(f"status {member.name}" for member in Status),
    *(f"visit {member.name}" for member in Visit),
    *(f"level {level.name} {value}" for level in Level for value in _VALUES.get(level, (0, 1))),
    *(f"signal {member.name}" for member in Signal),
    *(f"action {member.name}" for member in Action),
    *(f"listing {member.name}" for member in Cause),
    *(f"state {state.name}" for state in State),
    *(f"coupling without {switch}" for switch in SWITCHES),
    *(f"back_off {value}" for value in ("source", "stream", "none")),
    *(f"sent with priority {value}" for value in (0, 1, 2)),
    *(f"quota of priority {value} reached" for value in (0, 1, 2)),
    *(f"{name} reached" for name in ("max_outbound", "connections of a queue", "sessions")),
    *(f"size band {band} of {bands}" for bands in (1, 2) for band in range(bands + 1)),
    *("linked connector", "transfer to another hub"),
    *("transfer lost: the other hub stopped", "transfer waits: the other hub is down"),
    *("late acknowledgement", "acknowledgement at the longest delay", "connection rate"),
    *("session cut off by a stop", "commit cut off by a stop", "wait for a core cut off by a stop"),
    *("stream suspended", "stream suspended twice in a row", "queue in Retry twice in a row"),
    *("delay notice", "NDR", "expiry without an attempt", "expiry on acceptance", "second attempt"),
    *("greylisted", "greylisted, then accepted"),
    *("some recipients bounce", "some recipients refused", "recipients of several next hops"),
    *("time-out before the commit", "time-out after the commit", "message lost after a time-out"),
    *("duplicate", "duplicate of some recipients", "duplicate of a duplicate"),
    "duplicate arrives first",
    *("mail proxied to another hub", "server behind a front end stopped"),
    "mail proxied to the site of the mailboxes",
    *("outbound mail proxied", "server that proxies outbound mail stopped"),
    *("message sent several times", "mailing list address removed", "moved queue used"),
    *("refused for a requirement", "deferred for a requirement", "resolver fault"),
    *("old server blocked", "old server throttled"),
    *("refusal by a list", "refusal by a provider", "lookup with an answer", "lookup without one"),
    *("domain listed for its hits", "refusal by a list of domains", "action about a domain"),
    *("domain looked up", "new sender domain"),
    *("second day", "ends at the horizon", "ends early"),
    "rate to a destination reached",
    *("recipients of a next hop divided", "message with few recipients sent first"),
    *("core time of a receive connector", "core time of a send connector"),
    "core time of a receive connector for another hub",
    *("IP in warm-up", "IP in warm-up to a destination"),
    *("one of a pool of IPs", "another IP by sender domain"),
    *("by round robin", "by least connections", "client behind source NAT"),
    *("straight to a relay service", "relay service down for a host"),
    *("deferred by a relay service at submission", "refused by a relay service at submission"),
    *("smart host is a load balancer", "load balancer without a hub that runs"),
    *("stops of a hub overlap", "outages overlap", "listings overlap"),
)


def reached(tables: Tables, plan: Plan, trace: Trace) -> set[str]:
    """Return the names of what occurs in a run, most of them in `EXPECTED`."""
    return {
        *_enumerations(trace),
        *_replies(plan, trace),
        *_settings(tables, plan, trace),
        *_submission(plan, trace),
        *_duplicates(trace),
        *_balancers(tables, plan, trace),
        *_straight(plan, trace),
        *_public_ips(plan, trace),
        *_delivery(plan, trace),
        *_script(plan),
    }


def _enumerations(trace: Trace) -> Iterator[str]:
    for table, column, kind, members in (
        (trace.recipients, "status", "status", Status),
        (trace.visits, "visit", "visit", Visit),
        (trace.signals, "signal", "signal", Signal),
        (trace.actions, "action", "action", Action),
        (trace.listings, "cause", "listing", Cause),
    ):
        for value in np.unique(table[column]).tolist():
            yield f"{kind} {members(value).name}"
    levels = np.unique(np.stack([trace.levels["level"], trace.levels["value"]]), axis=1)
    for level, value in levels.T.tolist():
        yield f"level {Level(level).name} {value}"
        if level == Level.PROVIDER:
            yield f"state {State(value).name}"
    for answer in np.unique(trace.lookups["listed"]).tolist():
        yield "lookup with an answer" if answer else "lookup without one"
    triggered = trace.listings["cause"] == Cause.TRIGGER
    for name, table, chosen in (
        ("domain listed for its hits", trace.listings, triggered),
        ("domain looked up", trace.lookups, True),
        ("action about a domain", trace.actions, True),
    ):
        if ((table["sender_domain"] >= 0) & chosen).any():
            yield name
    yield "ends at the horizon" if (trace.recipients["status"] == 0).any() else "ends early"
    if trace.end > _DAY:
        yield "second day"


def _replies(plan: Plan, trace: Trace) -> Iterator[str]:
    """Each reply by who gives it, without numbers, and the tables that refer to it."""
    for table, of in (
        (trace.attempts, "attempt"),
        (trace.refusals, "submission"),
        (trace.recipients, "recipient"),
    ):
        for number in np.unique(table["reply"]).tolist():
            if number < 0:
                continue
            yield f"reply to {of}: {_plain(trace.names.replies[number])}"
            yield from _of_receivers(plan, trace.names.replies[number], trace.names.causes[number])
            cause = trace.names.causes[number]
            if cause == PROVIDER_CAUSE:
                yield "refusal by a provider"
            elif cause >= 0:
                domains = plan.blocklists[cause].lists_domains
                yield "refusal by a list of domains" if domains else "refusal by a list"


def _of_receivers(plan: Plan, text: str, cause: int) -> Iterator[str]:
    """Replies for what mail lacks, for the version of a server, and of lists that fail."""
    if ".7.230 " in text:
        yield "old server blocked" if text.startswith("5") else "old server throttled"
    required = [each for receiver in plan.receivers for each in receiver.requires]
    for what, texts in (
        ("refused", {each.refusal for each in required}),
        ("deferred", {each.deferral for each in required}),
    ):
        # The texts end with fields, or have none.
        if any(text.startswith(each.partition("{")[0]) for each in texts):
            yield f"{what} for a requirement"
    if (
        cause == NO_CAUSE
        and "blocked" in text
        and any(e.what == "resolver_fault" for e in plan.script)
    ):
        yield "resolver fault"


def _plain(text: str) -> str:
    """A reply without addresses, numbers and names."""
    text = re.sub(
        r"https?://\S+|[\w.-]+@[\w.-]+|\b(?:[\w-]+\.)+(?:example|com|net|org|zone)\b", "x", text
    )
    head = text[:3]
    return head + re.sub(r"[0-9]+", "0", text[3:])


def _settings(tables: Tables, plan: Plan, trace: Trace) -> Iterator[str]:
    for switch, on in tables.get("coupling", {}).items():
        if not on:
            yield f"coupling without {switch}"
    if len(trace.names.provider_states):
        yield f"back_off {plan.operations.back_off}"
    if plan.linked and (trace.messages["connector"] >= 0).any():
        yield "linked connector"
    message = trace.transactions["message"]
    for size in np.unique(np.searchsorted(plan.bands, trace.messages["size"][message])).tolist():
        yield f"size band {size} of {len(plan.bands)}"


def _duplicates(trace: Trace) -> Iterator[str]:
    messages, refusals, rows = trace.messages, trace.refusals, duplicates(trace)
    texts = np.array([*trace.names.replies, ""])
    timed_out = refusals["message"][texts[refusals["reply"]] == str(reply.CONNECTION_TIMED_OUT)]
    times = refusals["time"][texts[refusals["reply"]] == str(reply.CONNECTION_TIMED_OUT)]
    committed = messages["committed"][timed_out]
    if (committed > times).any():
        yield "time-out before the commit"
    if ((committed >= 0) & (committed < times)).any():
        yield "time-out after the commit"
    status = trace.recipients["status"][messages["first_recipient"][timed_out]]
    if ((committed < 0) & (status == Status.ABANDONED)).any():
        yield "message lost after a time-out"
    if not len(rows):
        return
    yield "duplicate"
    original = trace.recipients["message"][messages["parent"][rows]]
    if (messages["recipients"][rows] < messages["recipients"][original]).any():
        yield "duplicate of some recipients"
    if len(np.unique(original)) < len(original):
        yield "duplicate of a duplicate"
    first, taken = messages["first_recipient"][rows], standing(trace)
    if (taken[first] == first).any():
        yield "duplicate arrives first"


def _submission(plan: Plan, trace: Trace) -> Iterator[str]:
    messages, visits = trace.messages, trace.visits
    late = messages["acknowledged"] > messages["committed"]
    if (late & (messages["committed"] >= 0)).any():
        yield "late acknowledgement"
    delays = np.array([c.max_acknowledgement_delay for c in plan.connectors], np.int64)
    sent = messages["connector"] >= 0
    waited = (messages["acknowledged"] - messages["committed"])[sent]
    longest = delays[messages["connector"][sent]]
    if ((waited == longest) & (longest > 0)).any():
        yield "acknowledgement at the longest delay"
    downs = trace.levels["level"] == Level.HUB_DOWN
    stops = set(trace.levels["time"][downs & (trace.levels["value"] == 1)].tolist())
    for kind, name in ((Visit.COMMIT, "commit"), (Visit.SESSION, "session")):
        of = visits["visit"] == kind
        ends = (
            visits["end"][of][visits["start"][of] < 0]
            if kind == Visit.COMMIT
            else visits["end"][of]
        )
        if stops & set(ends.tolist()):
            yield f"{name} cut off by a stop"
    cores = np.isin(visits["visit"], (Visit.RECEIVE, Visit.SEND))
    if stops & set(visits["end"][cores & (visits["start"] < 0)].tolist()):
        yield "wait for a core cut off by a stop"
    hubs = [c.hub for c in plan.connectors]
    taken = sent & (messages["hub"] >= 0)
    if (np.array(hubs, np.int64)[messages["connector"][taken]] != messages["hub"][taken]).any():
        yield "mail proxied to another hub"
    for connector, hub in set(
        zip(messages["connector"][taken].tolist(), messages["hub"][taken].tolist(), strict=True)
    ):
        own = plan.connectors[connector].proxies_to
        if own and hub not in own:
            yield "mail proxied to the site of the mailboxes"
    if str(reply.TEMPORARY_SERVER_ERROR) in {
        trace.names.replies[number] for number in np.unique(trace.refusals["reply"]).tolist()
    }:
        yield "server behind a front end stopped"
    rates = {
        c.station: plan.hubs[hub].connection_rate
        for c, hub in zip(plan.connectors, hubs, strict=True)
    }
    session = visits["visit"] == Visit.SESSION
    delayed = session & (visits["start"] > visits["enter"])
    if any(rates[station] for station in np.unique(visits["station"][delayed]).tolist()):
        yield "connection rate"
    most = [c.max_recipients_per_message for c in plan.connectors]
    several = messages["recipients"][sent] > np.array(most, np.int64)[messages["connector"][sent]]
    if (several & (np.array(most, np.int64)[messages["connector"][sent]] > 0)).any():
        yield "message sent several times"
    refused = trace.recipients["status"] == Status.REFUSED
    counts = np.bincount(trace.recipients["message"][refused], minlength=len(messages))
    if ((counts > 0) & (counts < messages["recipients"])).any():
        yield "some recipients refused"
    for host in plan.hosts:
        if host.sessions and not host.by_mailbox_server and session.any():
            streams = [s.number for s in plan.streams if s.host == plan.hosts.index(host)]
            mine = session & np.isin(messages["stream"][visits["subject"] * session], streams)
            if _most(visits["start"][mine], visits["end"][mine]) >= host.sessions:
                yield "sessions reached"


def _straight(plan: Plan, trace: Trace) -> Iterator[str]:
    """Hosts that submit straight to a relay service."""
    relay = np.array([connector.relay for connector in plan.connectors] + [-1], np.int64)
    if (relay[trace.messages["connector"][trace.messages["acknowledged"] >= 0]] >= 0).any():
        yield "straight to a relay service"
    refused = relay[trace.refusals["connector"]] >= 0
    for number in np.unique(trace.refusals["reply"][refused]).tolist():
        text = trace.names.replies[number]
        if text == str(reply.UNABLE_TO_CONNECT):
            yield "relay service down for a host"
        else:
            verb = "refused" if text.startswith("5") else "deferred"
            yield f"{verb} by a relay service at submission"


def _balancers(tables: Tables, plan: Plan, trace: Trace) -> Iterator[str]:
    for number, host in enumerate(plan.hosts):
        streams = [stream.number for stream in plan.streams if stream.host == number]
        mine = np.isin(trace.messages["stream"], streams)
        connectors = set(trace.messages["connector"][mine].tolist())
        lost = np.isin(trace.refusals["message"], np.flatnonzero(mine))
        nowhere = (trace.refusals["hub"][lost] < 0).any()
        for server in host.servers:
            if server.balancer < 0:
                continue
            if nowhere:
                yield "load balancer without a hub that runs"
            for target in host.submission_targets[server.first : server.first + server.length]:
                if target.connector in connectors:
                    least = plan.balancers[server.balancer].least_connections
                    yield "by least connections" if least else "by round robin"
                    if tables["load_balancers"]["front"]["source_nat"]:
                        yield "client behind source NAT"
    if any(plan.queues[number].balancer >= 0 for number in set(trace.attempts["queue"].tolist())):
        yield "smart host is a load balancer"


def _public_ips(plan: Plan, trace: Trace) -> Iterator[str]:
    used = set(np.unique(trace.attempts["queue"]).tolist())
    for number in used:
        delay = plan.queues[number].rate_delay
        mine = (trace.attempts["queue"] == number) & (trace.attempts["start"] >= 0)
        if delay and (np.diff(np.sort(trace.attempts["start"][mine])) == delay).any():
            yield "rate to a destination reached"
    sent = {plan.queues[number].egress for number in used}
    for warm_up in plan.warm_ups:
        if warm_up.egress in sent:
            yield "IP in warm-up" + " to a destination" * (warm_up.receiver >= 0)
    yield from _outbound_proxies(plan, trace)
    for (_, sender), choices in plan.ip_choices.items():
        if used & {choice.queue for choice in choices}:
            if len(choices) > 1:
                yield "one of a pool of IPs"
            if sender >= 0:
                yield "another IP by sender domain"


def _outbound_proxies(plan: Plan, trace: Trace) -> Iterator[str]:
    attempts = trace.attempts
    usual = np.array([queue.egress for queue in plan.queues], np.int64)[attempts["queue"]]
    proxied = attempts["egress"] != usual
    if proxied.any():
        yield "outbound mail proxied"
    dropped = [n for n, text in enumerate(trace.names.replies) if "dropped" in text]
    cut = attempts["end"][proxied & np.isin(attempts["reply"], dropped)]
    starts = trace.levels["time"][trace.levels["level"] == Level.HUB_DOWN]
    # A stop of the hub itself ends its attempts at once; that of a proxy is noticed later.
    late = not np.isin(cut, starts).all()
    if late and not any(event.what == "line outage" for event in plan.script):
        yield "server that proxies outbound mail stopped"


def _most(starts: np.ndarray, ends: np.ndarray) -> int:
    """The most intervals that overlap; an end of -1 is that of the run."""
    if not len(starts):
        return 0
    ends = np.where(ends < 0, np.iinfo(np.int64).max, ends)
    times = np.concatenate([ends, starts])
    by = np.repeat([-1, 1], [len(ends), len(starts)])
    return int(np.cumsum(by[np.argsort(times, kind="stable")]).max())


def _delivery(plan: Plan, trace: Trace) -> Iterator[str]:
    transactions, attempts, recipients = trace.transactions, trace.attempts, trace.recipients
    kinds = np.array([queue.kind for queue in plan.queues])
    parent = transactions["parent"]
    if (parent >= 0).any():
        yield "transfer to another hub"
    transfer = kinds[attempts["queue"]] == QueueKind.TRANSFER
    for number in np.unique(attempts["reply"][transfer]).tolist():
        text = trace.names.replies[number] if number >= 0 else ""
        if "dropped" in text:
            yield "transfer lost: the other hub stopped"
        if "Unable to connect" in text:
            yield "transfer waits: the other hub is down"
    yield from _limits(plan, trace)
    yield from _jobs(plan, trace)
    yield from _own_costs(plan, trace)
    if (attempts["attempt"] > 0).any():
        yield "second attempt"
    unsent = (attempts["start"] < 0) & (attempts["end"] >= 0)
    if unsent.any():
        yield "expiry without an attempt"
    known = np.unique(attempts["transaction"])
    last = recipients["transaction"][recipients["status"] == Status.EXPIRED]
    if not np.isin(last, known).all():
        yield "expiry on acceptance"
    parents = trace.messages["parent"]
    caused = recipients["status"][parents[parents >= 0]]
    ends = recipients["end"][parents[parents >= 0]]
    created = trace.messages["created"][parents >= 0]
    yield from {
        "NDR" if status in (Status.BOUNCED, Status.EXPIRED) and end == when else "delay notice"
        for status, end, when in zip(caused.tolist(), ends.tolist(), created.tolist(), strict=True)
    }
    bounced = recipients["status"] == Status.BOUNCED
    count = np.bincount(recipients["message"][bounced], minlength=len(trace.messages))
    if ((count > 0) & (count < trace.messages["recipients"])).any():
        yield "some recipients bounce"
    greylisted = {receiver.greylisted for receiver in plan.receivers} - {""}
    numbers = [n for n, text in enumerate(trace.names.replies) if text in greylisted]
    deferred = attempts["transaction"][np.isin(attempts["reply"], numbers)]
    if len(deferred):
        yield "greylisted"
        through = recipients["transaction"][recipients["status"] == Status.DELIVERED]
        if np.isin(through, deferred).any():
            yield "greylisted, then accepted"
    first = parent < 0
    if (np.bincount(transactions["message"][first]) > 1).any():
        yield "recipients of several next hops"
    if len(np.unique(attempts["queue"])) and any(
        plan.queues[queue].moved for queue in np.unique(attempts["queue"]).tolist()
    ):
        yield "moved queue used"
    suppressed = recipients["status"] == Status.SUPPRESSED
    paused = (trace.levels["level"] == Level.PAUSED).any()
    if suppressed.any() and not paused:
        yield "mailing list address removed"
    retry = (trace.levels["level"] == Level.QUEUE_RETRY) & (trace.levels["value"] == 1)
    failed = np.isin(attempts["queue"], trace.levels["subject"][retry])
    if (failed & (attempts["opened"] == 1) & (attempts["attempt"] > 1)).any():
        yield "queue in Retry twice in a row"
    causes = np.array([*trace.names.causes, -1], np.int64)[attempts["reply"]]
    held = causes == PROVIDER_CAUSE
    held &= np.array([*(text[:1] == "4" for text in trace.names.replies), False])[attempts["reply"]]
    if held.any() and plan.operations.back_off == "stream":
        yield "stream suspended"
        if (held & (attempts["attempt"] > 0)).any():
            yield "stream suspended twice in a row"


def _own_costs(plan: Plan, trace: Trace) -> Iterator[str]:
    """Work by connectors whose core time is not that of their hub."""
    taken = trace.messages["connector"][trace.messages["committed"] >= 0]
    if any(plan.connectors[number].receive for number in np.unique(taken).tolist() if number >= 0):
        yield "core time of a receive connector"
    queues = np.unique(trace.attempts["queue"][trace.attempts["start"] >= 0]).tolist()
    if any(plan.queues[number].send for number in queues):
        yield "core time of a send connector"
    if any(any(plan.queues[number].receive) for number in queues):
        yield "core time of a receive connector for another hub"


def _jobs(plan: Plan, trace: Trace) -> Iterator[str]:
    """Transactions of Postfix: parts of a next hop, and which message was sent first."""
    sent = trace.transactions
    keys = np.stack([sent[name] for name in ("message", "queue", "parent", "queued")])
    if np.unique(keys, axis=1).shape[1] < len(sent):
        yield "recipients of a next hop divided"
    attempts = trace.attempts
    for number, queue in enumerate(plan.queues):
        if plan.hubs[queue.hub].queue_manager is None:
            continue
        rows = (attempts["queue"] == number) & (attempts["start"] >= 0) & (attempts["attempt"] == 0)
        order = np.argsort(attempts["start"][rows], kind="stable")
        transaction = attempts["transaction"][rows][order]
        queued = sent["queued"][transaction]
        recipients = trace.messages["recipients"][sent["message"][transaction]]
        if ((np.diff(queued) < 0) & (np.diff(recipients) > 0)).any():
            yield "message with few recipients sent first"


def _limits(plan: Plan, trace: Trace) -> Iterator[str]:
    attempts = trace.attempts
    sent = attempts["start"] >= 0
    priority = np.array([stream.priority for stream in plan.streams], np.int64)
    message = trace.transactions["message"][attempts["transaction"]]
    priorities = priority[trace.messages["stream"][message]]
    for value in np.unique(priorities[sent]).tolist():
        yield f"sent with priority {value}"
    for number, queue in enumerate(plan.queues):
        mine = sent & (attempts["queue"] == number)
        if not mine.any():
            continue
        starts, ends = attempts["start"], attempts["end"]
        if queue.connections and _most(starts[mine], ends[mine]) >= queue.connections:
            yield "connections of a queue reached"
        quotas = plan.hubs[queue.hub].priority_quotas
        for value, quota in enumerate(quotas or ()):
            chosen = mine & (priorities == value)
            if queue.domain >= 0 and quota and _most(starts[chosen], ends[chosen]) >= quota:
                yield f"quota of priority {value} reached"
    outside = np.array([queue.domain >= 0 for queue in plan.queues])[attempts["queue"]]
    owner = np.array([queue.hub for queue in plan.queues])[attempts["queue"]]
    for number, hub in enumerate(plan.hubs):
        mine = sent & outside & (owner == number)
        limit = hub.outbound_connections
        if limit and _most(attempts["start"][mine], attempts["end"][mine]) >= limit:
            yield "max_outbound reached"


def _script(plan: Plan) -> Iterator[str]:
    if not all(domain.known for domain in plan.registered_domains):
        yield "new sender domain"
    names = {"stop": "stops of a hub overlap"}
    names |= dict.fromkeys(("outage", "mx outage", "line outage"), "outages overlap")
    names |= {"listing": "listings overlap", "resolver_fault": "resolver faults overlap"}
    for one in plan.script:
        for other in plan.script:
            same = (one.what, one.subject, one.blocklist) == (
                *(other.what, other.subject, other.blocklist),
            )
            if one is not other and same and one.at <= other.at < one.until:
                yield names[one.what]
