"""The check of bulk mail that a front end sends by the public IP of another server."""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import Path
from relaysim.analysis.sharing import names, outside, own_ips, parted
from relaysim.audit.finding import Finding, Severity
from relaysim.plan.public_ips import all_public_ips
from relaysim.plan.routing import Hop
from relaysim.scenario.connector import SendConnector
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.wording import listed


def front_end_proxy(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail leaves by public IPs of other servers, because front ends proxy it."""
    bulk, others = parted(scenario)
    for connector in scenario.send_connectors.values():
        if not connector.frontend_proxy_enabled:
            continue
        senders = [path for path in bulk if _hops(path, connector)]
        hubs = dict.fromkeys(hop.hub for path in senders for hop in _hops(path, connector))
        own = {ip for hub in hubs for ip in all_public_ips(scenario, hub)}
        further = {
            hop.egress or "": hop.proxy or ""
            for path in senders
            for hop in _hops(path, connector)
            if hop.egress not in own
        }
        if not further:
            continue
        beside = [path for path in others if own_ips(path) & {*further}]
        harmed = f" together with {names(beside)}" if beside else ""
        yield Finding(
            Severity.WARNING,
            dotted(("send_connectors", connector.name, "frontend_proxy_enabled")),
            f"{names(senders)} is sent by {listed(hubs)}, but a front end of the site proxies each "
            f"connection, one at random, so it also leaves by {_of(further)}{harmed}. When the "
            "bulk mail causes a listing, it may be of this IP as well.",
            f"Switch it off: the mail of {listed(hubs)} then leaves by {listed(sorted(own))}. Or "
            f"put {listed(hubs)} in a site of {'their' if len(hubs) > 1 else 'its'} own.",
            f'Set-SendConnector "{connector.name}" -FrontendProxyEnabled $false',
        )


def _hops(path: Path, connector: SendConnector) -> list[Hop]:
    """Return the last hops of a path that front ends proxy for a send connector."""
    return [hop for _, hop in outside(path) if hop.proxy is not None and hop.connector is connector]


def _of(ips: dict[str, str]) -> str:
    """Return public IPs with the hubs whose front ends send by them."""
    return listed(f"{ip} of {hub}" for ip, hub in sorted(ips.items()))
