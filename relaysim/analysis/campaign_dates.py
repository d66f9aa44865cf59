"""The dates of the campaigns of a run, as text."""

from datetime import timedelta

from relaysim.scenario.arrivals import Campaign
from relaysim.scenario.campaigns import Campaigns, Occurrence
from relaysim.scenario.model import Run
from relaysim.wording import counted, listed

_SHOWN = 4
"""Campaigns of a stream that a text lists; the rest is counted."""


def campaign_dates(process: Campaign, run: Run) -> str:
    """Return a sentence part with the campaigns of a stream, the first ones with their dates.

    Parameters
    ----------
    process : Campaign
        The arrival process.
    run : Run
        The run.

    Returns
    -------
    str
        "2 campaigns: Tue 2 March 2010 10:00 (60,000 messages) and ..."; "" without a campaign.
    """
    campaigns = Campaigns(process, run)
    count = len(campaigns.starts)
    if not count:
        return ""
    shown = [
        Occurrence(start, campaigns.messages(number))
        for number, start in enumerate(campaigns.starts[:_SHOWN])
    ]
    dates = [f"{date(run, one.start)} ({counted(one.messages, 'message')})" for one in shown]
    dates += [f"{count - _SHOWN:,} more"] * (count > _SHOWN)
    return f"{counted(count, 'campaign')}: {listed(dates)}"


def date(run: Run, time: int) -> str:
    """Return the local date and time of a run, such as "Tue 2 March 2010 10:00"."""
    local = run.start + timedelta(microseconds=time)
    return f"{local:%a} {local.day} {local:%B %Y %H:%M}"
