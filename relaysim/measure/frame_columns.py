"""The output contract, first half: every column of every frame, with unit and meaning.

The page on output is made from this module and from `measure.metric_catalogue`; a test compares the
frames with it.
"""

from typing import NamedTuple

ABSENT = "absent where it did not happen"


class Column(NamedTuple):
    """A column of a frame; the unit is "*" if another column has it."""

    name: str
    unit: str
    meaning: str


REPLICATION = Column("replication", "", "number of the replication, from 0")
PARTS_OF_LATENCY = (
    ("wait_host", "wait for the host: from creation until a session takes it, at the last attempt"),
    ("wait_commit", "wait for the batch of the queue database, at every hub"),
    ("wait_submission", "wait for a core to receive or categorize it, at every hub"),
    ("wait_delivery", "wait in a delivery queue for a connection, then for a core to send it"),
    ("wait_line", "wait for the Internet line"),
    ("wait_mailbox", "the same as `wait_delivery`, for delivery to mailboxes"),
    ("wait_retry", "wait for the next attempt: its queue in Retry, or the message not due yet"),
    ("service", "the rest: the time in service"),
)
HELD_PARTS = (
    ("wait_host_acknowledgement", "of `wait_host`: sessions of the host wait for acknowledgements"),
    ("wait_delivery_core", "of `wait_delivery`: transactions with a connection wait for a core"),
    ("wait_delivery_line", "of `wait_delivery`: transfers wait for the Internet line"),
    ("wait_mailbox_core", "of `wait_mailbox`: deliveries with a connection wait for a core"),
)

