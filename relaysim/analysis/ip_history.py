"""The usual mail of IPs and domains with a history, as expected from the rates of a scenario."""

from collections import defaultdict
from collections.abc import Mapping

from relaysim.analysis.mail_paths import Path
from relaysim.analysis.message_rates import messages
from relaysim.analysis.sharing import ips, outside, parted
from relaysim.mail.address import domain_of
from relaysim.mail.registered_domain import registered_domain
from relaysim.plan.reputation_compiler import WARM, new_domains
from relaysim.scenario.model import Scenario
from relaysim.scenario.table import DAY


def innocent_mail_a_day(scenario: Scenario) -> Mapping[str, float]:
    """Return the innocent mail that each public IP with a history sends on a mean day.

    Parameters
    ----------
    scenario : Scenario
        A relay design and its workload.

    Returns
    -------
    mapping of str to float
        By IP: messages a day to the outside, without those to smart hosts; 0 for a new IP.
    """
    result = dict.fromkeys(scenario.egress, 0.0)
    for path in parted(scenario)[1]:
        own = ips(path)
        for ip in own:
            if scenario.egress[ip].age >= WARM:
                result[ip] += _outside_a_day(scenario, path) / len(own)
    return result


def innocent_mail_of_domains(scenario: Scenario) -> Mapping[str, float]:
    """Return the innocent mail that each registered domain with a history sends on a mean day.

    Parameters
    ----------
    scenario : Scenario
        A relay design and its workload.

    Returns
    -------
    mapping of str to float
        By registered domain of senders: messages a day to the outside; none for a new domain.
    """
    new = new_domains(scenario)
    result: dict[str, float] = defaultdict(float)
    for path in parted(scenario)[1]:
        domain = registered_domain(domain_of(scenario.hosts[path.host].streams[path.stream].sender))
        if domain not in new:
            result[domain] += _outside_a_day(scenario, path)
    return result


def _outside_a_day(scenario: Scenario, path: Path) -> float:
    """Return the messages of a path to the outside on a mean day."""
    days = -(-scenario.run.duration // DAY)
    part = path.share * sum({id(route): route.share for route, _ in outside(path)}.values())
    return messages(scenario, path.host, path.stream) * part / days
