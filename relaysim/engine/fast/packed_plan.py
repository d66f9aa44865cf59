"""A plan as flat arrays, and the plans that are packed already."""

from array import array
from collections import deque
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from relaysim.engine.fast.flat_arrays import NONE, Arrays, Row, arrays, fields, limits
from relaysim.engine.fast.layout import (
    BACK_OFF,
    FEEDBACK,
    GREYLIST,
    PLAN,
    PROVIDER_RULES,
    QUEUE_MANAGER,
    THRESHOLDS,
    WORDED,
)
from relaysim.engine.recorder import names
from relaysim.mail import remote_reply as remote
from relaysim.mail import reply
from relaysim.mail.transport_enforcement import STAGES
from relaysim.mail.watched_drive import Resource
from relaysim.plan.hub_plan import QueueManagerPlan
from relaysim.plan.plan import Plan
from relaysim.plan.requirement_plan import SenderPlan
from relaysim.plan.resource_plan import Cost
from relaysim.scenario.latest import MOST
from relaysim.scenario.problem import Problem, ScenarioError
from relaysim.trace.tables import Level, Names

NO_ROUTE = -2
_SCRIPTED = ("stop", "outage", "listing", "resolver_fault", "mx outage", "line outage")
_DRIVE = {Resource.DATABASE: Level.QUEUE_DISK, Resource.LOG: Level.LOG_DISK}
_NAMED = {
    "unable_to_connect": reply.UNABLE_TO_CONNECT,
    "accepted": remote.ACCEPTED,
    "message_expired": reply.MESSAGE_EXPIRED,
    "connection_dropped": reply.CONNECTION_DROPPED,
    "service_not_available": reply.SERVICE_NOT_AVAILABLE,
    "queued": reply.QUEUED.filled(message_id="id"),
    "insufficient_resources": reply.INSUFFICIENT_RESOURCES,
    "no_route_for_size": reply.NO_ROUTE_FOR_SIZE,
    "temporary_server_error": reply.TEMPORARY_SERVER_ERROR,
    "too_many_connections": remote.TOO_MANY_CONNECTIONS,
}
"""The replies that an engine gives by itself, by their names in the header."""
_WORDED = {
    "too_many_sessions": reply.TOO_MANY_CONNECTIONS,
    "too_many_sessions_of_source": reply.TOO_MANY_CONNECTIONS_PER_SOURCE,
    "insufficient_resources": reply.INSUFFICIENT_RESOURCES,
    "message_too_large": reply.MESSAGE_TOO_LARGE,
    "submission_rate_exceeded": reply.SUBMISSION_RATE_EXCEEDED,
    "queued": reply.QUEUED,
}
"""Those of a receive connector, in the wording of its hub."""
_OF_SESSION = ("connector", "source", "bypasses_size_limit", "error_delay", "verdict")
"""The session of a hub at a smart host; all -1 at another hub."""


@dataclass(frozen=True, eq=False)
class PackedPlan:
    """A plan for the compiled engine, the texts of its replies, and the names of its traces."""

    arrays: Arrays
    texts: tuple[str, ...]
    names: Names


_latest: deque[tuple[Plan, PackedPlan]] = deque(maxlen=3 * MOST)
"""The last packed plans: a comparison takes the replications of its designs in turn, each with
three coupled runs."""


def packed_plan(plan: Plan) -> PackedPlan:
    """Return a plan as flat arrays: the same object for one of the last plans.

    Raises
    ------
    ScenarioError
        If there is more of something than a word of the compiled engine can number.
    """
    for known, packed in _latest:
        if known is plan:
            return packed
    packed = _Packing(plan).packed()
    _latest.appendleft((plan, packed))
    return packed


