"""The check of time-outs: a host that waits less for a reply than the hub may take for it."""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import paths
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.shell_commands import set_connector
from relaysim.scenario.host import Retry
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.table import MINUTE, SECOND
from relaysim.units import format_duration

LEAST = 10 * MINUTE
"""The shortest time-out for the reply to the end of DATA by RFC 5321, section 4.5.3.2.6."""


def short_reply_timeout(scenario: Scenario) -> Iterator[Finding]:
    """A host gives a message up before a delayed acknowledgement comes, and sends it twice.

    The hub has committed the message and delivers it. It sends its 250 at the latest
    max_acknowledgement_delay after the commit, which itself takes time.
    """
    short: dict[str, dict[tuple[str, str], int]] = {}
    for path in paths(scenario):
        timeout = scenario.hosts[path.host].data_done_timeout
        if timeout is None or path.connector is None or not path.routes or not path.share:
            continue
        delay = path.connector.max_acknowledgement_delay
        if timeout <= delay:
            short.setdefault(path.host, {})[path.hub, path.connector.name] = delay
    for name, connectors in short.items():
        host = scenario.hosts[name]
        timeout, delay = host.data_done_timeout or 0, max(connectors.values())
        again = "counts it as lost."
        if isinstance(host.on_failure, Retry):
            again = (
                f"sends it again after {format_duration(host.on_failure.retry_every)}: recipients "
                "outside get it twice."
            )
        longer = max(LEAST, 2 * delay)
        # Half is for the reply, half for cores and commit.
        lower = timeout // 2 // SECOND
        yield Finding(
            Severity.WARNING,
            dotted(("hosts", name, "data_done_timeout")),
            f"{name} waits {format_duration(timeout)} for the reply to the end of DATA, but it may "
            f"come {format_duration(delay)} after the commit (max_acknowledgement_delay). {name} "
            f"then closes the session while the hub delivers the message, and {again}",
            f'Write data_done_timeout = "{format_duration(longer)}" (RFC 5321 wants 10 minutes or '
            f"more). If the time-out is fixed, set max_acknowledgement_delay to {lower} s.",
            "\n".join(
                set_connector(hub, connector, MaxAcknowledgementDelay=_span(lower))
                for hub, connector in connectors
            ),
        )


def _span(seconds: int) -> str:
    """Return a time as the shell takes it, "00:00:30"."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"
