"""The dates on which campaigns of the calendar fall."""

from collections.abc import Iterator

from relaysim.analysis.campaign_dates import campaign_dates
from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.arrivals import Campaign
from relaysim.scenario.calendar_time import Repeat
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted


def campaign_days(scenario: Scenario) -> Iterator[Finding]:
    """The dates and sizes of the campaigns that a file sets by the calendar, or that grow."""
    for host, table in scenario.hosts.items():
        for name, stream in table.streams.items():
            process = stream.arrivals
            if not isinstance(process, Campaign) or not _is_planned(process):
                continue
            dates = campaign_dates(process, scenario.run)
            # A campaign that never occurs is a finding of mail_after_the_end.
            if dates:
                yield Finding(
                    Severity.INFO,
                    dotted(("hosts", host, "streams", name, "arrivals")),
                    f"{host}.{name} sends {dates}.",
                    "If other days are meant, change at, every or run.start.",
                )


def _is_planned(process: Campaign) -> bool:
    by_calendar = not isinstance(process.at, int) or isinstance(process.every, Repeat)
    return by_calendar or bool(process.growth)
