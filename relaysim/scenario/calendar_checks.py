"""Checks of times against the run: dates within it, and campaigns that grow beyond a limit."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta

from relaysim.scenario.arrivals import Campaign
from relaysim.scenario.calendar_time import format_at, moment, parse_at
from relaysim.scenario.campaigns import Campaigns
from relaysim.scenario.model import Run
from relaysim.scenario.problem import KeyPath, Problem
from relaysim.scenario.raw_tables import Found, Raw, at, parsed, streams
from relaysim.scenario.run_end import default_drain
from relaysim.units import format_duration

_TIMES = ("start", "duration", "drain")
_MOST = 10**9
"""The most messages of a campaign that a file may write."""


def _dates(raw: Raw) -> Found:
    """Report dates outside the run, and events after its end."""
    run = _run(raw)
    if run is None:
        return
    for host, name, stream in streams(raw):
        path: KeyPath = ("hosts", host, "streams", name, "arrivals", "at")
        time = parsed(parse_at, at(stream, "arrivals").get("at"))
        if isinstance(time, datetime) and not 0 <= moment(time, run.start) < run.duration:
            yield Problem(path, _outside(run, run.duration, "run.duration"))
    events = raw.get("events")
    for position, event in enumerate(events if isinstance(events, list) else ()):
        time = parsed(parse_at, at(event).get("at"))
        if time is None or 0 <= moment(time, run.start) < run.horizon:
            continue
        path = ("events", position, "at")
        if isinstance(time, datetime):
            yield Problem(path, _outside(run, run.horizon, "run.duration and run.drain"))
        elif isinstance(time, int):
            end = format_duration(run.horizon)
            yield Problem(path, f"the run ends at {end} (duration and drain)")
        else:
            first, end = _date(run, moment(time, run.start)), _date(run, run.horizon)
            text = f"first on {first}, and the run ends on {end} (start, duration and drain)"
            yield Problem(path, text)


def _outside(run: Run, length: int, keys: str) -> str:
    first, end = _date(run, 0), _date(run, length)
    return f"outside the run: write a time from {first} to before {end} (run.start, {keys})"


def _date(run: Run, time: int) -> str:
    return format_at(run.start + timedelta(microseconds=time))


def _growth(raw: Raw) -> Found:
    """Report campaigns that grow above the limit, or above their mailing list."""
    run = _run(raw)
    for host, name, stream in streams(raw):
        process = parsed(Campaign.model_validate, stream.get("arrivals"))
        if run is None or process is None or not process.growth:
            continue
        campaigns, path = Campaigns(process, run), ("hosts", host, "streams", name)
        number, count = campaigns.number_of_largest, len(campaigns.starts)
        which = "last" if number == count - 1 else "largest"
        # By logarithms, as the number itself may have thousands of digits.
        power = math.log10(process.messages) + campaigns.magnitude(number)
        if power > math.log10(_MOST):
            text = f"the {which} of {count:,} campaigns has about 10^{power:.0f} messages"
            yield Problem((*path, "arrivals", "growth"), f"{text}; at most {_MOST:,} are allowed")
            continue
        addresses = at(stream, "mailing_list").get("addresses")
        most = round(process.messages * campaigns.peak)
        if isinstance(addresses, int) and process.messages <= addresses < most:
            text = (
                f"addresses is {addresses}, fewer than the {most} messages of the {which} campaign"
            )
            yield Problem((*path, "mailing_list"), text)


def _run(raw: Raw) -> Run | None:
    """Return the run, with its times alone; None if one of them cannot be read."""
    usual = {"drain": format_duration(default_drain(raw))}
    written = {key: value for key, value in at(raw, "run").items() if key in _TIMES}
    run: Run | None = parsed(Run.model_validate, usual | written)
    return run


CALENDAR_CHECKS: tuple[Callable[[Raw], Found], ...] = (_dates, _growth)
