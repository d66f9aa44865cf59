"""The check of scripted listings that a delisting request ends early."""

from collections.abc import Iterator

import numpy as np

from relaysim.audit.finding import Finding, Severity
from relaysim.mail.office_hours import office
from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.calendar_time import moment
from relaysim.scenario.distribution import Law
from relaysim.scenario.event import Listing
from relaysim.scenario.model import Scenario
from relaysim.traffic.quantile import quantile
from relaysim.units import format_duration

_NOUN = {"ip": "IP", "domain": "sender domain"}
_MINUTE = 60_000_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def listing_removed(scenario: Scenario) -> Iterator[Finding]:
    """A delisting request of the administrator ends a scripted listing early."""
    for number, event in enumerate(scenario.events):
        listing = event.listing
        if listing is None or listing.fixed:
            continue
        begin = moment(event.at, scenario.run.start)
        requested = _requested(scenario, listing.blocklist, begin)
        if requested is None:
            continue
        end = _removed(scenario.blocklists[listing.blocklist], requested)
        lasts = end - begin
        if lasts < listing.for_:
            yield Finding(
                Severity.INFO,
                f"events.{number}.listing",
                f"{listing.blocklist} delists {_whose(scenario, listing)} on request. By the "
                "medians of monitor_every, ndr_time, repair_time and delisting_time the request "
                f"comes {_rounded(requested - begin)} after the start of the listing and ends it "
                f"after {_rounded(lasts)}, not after {_written(listing)}.",
                "Write fixed = true in the listing, so that delisting requests do not shorten "
                'it. Or write operations.delisting = "never".',
            )


def _requested(scenario: Scenario, blocklist: str, start: int) -> int | None:
    """Return when the administrator requests delisting, by medians; None if never.

    An operator that lists by hand (`hazard`) does not delist before the cause is repaired.
    """
    operations, operator = scenario.operations, scenario.blocklists[blocklist]
    repairs = operations.on_listing != "nothing"
    at_once = operations.delisting == "at_once"
    asks = at_once or (repairs and operations.delisting == "after_repair")
    granted = operator.delisting_time is not None and operator.max_requests != 0
    if not (scenario.coupling.reaction and asks and granted):
        return None
    interval = operations.monitor_every
    # A listing begins at any time between two checks, on average half an interval before the next.
    detected = start + interval // 2 if interval else None
    if detected is None:
        detected = _office(scenario, start, _median(operations.ndr_time))
    # The request needs no repair, so it is made when the listing is detected.
    if at_once and operator.trigger != "hazard":
        return detected
    return _office(scenario, detected, _median(operations.repair_time)) if repairs else None


def _removed(operator: Blocklist, requested: int) -> int:
    """Return when the blocklist no longer has the IP: at the first build after the delisting."""
    law = operator.delisting_time
    done = requested + (0 if law is None else _median(law))
    # Without builds a delisting counts at once, to the microsecond.
    every = operator.build_interval or 1
    return -(-done // every) * every


def _office(scenario: Scenario, since: int, work: int) -> int:
    start = scenario.run.start
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    # `office` counts from Monday 00:00, the run from its start.
    offset = start.weekday() * _DAY + round((start - midnight).total_seconds() * 1e6)
    return office(since + offset, work) - offset


def _median(law: Law) -> int:
    return round(float(quantile(law, np.array([0.5]))[0]))


def _rounded(time: int) -> str:
    """A time as text, to the minute, from an hour on to a tenth of an hour."""
    step = _MINUTE if time < _HOUR else _HOUR // 10
    return format_duration(round(time / step) * step) if time >= step else "a minute"


def _whose(scenario: Scenario, listing: Listing) -> str:
    listed = scenario.blocklists[listing.blocklist].lists
    return listing.egress or listing.domain or f"the {_NOUN[listed]} of {listing.of}"


def _written(listing: Listing) -> str:
    return f"the {format_duration(listing.for_)} that the file writes"
