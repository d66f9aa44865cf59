"""The check of bulk mail whose sender domain a list of domains would list with all other mail."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from immutabledict import immutabledict

from relaysim.analysis.mail_paths import Path
from relaysim.analysis.route_end import beyond_relay
from relaysim.analysis.sharing import names, outside, parted
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.listing_reach import refusing_share
from relaysim.mail.address import domain_of
from relaysim.mail.registered_domain import registered_domain
from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.model import Scenario
from relaysim.wording import listed, share

_SHOWN = 4


def bulk_shares_registered_domain(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail has the registered domain of other mail, and a blocklist lists domains."""
    lists = [each for each in scenario.blocklists.values() if each.lists == "domain"]
    if not lists:
        return
    bulk, others = parted(scenario)
    for domain in dict.fromkeys(_domain(scenario, path) for path in bulk):
        senders = [path for path in bulk if _domain(scenario, path) == domain]
        beside = [path for path in others if domain and _domain(scenario, path) == domain]
        refused = {
            each.name: shares for each in lists if (shares := _refused(scenario, beside, each))
        }
        if not refused:
            continue
        worst = sorted(refused, key=lambda name: -max(refused[name].values()))
        harmed = {name for shares in refused.values() for name in shares}
        shared = names([path for path in beside if path.name in harmed])
        yield Finding(
            Severity.WARNING,
            senders[0].place,
            f"{names(senders)} sends from {domain}, the registered domain of {shared}. If a "
            "list of domains lists it, receivers refuse or defer these shares of the recipients of "
            "that other mail, from whatever public IP: "
            + listed((f"{name} ({_parts(refused[name])})" for name in worst), _SHOWN)
            + ".",
            _fix(scenario, senders, domain),
        )


def _domain(scenario: Scenario, path: Path) -> str:
    return registered_domain(domain_of(scenario.hosts[path.host].streams[path.stream].sender))


def _refused(
    scenario: Scenario, paths: Sequence[Path], blocklist: Blocklist
) -> Mapping[str, float]:
    """Return the share of the recipients of each stream at domains that refuse on a list."""
    shares: dict[str, float] = defaultdict(float)
    for path in paths:
        for route, hop in outside(path):
            name = beyond_relay(scenario, route, hop)
            if name is not None and name in scenario.destinations:
                part = path.share * route.share / len(route.lasts)
                shares[path.name] += part * refusing_share(scenario.destinations[name], blocklist)
    return {name: part for name, part in shares.items() if part}


def _parts(shares: Mapping[str, float]) -> str:
    worst = sorted(shares, key=lambda name: -shares[name])
    return listed((f"{name} {share(shares[name])}" for name in worst), _SHOWN)


def _fix(scenario: Scenario, senders: Sequence[Path], domain: str) -> str:
    """Return the fix, which has been tried: with it no list has bulk mail and other mail."""
    other = _free(scenario, domain)
    changed = scenario
    for path in senders:
        changed = _sent_from(changed, path, other)
    tried = not any(bulk_shares_registered_domain(changed))
    assert tried, "a registered domain of its own is shared with no other mail"
    keys = listed(
        f'hosts.{path.host}.streams.{path.stream}.sender = "{_address(scenario, path, other)}"'
        for path in {path.name: path for path in senders}.values()
    )
    return (
        f"Give the bulk mail a registered domain of its own, such as {keys}. A subdomain or "
        "another public IP does not help: these lists record the registered domain."
    )


def _free(scenario: Scenario, domain: str) -> str:
    """Return a registered domain near one of bulk mail that no stream sends from."""
    taken = {
        registered_domain(domain_of(stream.sender))
        for host in scenario.hosts.values()
        for stream in host.streams.values()
    }
    label, _, rest = domain.partition(".")
    names = (f"{label}-news{number or ''}.{rest}" for number in count())
    return next(name for name in names if name not in taken)


def _address(scenario: Scenario, path: Path, domain: str) -> str:
    sender = scenario.hosts[path.host].streams[path.stream].sender
    return f"{sender.rpartition('@')[0]}@{domain}"


def _sent_from(scenario: Scenario, path: Path, domain: str) -> Scenario:
    """Return the scenario in which a stream sends from another domain."""
    host = scenario.hosts[path.host]
    sender = _address(scenario, path, domain)
    stream = host.streams[path.stream].model_copy(update={"sender": sender})
    streams = immutabledict({**host.streams, path.stream: stream})
    hosts = {**scenario.hosts, path.host: host.model_copy(update={"streams": streams})}
    return scenario.model_copy(update={"hosts": immutabledict(hosts)})
