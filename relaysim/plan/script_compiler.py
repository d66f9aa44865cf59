"""Scripted events in the plan."""

from relaysim.mail.address import domain_of
from relaysim.plan.numbering import Numbering
from relaysim.plan.plan import Plan
from relaysim.plan.reached import seen_from
from relaysim.plan.reputation_compiler import threshold
from relaysim.plan.scripted_event import Scripted
from relaysim.scenario.calendar_time import moment
from relaysim.scenario.event import Listing
from relaysim.scenario.model import Scenario


def compile_script(scenario: Scenario, numbers: Numbering, plan: Plan) -> tuple[Scripted, ...]:
    """Return the events of the script, in the order of the file."""
    result = []
    for event in scenario.events:
        at = moment(event.at, scenario.run.start)
        if event.stop is not None:
            hub = numbers.hubs.index(event.stop.hub)
            result.append(Scripted(at, at + event.stop.for_, "stop", hub))
        elif event.outage is not None and event.outage.line is not None:
            line = numbers.line_titles.index(event.outage.line)
            result.append(Scripted(at, at + event.outage.for_, "line outage", line))
        elif event.outage is not None:
            receiver = numbers.destinations.index(str(event.outage.destination))
            until, hosts = at + event.outage.for_, event.outage.mx_hosts
            what = "outage" if hosts is None else "mx outage"
            result.append(Scripted(at, until, what, receiver, count=hosts or 0))
        elif event.resolver_fault is not None:
            fault = event.resolver_fault
            receiver, share = numbers.destinations.index(fault.destination), threshold(fault.share)
            result.append(Scripted(at, at + fault.for_, "resolver_fault", receiver, share=share))
        elif event.listing is not None:
            blocklist = numbers.blocklists.index(event.listing.blocklist)
            until = at + event.listing.for_
            if scenario.blocklists[event.listing.blocklist].lists == "domain":
                listed = [
                    len(numbers.egress) + number
                    for number in _listed_domains(scenario, numbers, event.listing)
                ]
            elif event.listing.egress is not None:
                listed = [numbers.egress.index(event.listing.egress)]
            else:
                # A listing of a host means every public IP by which its mail leaves, in a fixed
                # order.
                listed = _carriers(scenario, numbers, plan, str(event.listing.of))
            fixed = event.listing.fixed
            result += [
                Scripted(at, until, "listing", subject, blocklist, fixed) for subject in listed
            ]
    return tuple(result)


def _listed_domains(scenario: Scenario, numbers: Numbering, listing: Listing) -> list[int]:
    """Return the registered domains that a scripted listing of a list of domains is about."""
    if listing.domain is not None:
        return [numbers.registered_domain(listing.domain)]
    streams = scenario.hosts[str(listing.of)].streams.values()
    listed = {numbers.registered_domain(domain_of(stream.sender)) for stream in streams}
    return sorted(listed - {-1})  # -1: the null sender


def _carriers(scenario: Scenario, numbers: Numbering, plan: Plan, name: str) -> list[int]:
    """Return the public IPs by which the mail of a host reaches its destinations."""
    written = {
        numbers.destinations.index(place)
        for stream in scenario.hosts[name].streams.values()
        for place, share in stream.to.items()
        if share > 0
    }
    domains = {domain for domain, place in enumerate(plan.receiver_of) if place in written}
    return sorted({egress for egress, _ in seen_from(plan, numbers.hosts.index(name), domains)})
