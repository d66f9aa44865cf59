"""Culprits: the streams that may get an IP listed. All others are innocent."""

from relaysim.scenario.arrivals import Compromise
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario
from relaysim.scenario.stream import Stream


def is_culprit(host: Host, stream: Stream) -> bool:
    """Return whether a stream is a culprit.

    Its key `culprit` decides; without it bulk marketing and break-ins are culprits.
    """
    if stream.culprit is not None:
        return stream.culprit
    return host.properties.culprit or isinstance(stream.arrivals, Compromise)


def is_bulk_mail(host: Host, stream: Stream) -> bool:
    """Return whether a stream is bulk mail: that of mailing lists and of culprits."""
    return is_culprit(host, stream) or stream.mailing_list is not None


def culprits(scenario: Scenario) -> frozenset[str]:
    """Return the full names, `host.stream`, of all culprits."""
    return frozenset(
        f"{name}.{short}"
        for name, host in scenario.hosts.items()
        for short, stream in host.streams.items()
        if is_culprit(host, stream)
    )