class _Texts:
    """The texts of replies by number. Those about a public IP have a number for each, in a row."""

    def __init__(self, plan: Plan) -> None:
        self.ips = [egress.name for egress in plan.egress] or [""]
        self.texts: list[str] = []
        self._first: dict[str, int] = {}
        self._known: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of a text, the first of as many as there are IPs; -1 for none."""
        if not text:
            return NONE
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = len(self.texts)
            for ip in self.ips:
                filled = text.replace("{ip}", ip)
                self._first.setdefault(filled, len(self.texts))
                self.texts.append(filled)
        return known

    def same(self) -> list[int]:
        """Return for each number the first one with the same text: a reply is known by its text."""
        return [self._first[text] for text in self.texts]


class _Laws:
    """The laws of a plan by number: 32 bits a value where all of them fit."""

    def __init__(self) -> None:
        self.values: list[npt.NDArray[Any]] = []
        self._numbers: dict[int, int] = {}

    def number(self, law: "array[int]") -> int:
        number = self._numbers.get(id(law))
        if number is None:
            number = self._numbers[id(law)] = len(self.values)
            values = np.frombuffer(law, dtype=np.int64)
            fits = values.min() >= -(2**31) and values.max() < 2**31
            self.values.append(values.astype(np.int32) if fits else values)
        return number

    def rows(self) -> list[tuple[int, int, int]]:
        """Return pointer, length and whether the values have 64 bits."""
        return [(v.ctypes.data, len(v), int(v.itemsize == 8)) for v in self.values]


class _Packing:
    """The packing of one plan, subject by subject."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.texts, self.laws = plan, _Texts(plan), _Laws()
        senders = [stream.sender for stream in plan.streams if stream.sender is not None]
        self.header_domains = list(dict.fromkeys(sender.of.domain for sender in senders))
        self.primary_domains = list(dict.fromkeys(sender.primary for sender in senders))

    def packed(self) -> PackedPlan:
        plan = self.plan
        _require_room(plan)
        values = {
            **self._run(),
            **self._hosts(),
            **self._balancers(),
            **self._hubs(),
            **self._queues(),
            **self._ip_choices(),
            **self._receivers(),
            **self._relays(),
            **self._requirements(),
            **self._routes(),
            "lines": [fields(line, "bandwidth", "station") for line in plan.lines],
            "egress": [fields(egress, "network", "ptr") for egress in plan.egress],
            "blocklists": range(len(plan.blocklists)),
            "bands": plan.bands,
            "codes": [int(text[:3]) for text in self.texts.texts],
            "same_text": self.texts.same(),
            "laws": self.laws.rows(),
        }
        return PackedPlan(arrays(PLAN, values, self.laws), tuple(self.texts.texts), names(plan))

    def _run(self) -> dict[str, Any]:
        plan, law = self.plan, self.laws.number
        triggers = [blocklist.trigger for blocklist in plan.blocklists]
        run = {
            **fields(plan, "duration", "horizon", "linked"),
            "mailbox_time": law(plan.mailbox_time),
            "complaint_delay": law(plan.complaint_delay),
            "feedback_delay": law(plan.feedback_delay),
            "from_domains": len(plan.from_domains),
            "back_off": BACK_OFF.index(plan.operations.back_off),
            "week_offset": plan.operations.offset,
            "reacts": plan.operations.reacts,
            "counts_volume": any(blocklist.counts_volume for blocklist in plan.blocklists),
            "detects_compromise": any(
                blocklist.trigger == "compromise" and blocklist.compromise_time is not None
                for blocklist in plan.blocklists
            ),
            **{name: self.texts.number(str(text)) for name, text in _NAMED.items()},
            "header_domains": len(self.header_domains),
            "primary_domains": len(self.primary_domains),
        }
        streams = [
            fields(
                stream,
                *("host", "priority", "sender_domain", "sender_is_authoritative", "culprit"),
                *("counted", "compromised", "bounce_removals", "listing_party", "ip_party"),
                *("from_domain", "domain_party", "bulk"),
            )
            | self._sender(stream.sender)
            for stream in plan.streams
        ]
        script = [
            {
                **fields(event, "at", "until", "subject", "share", "count"),
                "what": _SCRIPTED.index(event.what),
            }
            for event in plan.script
        ]
        return {
            "run": [run],
            "streams": streams,
            "operators": [{"trap_delay": law(operator.trap_delay)} for operator in plan.operators],
            "reporting": [n for n, trigger in enumerate(triggers) if trigger == "scored_ratio"],
            "script": script,
        }

    def _sender(self, sender: SenderPlan | None) -> Row:
        if sender is None:
            none = dict.fromkeys(("aligned", "dmarc", "always_signed", "primary", "bulk_sender"), 0)
            return none | {"header_domain": NONE}
        return {
            "header_domain": self.header_domains.index(sender.of.domain),
            **fields(sender.of, "aligned", "dmarc"),
            "always_signed": sender.signed,
            "primary": self.primary_domains.index(sender.primary),
            "bulk_sender": sender.bulk_sender,
        }

    def _hosts(self) -> dict[str, Any]:
        plan = self.plan
        replies = [self.texts.number(text) for text in plan.replies]
        hosts, targets, servers, verdicts = list[Row](), list[Row](), list[Row](), list[Row]()
        mail, rcpt = list[list[int]](), list[list[int]]()
        verdict_of = np.full((len(plan.hosts), len(plan.connectors)), NONE, dtype=np.int64)
        for number, host in enumerate(plan.hosts):
            row = fields(
                host,
                *("by_mailbox_server", "outside", "account", "sessions"),
                "messages_per_connection",
                *("retry_every", "give_up_after", "round_trip", "bandwidth"),
            )
            row |= {"first_target": len(targets), "target_count": len(host.submission_targets)}
            row |= {"first_server": len(servers), "server_count": len(host.servers)}
            hosts.append(row)
            # The targets of all hosts stand in one array.
            servers += [
                server._replace(first=len(targets) + server.first)._asdict()
                for server in host.servers
            ]
            targets += [target._asdict() for target in host.submission_targets]
            for connector, verdict in host.verdicts.items():
                if connector < 0:  # no connector answers, so nothing follows the greeting
                    continue
                verdict_of[number, connector] = len(verdicts)
                timing = fields(
                    verdict.timing,
                    *("opening_time", "mail", "recipient", "content", "round_trip", "bandwidth"),
                    *("error_delay", "pipelining"),
                )
                verdicts.append(timing | fields(verdict, "bypasses_size_limit", "relays"))
                of_stream = [NONE] * len(plan.streams)
                for stream, given in verdict.mail.items():
                    of_stream[stream] = replies[given] if given >= 0 else NONE
                mail.append(of_stream)
                of_domain = [replies[given] if given >= 0 else NONE for given in verdict.rcpt]
                # No message is addressed to the domains of smart hosts.
                rcpt.append(of_domain + [NONE] * (len(plan.domains) - len(of_domain)))
        # After the verdicts for hosts those for hubs that are clients, as `_queues` numbers them.
        for queue in plan.queues:
            for session in filter(None, queue.sessions):
                of_stream = [replies[each] if each >= 0 else NONE for each in session.mail]
                mail.append(of_stream + [NONE] * (len(plan.streams) - len(of_stream)))
                of_domain = [replies[each] if each >= 0 else NONE for each in session.rcpt]
                rcpt.append(of_domain + [NONE] * (len(plan.domains) - len(of_domain)))
        takers = [hub for connector in plan.connectors for hub in connector.proxies_to]
        ends = accumulate(len(connector.proxies_to) for connector in plan.connectors)
        connectors = [
            {
                **fields(
                    connector,
                    *("hub", "station", "max_inbound_connection_percentage_per_source"),
                    *("message_rate_per", "max_recipients_per_message"),
                    "max_acknowledgement_delay",
                ),
                **limits(
                    connector,
                    *("max_inbound_connection", "max_inbound_connection_per_source"),
                    *("message_rate_limit", "max_message_size"),
                ),
                **{name: self._worded(name, connector.wording) for name in WORDED},
                "first_taker": end - len(connector.proxies_to),
                "taker_count": len(connector.proxies_to),
            }
            for connector, end in zip(plan.connectors, ends, strict=True)
        ]
        return {
            "hosts": hosts,
            "targets": targets,
            "servers": servers,
            "verdict_of": verdict_of,
            "verdicts": verdicts,
            "mail_replies": mail,
            "rcpt_replies": rcpt,
            "connectors": connectors,
            "takers": takers,
        }

    def _balancers(self) -> dict[str, Any]:
        ends = accumulate(len(balancer.hubs) for balancer in self.plan.balancers)
        balancers = [
            {
                "first_hub": end - len(balancer.hubs),
                "hub_count": len(balancer.hubs),
                **fields(balancer, "least_connections", "health_check_interval"),
            }
            for balancer, end in zip(self.plan.balancers, ends, strict=True)
        ]
        hubs = [hub for balancer in self.plan.balancers for hub in balancer.hubs]
        return {"balancers": balancers, "balanced_hubs": hubs}

    def _worded(self, name: str, wording: reply.Wording) -> int:
        text = str(reply.worded(_WORDED[name], wording))
        return self.texts.number(text.format(message_id="id"))

    def _hubs(self) -> dict[str, Any]:
        hubs, costs, drives = list[Row](), list[Row](), list[Row]()
        for hub in self.plan.hubs:
            delay = hub.pressure.reply_delay
            quotas = hub.priority_quotas or (0, 0, 0)
            hubs.append(
                {
                    **fields(
                        hub,
                        *("cores", "sends_first", "cpu_station", "commit_station"),
                        *("submission_station", "egress", "line", "dsn_stream"),
                        *("batch_size", "batch_timeout", "commit_write"),
                        *("connection_rate", "mailbox_submissions", "outbound_connections"),
                        *("connect_timeout", "reject_time", "skip_5xx_greeting", "shadow"),
                        *("message_retry_interval", "message_retry_factor"),
                        "message_retry_longest",
                        *("message_expiration_timeout", "delay_notification_timeout"),
                    ),
                    **fields(hub.retry, *hub.retry.__slots__),
                    **self._queue_manager(hub.queue_manager),
                    "has_quotas": hub.priority_quotas is not None,
                    **dict(zip(("high_quota", "normal_quota", "low_quota"), quotas, strict=True)),
                    **fields(hub.pressure, "version_bucket_size", "resource_monitoring_interval"),
                    **fields(hub.pressure, "delays_first", "version_buckets_history_depth"),
                    **fields(hub.pressure.used_version_buckets, *THRESHOLDS),
                    **fields(
                        hub.pressure, "submission_queue_watched", "submission_queue_history_depth"
                    ),
                    **{
                        f"queue_{name}": getattr(hub.pressure.submission_queue_length, name)
                        for name in THRESHOLDS
                    },
                    "delay_start": delay.start,
                    "delay_step": delay.step,
                    "delay_longest": delay.longest,
                    "first_drive": len(drives),
                    "drive_count": len(hub.pressure.drives),
                }
            )
            costs += map(self._cost, (hub.receive, hub.categorize, hub.antivirus, hub.send))
            drives += [
                {
                    "level": _DRIVE[drive.resource],
                    **fields(drive, "size", "used", "holds_mail"),
                    **fields(drive.thresholds, *THRESHOLDS),
                }
                for drive in hub.pressure.drives
            ]
        return {"hubs": hubs, "costs": costs, "drives": drives}

    @staticmethod
    def _queue_manager(postfix: QueueManagerPlan | None) -> Row:
        if postfix is None:
            return dict.fromkeys(QUEUE_MANAGER, 0)
        return {
            **fields(postfix, *QUEUE_MANAGER[:-2]),
            "positive_feedback": FEEDBACK.index(postfix.positive_feedback),
            "negative_feedback": FEEDBACK.index(postfix.negative_feedback),
        }

    def _cost(self, cost: Cost) -> Row:
        return {**fields(cost, "base", "per_kb"), "factors": self.laws.number(cost.factors)}

    def _queues(self) -> dict[str, Any]:
        queues, peers = list[Row](), list[Row]()
        rows = sum(len(host.verdicts) - (-1 in host.verdicts) for host in self.plan.hosts)
        for queue in self.plan.queues:
            row = fields(
                queue,
                *("hub", "reachable", "connections", "per_connection", "per_further_connection"),
                *(
                    "rate_delay",
                    "message_retry_interval",
                    "receiver",
                    "domain",
                    "egress",
                    "line",
                    "relay",
                    "balancer",
                ),
                *("tls", "below_baseline"),
            )
            row |= {"first_peer": len(peers), "peer_count": len(queue.to_hubs)}
            queues.append(row | {"has_sessions": bool(queue.sessions)})
            sessions = queue.sessions or (None,) * len(queue.to_hubs)
            for hub, text, session in zip(queue.to_hubs, queue.refusals, sessions, strict=True):
                peer = dict.fromkeys(_OF_SESSION, NONE)
                if session is not None:
                    peer = fields(session, *_OF_SESSION[:-1]) | {"verdict": rows}
                    rows += 1
                peers.append({"hub": hub, "refusal": self.texts.number(text)} | peer)
        moved = [self.plan.moved.get(number, NONE) for number in range(len(queues))]
        return {"queues": queues, "peers": peers, "moved": moved}

    def _ip_choices(self) -> dict[str, Any]:
        plan = self.plan
        # Without any choice the array is empty, as in most plans.
        shape = len(plan.queues) if plan.ip_choices else 0, len(plan.from_domains) + 1
        choice_of = np.full(shape, NONE, dtype=np.int64)
        choices, members = list[Row](), list[Row]()
        for (queue, sender), by_ip in plan.ip_choices.items():
            choice_of[queue, sender + 1] = len(choices)
            choices.append({"first": len(members), "length": len(by_ip)})
            members += [choice._asdict() for choice in by_ip]
        ends = accumulate(len(warm_up.volumes) for warm_up in plan.warm_ups)
        warm_ups = [
            fields(warm_up, "egress", "receiver")
            | {"first": end - len(warm_up.volumes), "length": len(warm_up.volumes)}
            for warm_up, end in zip(plan.warm_ups, ends, strict=True)
        ]
        return {
            "choice_of": choice_of,
            "choices": choices,
            "choice_members": members,
            "warm_ups": warm_ups,
            "volumes": [volume for warm_up in plan.warm_ups for volume in warm_up.volumes],
        }

    def _receivers(self) -> dict[str, Any]:
        plan, text = self.plan, self.texts.number
        ends = accumulate(len(receiver.requires) for receiver in plan.receivers)
        receivers = [
            {
                **fields(
                    receiver,
                    *("connect_failure", "mx_hosts", "unreachable_mx_hosts"),
                    *("defer", "connections_per_ip", "junk_share"),
                    *("dnsbl_ttl", "dnsbl_negative_ttl"),
                ),
                "connect_time": self.laws.number(receiver.connect_time),
                "response_time": self.laws.number(receiver.response_time),
                "deferral": text(receiver.deferral),
                "unknown_user": text(receiver.unknown_user),
                "greylisted": text(receiver.greylisted),
                **{name: getattr(receiver.greylist, name, 0) for name in GREYLIST},
                "keeps_reputation": receiver.reputation is not None,
                "throttled": text(receiver.reputation.throttled if receiver.reputation else ""),
                "cold": text(receiver.reputation.cold if receiver.reputation else ""),
                "blocked": text(receiver.reputation.blocked if receiver.reputation else ""),
                **{name: getattr(receiver.reputation, name, 0) for name in PROVIDER_RULES},
                "first_requirement": end - len(receiver.requires),
                "requirement_count": len(receiver.requires) if plan.unauthenticated else 0,
                **fields(receiver, "bulk_from", "bulk_junk"),
            }
            for receiver, end in zip(plan.receivers, ends, strict=True)
        ]
        refusals = np.full((len(plan.receivers), len(plan.blocklists), 2), NONE, dtype=np.int64)
        for place, refusal in plan.refusals.items():
            refusals[place] = text(refusal)
        return {"receivers": receivers, "receiver_of": plan.receiver_of, "refusals": refusals}

    def _requirements(self) -> dict[str, Any]:
        plan = self.plan
        required = [each for receiver in plan.receivers for each in receiver.requires]
        replies = [
            self.texts.number(text.replace("{domain}", domain))
            for each in required
            for domain in self.header_domains
            for text in (each.deferral, each.refusal)
        ]
        spf = np.ones((len(plan.streams), len(plan.egress)), dtype=np.int64)
        signs = np.zeros((len(plan.streams), len(plan.hubs)), dtype=np.int64)
        for number, stream in enumerate(plan.streams):
            if stream.sender is not None:
                spf[number] = stream.sender.spf
                signs[number, list(stream.sender.signers)] = 1
        return {
            "requirements": [
                fields(each, "lacking", "of_bulk", "defer", "refuse", "junk") for each in required
            ],
            "requirement_replies": replies,
            "spf": spf,
            "signs": signs,
        }

    def _relays(self) -> dict[str, Any]:
        relays, limits = list[Row](), list[Row]()
        for relay in self.plan.relays:
            first, count = len(limits), len(relay.connections)
            relays.append(
                {
                    "first_connection": first,
                    "connection_count": count,
                    "first_mail": first + count,
                    "mail_count": len(relay.mail),
                }
            )
            limits += [
                {
                    **fields(limit, *("counter", "counts", "per_ip", "window", "rolls", "limit")),
                    **fields(limit, "over", "counts_refused"),
                    "reply": self.texts.number(limit.reply),
                }
                for limit in (*relay.connections, *relay.mail)
            ]
        stages = [
            {
                **fields(stage, "day", "throttled", "blocked"),
                "throttle": self.texts.number(str(stage.throttle)),
                "block": self.texts.number(str(stage.block)),
            }
            for stage in STAGES
        ]
        return {
            "relays": relays,
            "relay_limits": limits,
            "stages": stages,
            "external": self.plan.external,
        }

    def _routes(self) -> dict[str, Any]:
        plan = self.plan
        connectors = len(plan.connectors) + 1 if plan.linked else 1
        shape = len(plan.hubs), connectors, len(plan.bands) + 1, len(plan.domains)
        routes = np.full(shape, NO_ROUTE, dtype=np.int64)
        for (hub, connector), tables in plan.routes.items():
            for band, table in enumerate(tables):
                routes[hub, connector + 1, band, : len(table)] = table
        return {"routes": routes}


def _require_room(plan: Plan) -> None:
    """Raise ScenarioError for numbers that do not fit into the parts of a word."""
    for noun, count, most in (
        ("hubs", len(plan.hubs), 1 << 13),
        ("hosts", len(plan.hosts), 1 << 13),
        ("egress", len(plan.egress), 1 << 13),
        ("destinations", len(plan.receivers), 1 << 13),
        ("streams", len(plan.streams), 1 << 15),
        ("connectors", len(plan.connectors), 1 << 15),
        ("stations", len(plan.stations), 1 << 15),
    ):
        if count > most:
            message = f"{count:,} are too many for the compiled engine: use --engine reference"
            raise ScenarioError([Problem((noun,), message)])