FRAMES: dict[str, tuple[Column, ...]] = {
    "messages": (
        REPLICATION,
        Column("message", "", "number of the message in the replication, from 0"),
        Column("host", "", "the host that made it; absent for a DSN"),
        Column("stream", "", "`host.stream`; `HUB.dsn` for a DSN"),
        Column("class", "", "the class of its stream; `dsn` for a DSN"),
        Column("number", "", "number within the stream, from 0"),
        Column("created", "s", "when it was created, since the start of the run"),
        Column("size", "B", "size"),
        Column("recipients", "", "number of its recipients"),
        Column("connected", "s", f"when a session took it, at the last attempt; {ABSENT}"),
        Column("committed", "s", f"when a hub had committed it; {ABSENT}"),
        Column("acknowledged", "s", f"when the host received the final 250; {ABSENT}"),
        Column("reply", "", "last reply at submission"),
        Column("connector", "", "`HUB/connector`; absent for mailbox submission and DSNs"),
        Column("hub", "", "the hub that accepted it"),
        Column("attempts", "", "attempts at submission"),
        Column(
            "parent",
            "",
            "for a DSN: the recipient that caused it; for a duplicate: the first recipient of the "
            "original message; else -1",
        ),
    ),
    "recipients": (
        REPLICATION,
        Column("recipient", "", "number of the recipient in the replication, from 0"),
        Column("message", "", "number of its message"),
        Column("stream", "", "`host.stream`; `HUB.dsn` for a DSN"),
        Column("destination", "", "class of domains; `internal` for the own mailboxes"),
        Column("domain", "", "domain of the recipient"),
        Column("hub", "", "the last hub that accepted it; absent if none did"),
        Column("egress", "", "the public IP of its last attempt; absent if it stayed inside"),
        Column("created", "s", "when its message was created"),
        Column("queued", "s", f"when it entered its last delivery queue; {ABSENT}"),
        Column("first_attempt", "s", f"when a connection of that queue first took it; {ABSENT}"),
        Column("end", "s", "when it became final; absent while in flight"),
        Column("attempts", "", "attempts in its last delivery queue"),
        Column("status", "", "final status"),
        Column("reply", "", "the reply that decided its final status"),
        Column("latency", "s", "creation to final 250; absent unless delivered or junked"),
        *(
            Column(name, "s", f"{text}; absent if no hub accepted it")
            for name, text in PARTS_OF_LATENCY
        ),
    ),
    "attempts": (
        REPLICATION,
        Column("transaction", "", "number of the transaction in the replication, from 0"),
        Column("message", "", "number of its message"),
        Column("attempt", "", "number of the attempt, from 0"),
        Column("queue", "", "`HUB->domain`, `HUB.mailbox`, or `HUB->HUB`"),
        Column("egress", "", "the public IP; absent if it stayed inside"),
        Column("enter", "s", "when it was ready to be sent: queued, or due again"),
        Column("start", "s", f"when a connection took it; {ABSENT}"),
        Column("end", "s", f"the verdict, or the failure to connect; {ABSENT}"),
        Column("reply", "", "reply of the other side"),
        Column("opened", "", "whether it opened its connection"),
        Column("recipients", "", "recipients of the attempt"),
    ),
    "listings": (
        REPLICATION,
        Column("egress", "", "the public IP; absent on a list of domains"),
        Column("sender_domain", "", "the registered domain of the sender, of a list of domains"),
        Column("blocklist", "", "the list"),
        Column("start", "s", "when it was published"),
        Column("end", "s", "when it was withdrawn; absent if it outlived the run"),
        Column(
            "cause",
            "",
            "`script` (of the scenario), `trigger` (hits of the IP or domain) or `widening` (hits "
            "of its neighbours)",
        ),
        Column(
            "against",
            "",
            "the mail that it affects: `all`, or `innocents` or `culprits` alone where "
            "`coupling.listing` is off",
        ),
    ),
    "refusals": (
        REPLICATION,
        Column("message", "", "number of the message that was submitted"),
        Column("host", "", "the host that submitted it"),
        Column("stream", "", "the stream, `host.stream`"),
        Column("hub", "", "the hub that refused it; absent if no hub has the address"),
        Column(
            "connector",
            "",
            "the receive connector, `HUB/connector`; absent if none answered, and for mailbox "
            "submission",
        ),
        Column("time", "s", "when the attempt ended"),
        Column("reply", "", "the reply that refused it, or the error of the connection"),
        Column("recipients", "", "recipients of the attempt that were refused"),
    ),
    "levels": (
        REPLICATION,
        Column("level", "", "kind of state"),
        Column(
            "subject",
            "",
            "a queue, a hub, a destination, a host, a stream, or for `provider` "
            "`DESTINATION EGRESS SENDER-DOMAIN`",
        ),
        Column("time", "s", "when it changed"),
        Column(
            "value",
            "",
            "the new state; 0 is normal. `provider`: 1 some mail is junked, 2 throttled, 3 blocked",
        ),
    ),
    "signals": (
        REPLICATION,
        Column("signal", "", "`trap`, `provider_trap`, `complaint`, `unknown` (user) or `report`"),
        Column("recipient", "", "number of the recipient whose mail caused it"),
        Column("egress", "", "the public IP that sent the mail"),
        Column("time", "s", "time of the signal"),
        Column(
            "subject",
            "",
            "the receiver: an operator of traps, a destination, for a report a blocklist",
        ),
    ),
    "lookups": (
        REPLICATION,
        Column("egress", "", "the public IP; absent in a query of lists of domains"),
        Column("sender_domain", "", "the registered domain of the sender, of a list of domains"),
        Column("domain", "", "the domain that asks its lists about it"),
        Column("time", "s", "when it asks"),
        Column("until", "s", "end of the time in which it caches the answer"),
        Column("listed", "", "whether it is on one of them"),
        Column("against", "", "the mail that the query is about, as for `listings`"),
    ),
    "actions": (
        REPLICATION,
        Column(
            "action",
            "",
            "action of the administrator: `detected`, `repaired`, `requested` (delisting), "
            "`paused`, `resumed`, `cleaned` (a mailing list), `moved` (to another IP) or "
            "`ineligible` (a request in vain)",
        ),
        Column("egress", "", "the public IP"),
        Column("sender_domain", "", "the registered domain of the sender, of a list of domains"),
        Column("time", "s", "when"),
        Column("subject", "", "a blocklist or a destination that was asked, else a stream"),
    ),
    "harmed": (
        REPLICATION,
        Column("recipient", "", "number of the innocent recipient in the treatment, T"),
        Column("message", "", "number of its message"),
        Column("stream", "", "`host.stream`"),
        Column("class", "", "the class of its stream"),
        Column("destination", "", "class of domains; `internal` for the own mailboxes"),
        Column("domain", "", "domain of the recipient"),
        Column("created", "s", "when its message was created"),
        Column("status", "", "final status in T"),
        Column("reply", "", "the reply that decided its final status in T"),
        Column("latency", "s", "creation to final 250 in T; absent unless delivered or junked"),
        Column("latency_control", "s", "the same in C"),
        Column("latency_absent", "s", "the same in N"),
        Column("harm", "", "1 if it was not delivered or junked within its deadline in T, else 0"),
        Column("harm_control", "", "the same in C"),
        Column("harm_absent", "", "the same in N"),
        Column(
            "cause",
            "",
            "the blocklist that refused or deferred it last, `provider` for a mailbox provider's "
            "own reputation data; else `junked`, `late`, or its final status",
        ),
    ),
    "incidents": (
        REPLICATION,
        Column("start", "s", "start of the incident"),
        Column("end", "s", "end of the incident; absent if it outlived the run"),
        Column("egress", "", "the public IPs"),
        Column("sender_domains", "", "the registered domains of senders, of lists of domains"),
        Column("blocklists", "", "the blocklists that listed them"),
        Column("providers", "", "the destinations that blocked or throttled them"),
        Column(
            "signals",
            "",
            "signals of mail of these IPs and domains since the incident before, up to its start",
        ),
        Column(
            "refused_innocents",
            "recipients",
            "innocent recipients of the window bounced for reputation, from its start to the next",
        ),
    ),
    "metrics": (
        Column("scenario", "", "name of the scenario"),
        Column("scope", "", "kind of subject"),
        Column("subject", "", "what is measured"),
        Column("metric", "", "name of the metric"),
        Column(
            "value",
            "*",
            "mean of the replications that have a value; `inf` where one of them is lost (in "
            "files and JSON empty, with `lost`)",
        ),
        Column(
            "low",
            "*",
            "lower end of its confidence interval; absent for one replication, and for times that "
            "a listing skews, where one can happen",
        ),
        Column("high", "*", "upper end"),
        Column("median", "*", "median of the replications that have a value"),
        Column("least", "*", "smallest value of a replication"),
        Column("most", "*", "largest value of a replication"),
        Column("unit", "", "unit of the values"),
        Column("replications", "", "how many replications have a value"),
        Column("replications_lost", "", "in how many of them it is lost: infinite"),
    ),
    "comparisons": (
        Column("scenario", "", "name of the scenario"),
        Column("base", "", "name of the scenario that it is compared with"),
        Column("scope", "", "kind of subject"),
        Column("subject", "", "what is measured"),
        Column("metric", "", "name of the metric"),
        Column("value", "*", "mean in the scenario, over what both have in common"),
        Column("base_value", "*", "the same in the base"),
        Column(
            "difference",
            "*",
            "mean of the paired differences, scenario minus base; infinite where one of the two is "
            "lost in a replication: such differences are counted, not averaged",
        ),
        Column(
            "difference_low",
            "*",
            "lower end of its confidence interval; of times that a listing skews, where one can "
            "happen, that of `difference_median`, which takes at least six replications",
        ),
        Column("difference_high", "*", "upper end"),
        Column(
            "confidence",
            "",
            "confidence of the interval: 0.95 for one design, 1 - 0.05/k for k designs, so that "
            "the verdicts on one metric of one subject hold together with 95 % (Bonferroni)",
        ),
        Column(
            "verdict",
            "",
            "`equal`, `better`, `worse`, `equivalent`, `not decided` or `loses more "
            "mail` (see below)",
        ),
        Column(
            "replications_needed",
            "",
            "about how many replications would decide it with a probability of 50 %, if difference "
            "and spread stay the same; `inf` above 10,000; absent where it is decided, and for one "
            "replication",
        ),
        Column("narrowing", "", "how many times narrower the interval is than without pairing"),
        Column(
            "recipients",
            "recipients",
            "`_both_delivered`: recipients of these, mean of the replications",
        ),
        Column("unit", "", "unit of the values"),
        Column("replications", "", "pairs of replications that have a value"),
        Column("replications_better", "", "in how many of them the scenario is better"),
        Column("replications_worse", "", "in how many of them it is worse"),
        Column("replications_lost", "", "in how many of them the value is lost: infinite"),
        Column("base_replications_lost", "", "the same in the base"),
        Column("base_median", "*", "median in the base; only of times that a listing skews"),
        Column("value_median", "*", "the same in the scenario"),
        Column("difference_median", "*", "the same of the paired differences"),
        Column("difference_least", "*", "smallest paired difference of these times"),
        Column("difference_most", "*", "largest paired difference of these times"),
    ),
    "refused_attempts": (
        Column("scenario", "", "name of the scenario"),
        Column("host", "", "the host that submitted"),
        Column(
            "where",
            "",
            "the receive connector, `HUB/connector`; the hub where none answered, and for mailbox "
            "submission; empty if no hub has the address",
        ),
        Column("reply", "", "the reply that refused it, or the error of the connection"),
        Column("attempts", "attempts", "refused attempts, mean of the replications"),
    ),
    "theory": (
        Column("scenario", "", "name of the scenario"),
        Column("subject", "", "a resource, as in `metrics`"),
        Column("metric", "", "`utilization`, `wait_mean` or `queue_mean`"),
        Column("formula", "", "the formula by its name"),
        Column("theory", "*", "the value of the formula"),
        Column("value", "*", "what was simulated, as in `metrics`"),
        Column("low", "*", "lower end of its confidence interval"),
        Column("high", "*", "upper end"),
        Column("inside", "", "whether the interval contains the value of the formula"),
    ),
}
