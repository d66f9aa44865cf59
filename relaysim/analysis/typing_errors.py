"""The streams whose mail reaches spam traps by typing errors, at a rate that nobody measured."""

from relaysim.analysis.direct_mail import direct_destinations
from relaysim.scenario.culprit import is_culprit
from relaysim.scenario.model import Scenario
from relaysim.scenario.reference import SPAMTRAPS
from relaysim.scenario.stream import Stream


def mistyping_streams(scenario: Scenario) -> dict[tuple[str, str], Stream]:
    """Return the innocent streams without a mailing list that can reach a trap of a blocklist.

    Parameters
    ----------
    scenario : Scenario
        A relay design and its workload.

    Returns
    -------
    dict of (str, str) to Stream
        By host and name within the host, in the order of the file. Empty if no blocklist of the
        scenario owns traps; mail that stays inside or goes to smart hosts is left out.
    """
    if not any(blocklist.trap_share for blocklist in scenario.blocklists.values()):
        return {}
    direct = direct_destinations(scenario)
    return {
        (host, name): stream
        for host, model in scenario.hosts.items()
        for name, stream in model.streams.items()
        if not is_culprit(model, stream)
        and stream.mailing_list is None
        and SPAMTRAPS in direct[f"{host}.{name}"]
    }
