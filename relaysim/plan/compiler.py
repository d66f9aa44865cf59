"""Compile: a scenario becomes a plan, once for a design; no draw is needed."""

from dataclasses import replace

from relaysim.plan import reputation_compiler as observers
from relaysim.plan.connector_compiler import compile_connector
from relaysim.plan.front_end import mailbox_domains
from relaysim.plan.hub_compiler import compile_hub
from relaysim.plan.next_hops import Routes
from relaysim.plan.numbering import Numbering
from relaysim.plan.plan import Plan
from relaysim.plan.queue_plan import WarmUpDays
from relaysim.plan.receiver_compiler import compile_receivers, compile_refusals
from relaysim.plan.relay_services import external_domains, relay_plans
from relaysim.plan.requirement_compiler import all_pass
from relaysim.plan.script_compiler import compile_script
from relaysim.plan.separated_culprits import separate_culprits
from relaysim.plan.station_compiler import compile_lines, compile_stations
from relaysim.plan.stream_compiler import compile_dsns, compile_stream
from relaysim.plan.submission_target import balancer, host_plan
from relaysim.scenario.latest import keep_latest
from relaysim.scenario.model import Scenario
from relaysim.traffic.sample import quantile_table


@keep_latest
def compile_plan(scenario: Scenario) -> Plan:
    """Return the plan of a scenario.

    Parameters
    ----------
    scenario : Scenario
        The scenario.

    Returns
    -------
    Plan
        The plan. The latest plans are kept and shared: callers must not change their
        dictionaries and arrays.
    """
    numbers = Numbering(scenario)
    # Streams come before routes: a sender domain gets a number here, and NDRs to it need a route.
    streams = (
        *(compile_stream(scenario, numbers, host, title) for host, title in numbers.host_streams),
        *(compile_dsns(scenario, numbers, hub) for hub in numbers.hubs),
    )
    replies: dict[str, int] = {}
    routes = Routes(scenario, numbers, replies)
    hosts = tuple(host_plan(scenario, numbers, name, replies) for name in numbers.hosts)
    stations = compile_stations(scenario, numbers)
    station = {place.name: number for number, place in enumerate(stations)}
    moved = _moved(scenario, numbers, routes)
    plan = Plan(
        name=scenario.name,
        duration=scenario.run.duration,
        horizon=scenario.run.horizon,
        streams=streams,
        stream_index={stream.name: number for number, stream in enumerate(streams)},
        hosts=hosts,
        balancers=tuple(balancer(scenario, numbers, name) for name in numbers.balancers),
        hubs=tuple(compile_hub(scenario, hub, numbers, station) for hub in numbers.hubs),
        connectors=tuple(
            compile_connector(scenario, numbers, hub, name, station)
            for hub, name in numbers.connectors
        ),
        queues=tuple(routes.queues),
        receivers=compile_receivers(scenario, numbers),
        domains=tuple(numbers.domains),
        receiver_of=tuple(numbers.receiver_of),
        external=external_domains(scenario, numbers),
        has_mailboxes=mailbox_domains(scenario, numbers),
        relays=relay_plans(scenario),
        lines=compile_lines(scenario, numbers, station),
        egress=observers.egress(scenario, numbers),
        direct=tuple(numbers.direct),
        from_domains=tuple(numbers.from_domains),
        registered_domains=observers.registered_domains(scenario, numbers),
        blocklists=observers.blocklists(scenario, numbers),
        operators=observers.operators(scenario, numbers),
        operations=observers.operations(scenario),
        parties=(0,) if scenario.coupling.listing else (1, 2),
        complaint_delay=quantile_table(observers.COMPLAINT_DELAY),
        feedback_delay=quantile_table(observers.FEEDBACK_DELAY),
        refusals=compile_refusals(scenario, numbers),
        ip_choices=routes.ip_choices,
        warm_ups=_warm_ups(scenario, numbers),
        moved=moved,
        replies=tuple(replies),
        linked=routes.linked,
        routes=routes.tables,
        bands=routes.bands,
        stations=stations,
        script=(),
        mailbox_time=quantile_table(scenario.mailboxes.delivery_time),
        unauthenticated=not all_pass(scenario),
    )
    # A listing of a host's mail needs the routes, so the script is compiled after them.
    plan = replace(plan, script=compile_script(scenario, numbers, plan))
    return plan if scenario.coupling.contention else separate_culprits(plan)


def _warm_ups(scenario: Scenario, numbers: Numbering) -> tuple[WarmUpDays, ...]:
    return tuple(
        WarmUpDays(
            egress=numbers.egress.index(plan.egress),
            receiver=-1
            if plan.destination is None
            else numbers.destinations.index(plan.destination),
            volumes=plan.days,
        )
        for _, plan in sorted(scenario.warm_up_plans.items())
    )


def _moved(scenario: Scenario, numbers: Numbering, routes: Routes) -> dict[int, int]:
    """Return the queues to which the administrator moves the mail of culprits."""
    move_to = scenario.operations.move_to
    if scenario.operations.on_listing != "move_culprit" or move_to is None:
        return {}
    return routes.moved(move_to)
