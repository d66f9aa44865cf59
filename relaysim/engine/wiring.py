"""Wiring: creates the actors of a run and gives each actor the others that it calls."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relaysim.engine.context import Context
from relaysim.engine.kernel import EventLoop
from relaysim.engine.recorder import Recorder
from relaysim.engine.relay.connection import Connections
from relaysim.engine.relay.delivery_queue import DeliveryQueue
from relaysim.engine.relay.front_end import FrontEnds
from relaysim.engine.relay.host import Host
from relaysim.engine.relay.hub import Hub
from relaysim.engine.relay.load_balancer import LoadBalancer
from relaysim.engine.relay.mailbox_server import MailboxServer, SubmissionPlaces
from relaysim.engine.relay.postfix_queue import PostfixQueue
from relaysim.engine.relay.public_ip_choice import PublicIpChoice
from relaysim.engine.relay.relay_intake import RelayIntake
from relaysim.engine.relay.station import Line
from relaysim.engine.reputation.administrator import Administrator
from relaysim.engine.reputation.blocklist_operator import BlocklistOperator
from relaysim.engine.reputation.bulk_senders import BulkSenders
from relaysim.engine.reputation.greylists import Greylists
from relaysim.engine.reputation.ip_volume import IpVolumes
from relaysim.engine.reputation.listing_escalation import escalation_of
from relaysim.engine.reputation.listings import Listings
from relaysim.engine.reputation.mailbox_provider import Provider
from relaysim.engine.reputation.mailing_lists import MailingLists
from relaysim.engine.reputation.receiver import Internet
from relaysim.engine.reputation.relay_limits import RelayLimits
from relaysim.engine.reputation.signals import SignalReports
from relaysim.engine.transactions import TransactionStates
from relaysim.plan.plan import Plan
from relaysim.plan.reached import busiest_days, innocent_mail_a_day
from relaysim.plan.receiver_plan import MAILBOXES
from relaysim.traffic.draw import name_key
from relaysim.traffic.workload import Draws


@dataclass(frozen=True)
class Actors:
    """The actors that the script and the end of a run act on."""

    context: Context
    operators: Sequence[BlocklistOperator]
    internet: Internet
    mailing_lists: MailingLists
    hubs: Sequence[Hub]
    hosts: Sequence[Host | MailboxServer]


def wire(plan: Plan, draws: Draws) -> Actors:
    """Create all actors of a run.

    The order matters: replies are numbered as the actors ask for them, and events of the same time,
    rank and entity are processed as they were scheduled.
    """
    record = Recorder(plan, draws)
    context = Context(EventLoop(), record, TransactionStates(record, plan), plan)
    listings = Listings(context.loop, record, plan)
    mailing_lists = MailingLists(record, plan, draws)
    volumes = IpVolumes()
    busiest, usual = busiest_days(plan, draws), innocent_mail_a_day(plan, draws)

    def key(kind: str, name: str) -> int:
        return name_key(draws.seed, draws.replication, kind, name)

    operators = [
        BlocklistOperator(
            context,
            number,
            key("blocklist operator", blocklist.name),
            listings,
            volumes,
            usual,
            escalation_of,
        )
        for number, blocklist in enumerate(plan.blocklists)
    ]
    bulk_senders = BulkSenders(context.loop, plan)
    providers = [
        None
        if receiver.reputation is None
        else Provider(
            context,
            number,
            receiver.reputation,
            key("provider", receiver.name),
            busiest,
            bulk_senders.has,
        )
        for number, receiver in enumerate(plan.receivers)
    ]
    signals = SignalReports(context, draws, providers, operators)
    public_ips = PublicIpChoice(context)
    administrator = Administrator(
        context,
        key("administrator", ""),
        listings,
        operators,
        providers,
        mailing_lists,
        public_ips.move_culprits,
    )
    internet = Internet(
        context,
        draws,
        listings,
        providers,
        operators,
        volumes,
        mailing_lists,
        signals,
        administrator.ndr,
        RelayLimits(context),
        Greylists(context, mailing_lists, np.flatnonzero(draws.greylists).tolist()),
        bulk_senders,
    )
    lines = [
        Line(context.loop, record, number, line.station, line.bandwidth)
        for number, line in enumerate(plan.lines)
    ]
    hubs: list[Hub] = []
    connections = Connections(plan, internet, lines, hubs)

    balancers: list[LoadBalancer] = []

    def open_queue(hub: Hub, number: int) -> DeliveryQueue:
        queue = plan.queues[number]
        peers = [hubs[peer] for peer in queue.to_hubs]
        balancer = balancers[queue.balancer] if queue.balancer >= 0 else None  # -1: none
        kind = DeliveryQueue if hub.plan.queue_manager is None else PostfixQueue
        return kind(context, hub, number, peers, balancer, connections.deliver)

    hubs.extend(Hub(context, number, open_queue, public_ips) for number in range(len(plan.hubs)))
    balancers.extend(LoadBalancer(context.loop, balancer, hubs) for balancer in plan.balancers)
    for hub in hubs:
        if hub.plan.shadow >= 0:  # -1: none
            hub.shadow = hubs[hub.plan.shadow]
    front_ends, lines_down = FrontEnds(context, hubs), internet.outages.lines_down
    intake = RelayIntake(context, internet)
    places = [SubmissionPlaces(hub.mailbox_submissions) for hub in plan.hubs]
    hosts: list[Host | MailboxServer] = [
        MailboxServer(context, number, hubs, places, lambda: internet.outages.of[MAILBOXES] > 0)
        if host.by_mailbox_server
        else Host(context, number, hubs, balancers, lines_down, front_ends, intake)
        for number, host in enumerate(plan.hosts)
    ]
    return Actors(context, operators, internet, mailing_lists, hubs, hosts)
