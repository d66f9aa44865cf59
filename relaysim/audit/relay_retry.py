"""The check of hosts that lose mail at a 4xx reply of a relay service, as no hub holds it."""

import math
from collections.abc import Iterator

from relaysim.analysis.message_rates import messages
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.relay_services import amounts_a_day, campaigns_above
from relaysim.scenario.host import Host, Retry
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.relay import RelayLimit
from relaysim.scenario.straight_hosts import relay_at
from relaysim.scenario.table import DAY
from relaysim.units import format_duration
from relaysim.wording import two_digits

_EVERY = "5 min"
_DAYS = (1, 2, 3, 5, 7, 14, 30)
"""Ages, in days, that the fix tries for `give_up_after`."""


def relay_retry(scenario: Scenario) -> Iterator[Finding]:
    """A host that submits straight to a relay service loses mail at 4xx replies of the service."""
    for name, host in scenario.hosts.items():
        relay = relay_at(scenario, host)
        if relay is None or not host.streams:
            continue
        losses = list(_losses(scenario, name, host, relay))
        if not losses:
            continue
        drops = host.on_failure == "drop"
        rule = "drops a message" if drops else f"gives a message up after {_age(host)}"
        yield Finding(
            Severity.WARNING,
            dotted(("hosts", name, "on_failure")),
            f"{name} {rule} that {relay} deferred, and no hub between them holds it. "
            f"{' '.join(losses)}",
            _fix(scenario, name, host, relay),
        )


def _age(host: Host) -> str:
    assert isinstance(host.on_failure, Retry)
    return format_duration(host.on_failure.give_up_after or 0)


def _losses(scenario: Scenario, name: str, host: Host, relay: str) -> Iterator[str]:
    """Yield a sentence for each reason why a host loses mail at a 4xx reply of a service."""
    model = scenario.relays[relay]
    drops = host.on_failure == "drop"
    age = 0 if not isinstance(host.on_failure, Retry) else host.on_failure.give_up_after
    for title, limit in sorted(model.limits.items()):
        if limit.limit is None or limit.over != "defer":
            continue
        place = dotted(("relays", relay, "limits", title))
        if limit.counts == "connections":
            if drops and (host.sessions is None or host.sessions > limit.limit):
                sessions = f"{host.sessions} sessions"
                opened = "a session for each message" if host.sessions is None else sessions
                yield f"It opens {opened}, and {place} allows {limit.limit:,}: {limit.reply}."
            continue
        needed = _needed(scenario, name, relay, limit)
        # What waits as long as the age is given up at that age.
        if age is not None and needed and needed >= age:
            yield f"Its mail is above {place}: {limit.reply}"
    failing = model.connect_failure + model.defer
    lost = failing * sum(messages(scenario, name, stream) for stream in host.streams)
    if drops and lost >= 1:
        yield f"About {two_digits(lost)} messages meet a connection that fails, or another 4xx."


def _needed(scenario: Scenario, host: str, relay: str, limit: RelayLimit) -> float:
    """Return how long mail of a host waits for a limit, microseconds; 0 if it is not above it."""
    if limit.window == "rolling day":
        amounts = amounts_a_day(scenario, relay, limit, host)
        if sum(amounts.values()) - (limit.limit or 0) < 1:
            return 0.0
        if not limit.limit:
            return math.inf
        return (math.ceil(sum(amounts.values()) / limit.limit) - 1) * float(DAY)
    above = campaigns_above(scenario, relay, limit)
    return max((takes for _, path, _, takes in above if path.host == host), default=0.0)


def _fix(scenario: Scenario, name: str, host: Host, relay: str) -> str:
    """Return the retry rule with which the host loses nothing, if there is one."""
    fixes = []
    for days in _DAYS:
        rule = Retry.model_validate({"retry_every": _EVERY, "give_up_after": f"{days} d"})
        changed = host.model_copy(update={"on_failure": rule})
        # The same rules judge the changed host.
        if not list(_losses(scenario, name, changed, relay)):
            retry = f'{{ retry_every = "{_EVERY}", give_up_after = "{days} d" }}'
            fixes.append(f"Let {name} try again: on_failure = {retry}.")
            break
    least = min(_session_limits(scenario, relay), default=None)
    if least is not None and (host.sessions is None or host.sessions > least):
        fixes.append(f"Lower {dotted(('hosts', name, 'sessions'))} to {least}.")
    fixes.append("Or submit to a hub, which holds the mail, or to a service that allows more.")
    return " ".join(fixes)


def _session_limits(scenario: Scenario, relay: str) -> list[int]:
    limits = scenario.relays[relay].limits.values()
    return [
        limit.limit for limit in limits if limit.counts == "connections" and limit.limit is not None
    ]
