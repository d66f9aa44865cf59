"""The course of a replication, made by hand with times in hours."""

from collections.abc import Mapping, Sequence
from functools import cache

import pandas as pd

from relaysim.measure.blast.harm import TOLL
from relaysim.present.drawing.replication_course import Course, StateSubject
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from worlds.small_comparison import SCENARIOS

IP, OTHER = "198.51.100.10", "203.0.113.25"
UNKNOWN = "550 5.1.1 Recipient address rejected: User unknown"
BLOCKED = "554 5.7.1 Service unavailable; Client host [198.51.100.10] blocked"
HOUR = 3600.0


@cache
def scenario(name: str = "campaign-aged-list", *changes: str) -> Scenario:
    """Four weeks with a newsletter; an invoice has two minutes."""
    return load(SCENARIOS / f"{name}.toml", changes)


def listing(start: float, end: float | None, blocklist: str = "css", ip: str = IP) -> tuple:
    """An IP is on a list."""
    return ip, None, blocklist, start, end, "all"


def thinks(time: float, state: int, provider: str = "gmail", ip: str = IP) -> tuple:
    """A provider changes its mind."""
    return "provider", f"{provider} {ip} cozumpark.com", time, state


def did(time: float, action: str, subject: str | None = None, ip: str = IP) -> tuple:
    """The administrator does something."""
    return action, ip, None, time, subject


def recipient(
    created: float,
    status: str = "delivered",
    seconds: float = 1.0,
    reply: str = "250 2.0.0 OK",
    stream: str = "crm.invoices",
) -> tuple:
    """A recipient and what becomes of it so many seconds after its creation."""
    late = seconds if status in ("delivered", "junked") else None
    return stream, created, created + seconds / HOUR, status, reply, late


def news(created: float, many: int) -> list[tuple]:
    """A culprit's recipients come through."""
    return [recipient(created, stream="marketing.newsletter")] * many


def course(
    recipients: Sequence[tuple] = (),
    listings: Sequence[tuple] = (),
    levels: Sequence[tuple] = (),
    actions: Sequence[tuple] = (),
    of: Scenario | None = None,
    toll: Mapping[int, tuple[int, int, int, int]] | None = None,
) -> Course:
    """All of it; something happens to a recipient, at any rate. `toll` has the kinds by hour."""
    of = of or scenario()
    rows = [
        (kind, HOUR * hour, HOUR * hour)
        for hour, counts in (toll or {}).items()
        for kind, count in zip(TOLL, counts, strict=True)
        for _ in range(count)
    ]
    frames = {
        "recipients": _frame(
            [recipient(0.0), *recipients], "stream created end status reply latency"
        ),
        "listings": _frame(listings, "egress sender_domain blocklist start end against"),
        "levels": _frame(levels, "level subject time value"),
        "actions": _frame(actions, "action egress sender_domain time subject"),
    }
    judged = pd.DataFrame(rows, columns=["kind", "created", "end"])
    return Course(of, 0, frames, judged, {str(row[1]): state_subject(row[1]) for row in levels})


def state_subject(name: str) -> StateSubject:
    """What a provider judges, as these stories name it: provider, IP and sender's domain."""
    return StateSubject(*name.rsplit(" ", 2))


def _frame(rows: Sequence[tuple], columns: str) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=columns.split())
    for name in ("created", "end", "start", "time"):
        if name in frame:
            frame[name] = HOUR * frame[name].astype(float)
    if "latency" in frame:
        frame["latency"] = frame["latency"].astype(float)
    return frame
