"""Registered domains that send a destination as much in a day as a bulk sender."""

from relaysim.analysis.largest_day import largest_day
from relaysim.analysis.message_rates import Floats, messages_until
from relaysim.analysis.route_end import beyond_relay
from relaysim.analysis.run_size import mean_recipients
from relaysim.analysis.sharing import open_paths, outside
from relaysim.mail.registered_domain import registered_domain
from relaysim.plan.sender_identity import sender_identity
from relaysim.scenario.model import Scenario


def bulk_senders(scenario: Scenario) -> set[tuple[str, str]]:
    """Return the bulk senders by destination and registered domain.

    Parameters
    ----------
    scenario : Scenario
        The design.

    Returns
    -------
    set of tuple
        Domains that are bulk senders from the start, or whose streams together reach the threshold
        in their largest 24 hours; and all domains where a destination has no threshold.
    """
    courses: dict[tuple[str, str], Floats] = {}
    known = set()
    for path in open_paths(scenario):
        stream = scenario.hosts[path.host].streams[path.stream]
        sender = sender_identity(scenario, path.host, path.stream)
        sent = messages_until(scenario, path.host, path.stream)
        recipients = sent * mean_recipients(stream) * path.share
        for route, hop in outside(path):
            name = beyond_relay(scenario, route, hop) or ""
            key = name, registered_domain(sender.of.domain)
            courses[key] = courses.get(key, 0.0) + recipients * route.share / len(route.lasts)
            if sender.bulk_sender:
                known.add(key)
    amounts = {
        key: sum(largest_day(scenario.run, {"all": course}).values())
        for key, course in courses.items()
    }
    limits = {name: of.requires.bulk_from or 0 for name, of in scenario.destinations.items()}
    # A sum of shares may miss the whole by its rounding.
    reached = {key for key, amount in amounts.items() if amount > limits.get(key[0], 0) - 0.5}
    return known | reached
