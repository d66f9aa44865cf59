"""The switches of the coupling: with one off, culprits harm themselves alone by that way.

In each story culprits and innocents are coupled by one way only. So with it on the innocents fare
otherwise than without the culprits' signals (the control), and with it off they fare the same, row
for row, while the culprits fare as badly as before.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from worlds.many_hubs import hubs
from worlds.named_rows import named_rows
from worlds.reputation_world import (
    CALLED,
    HOUR,
    IP,
    LIST,
    NOBODY_LOOKS,
    OTHER_IP,
    PROVIDER,
    TRAPS,
    actions,
    count,
    listed,
)
from worlds.small_world import Mail, Played, play, tables

from relaysim.engine.coupled_runs import Coupled, coupled
from relaysim.scenario.load import from_mapping
from relaysim.trace.invariants import check
from relaysim.traffic.workload import draw


def three(*changes: str, mail: Mail | None = None) -> tuple[Coupled, Played]:
    """Return the three coupled runs, and the treatment with its scenario. No invariant is violated."""
    with TemporaryDirectory() as folder:
        scenario = from_mapping(tables(*changes, mail=mail, folder=Path(folder)), "story")
        draws = draw(scenario, 0, 1)
        runs = coupled(scenario, draws)
    for trace in (runs.treatment, runs.control):
        assert check(trace, draws, scenario) == []
    return runs, Played(scenario, draws, runs.treatment)


def off(switch: str) -> str:
    return f"[coupling]\n{switch} = false"


CULPRIT = "[hosts.{host}.streams.{name}]\nculprit = true\nsender = '{sender}'"
NEWS = CULPRIT.format(host="app", name="news", sender="news@bulk.example")
BAD = CULPRIT.format(host="app", name="bad", sender="news@bulk.example") + "\nunknown_rate = 1.0"

LISTING = (
    (TRAPS, LIST, NEWS, NOBODY_LOOKS),
    {"app.traps": [10], "app.news": [100], "app.load": [5, 100, 4000]},
    "app",
)
WIDENING = (
    (
        LIST,
        "[blocklists.list]\nwidening = 'allocation_count'",
        hubs("198.51.100.8/29", "198.51.100.11"),
        CULPRIT.format(host="h1", name="news", sender="news@bulk.example"),
        NOBODY_LOOKS,
    ),
    {"h1.traps": [10], "h1.news": [100], "h0.load": [5, 100, 4000]},
    "h0",
)
BY_IP = (
    (PROVIDER, NEWS, BAD, NOBODY_LOOKS),
    {"app.bad": [0] * 200, "app.news": [0] * 100 + [1000], "app.load": [0] * 100 + [1000]},
    "app",
)
BY_DOMAIN = (
    (
        PROVIDER,
        "[destinations.sink.reputation]\ndomain_weight = 1.0\nthrottle_junk = 1.0\nwarn_junk = 1.0",
        hubs("198.51.100.8/29", OTHER_IP),
        CULPRIT.format(host="h1", name="news", sender="news@cozumpark.com"),
        CULPRIT.format(host="h1", name="bad", sender="news@cozumpark.com") + "\nunknown_rate = 1.0",
        NOBODY_LOOKS,
    ),
    {"h1.bad": [0] * 400, "h1.news": [0] * 100 + [1000], "h0.load": [0] * 100 + [1000]},
    "h0",
)
BACK_OFF = (
    (
        PROVIDER,
        "[destinations.sink.reputation]\ndomain_weight = 1.0\nthrottle_rate = '1/h'\nthrottle_junk = 0.0",
        "[hubs.HUB01]\nmax_per_domain_outbound_connections = 1",
        NEWS,
        BAD,
        NOBODY_LOOKS,
    ),
    {"app.bad": [0] * 18, "app.news": [0] * 100 + [1000], "app.load": [1001]},
    "app",
)
STORIES = {
    "listing": LISTING,
    "widening": WIDENING,
    "provider_ip": BY_IP,
    "provider_domain": BY_DOMAIN,
    "back_off": BACK_OFF,
}


@pytest.mark.parametrize("switch", STORIES)
def test_with_the_switch_on_innocents_suffer_with_it_off_culprits_alone(switch: str) -> None:
    changes, mail, host = STORIES[switch]
    innocent = {f"{host}.load"}
    culprit = next(name for name in mail if name.endswith(".news"))
    on, told_on = three(*changes, mail=mail)
    assert named_rows(on.treatment, innocent) != named_rows(on.control, innocent)
    apart, told_off = three(*changes, off(switch), mail=mail)
    assert named_rows(apart.treatment, innocent) == named_rows(apart.control, innocent)
    assert named_rows(apart.treatment, innocent) == named_rows(apart.absent, innocent)
    last = told_off.ends(culprit)[-1]
    assert last == told_on.ends(culprit)[-1]
    assert last != (1000.0, "delivered")
    assert last != (100.0, "delivered")


def test_with_the_listing_apart_innocents_are_listed_for_their_own_hits() -> None:
    """And culprits are not listed for theirs: two listings of one IP, each held against its own."""
    mistyped = "[hosts.app.streams.typo]\ntrap_rate = 1.0\nculprit = false"
    mail = {
        "app.typo": [2000],
        "app.traps": [10],
        "app.load": [100, 2100, 5599, 5600],
        "app.news": [100, 3609, 3610, 3700],
    }
    run = play(TRAPS, LIST, NEWS, mistyped, NOBODY_LOOKS, off("listing"), mail=mail)
    assert listed(run) == [
        (IP, "list", 10.0, 3610.0, "trigger", 2),
        (IP, "list", 2000.0, 5600.0, "trigger", 1),
    ]
    assert run.statuses("app.load") == ["delivered", "bounced", "bounced", "delivered"]
    assert run.statuses("app.news") == ["bounced", "bounced", "delivered", "delivered"]


def test_with_the_listing_apart_the_script_lists_the_culprits_alone() -> None:
    event = (
        f"[[events]]\nat = '0 s'\nlisting = {{ egress = '{IP}', blocklist = 'list', for = '1 h' }}"
    )
    mail: Mail = {"app.load": [10], "app.news": [10]}
    run = play(LIST, NEWS, NOBODY_LOOKS, event, off("listing"), mail=mail)
    assert listed(run) == [(IP, "list", 0.0, 3600.0, "script", 2)]
    assert run.statuses("app.load") + run.statuses("app.news") == ["delivered", "bounced"]
    run = play(LIST, NEWS, NOBODY_LOOKS, event, mail=mail)
    assert listed(run) == [(IP, "list", 0.0, 3600.0, "script", 0)]
    assert run.statuses("app.load") + run.statuses("app.news") == ["bounced", "bounced"]


def test_with_the_reputation_apart_each_has_a_limit_of_its_own() -> None:
    """A new IP may send twenty an hour to a provider: twenty together, or twenty each."""
    new = f"[egress.'{IP}']\nage = '0 s'\n[hubs.HUB01]\nmessage_expiration_timeout = '10 min'"
    mail: Mail = {"app.load": [1] * 30, "app.news": [0] * 30}
    alone = "[operations]\nback_off = 'none'"
    for switch, innocent, culprit in (("reaction", 0, 20), ("provider_ip", 20, 20)):
        run = play(PROVIDER, NEWS, new, alone, NOBODY_LOOKS, off(switch), mail=mail)
        assert count(run, "app.load").get("delivered", 0) == innocent
        assert count(run, "app.news").get("delivered", 0) == culprit


def test_with_the_reaction_off_no_stream_is_paused_and_no_listing_removed() -> None:
    pause = """
    [operations]
    on_listing = "pause_culprit"
    [blocklists.list]
    delisting_time = "30 min"
    lifetime = "5 d"
    """
    mail: Mail = {"app.traps": [10, 200], "app.load": [100, 2000]}
    on = play(TRAPS, LIST, CALLED, pause, mail=mail)
    assert on.statuses("app.traps") + on.statuses("app.load") == [
        "delivered",
        "suppressed",
        "bounced",
        "delivered",
    ]
    none = play(TRAPS, LIST, CALLED, pause, off("reaction"), mail=mail)
    assert (
        none.statuses("app.traps") + none.statuses("app.load")
        == ["delivered"] * 2 + ["bounced"] * 2
    )
    assert actions(none) == []


# Contention.

BUSY = """
[run]
duration = "2 h"
[hubs.HUB01]
categorize_cost = { base = "1 s", per_kb = "0 s", cv = 0.0 }
[hosts.bulk]
kind = "bulk_marketing"
address = "192.168.168.51"
server = "192.168.168.169"
[hosts.bulk.streams.news]
sender = "news@bulk.example"
size = "1 KB"
to = { sink = 1.0 }
arrivals = { process = "campaign", at = "1 min", messages = 600, rate = "100/s" }
[lines.main]
bandwidth = "64 kbit/s"
[egress."198.51.100.10"]
line = "main"
"""


def test_with_the_contention_off_each_kind_has_a_hub_and_a_line_to_itself() -> None:
    """The load waits behind ten minutes of bulk mail, or behind none of it."""
    mail: Mail = {"app.load": [120.0, 300.0]}
    on, told_on = three(BUSY, NOBODY_LOOKS, mail=mail)
    assert all(
        end - at > 300 for (end, _), at in zip(told_on.ends("app.load"), (120, 300), strict=True)
    )
    assert named_rows(on.control, {"app.load"}) != named_rows(on.absent, {"app.load"})
    apart, told_off = three(BUSY, NOBODY_LOOKS, off("contention"), mail=mail)
    assert told_off.ends("app.load") == [(121.128, "delivered"), (301.128, "delivered")]
    assert named_rows(apart.treatment, {"app.load"}) == named_rows(apart.absent, {"app.load"})
    assert told_off.last_hubs("bulk.news")[0] == "HUB01 (culprits)"
    assert set(told_off.last_hubs("app.load")) == {"HUB01"}
    assert max(end for end, _ in told_off.ends("bulk.news")) > 660
    names = apart.treatment.names
    assert "main (culprits).line" in names.stations
    assert "HUB01 (culprits)->example.org" in names.queues


def test_the_provider_state_of_the_ip_is_shared_all_the_same() -> None:
    """The twin sends by the same IP: a listing that the bulk mail earns meets the load too."""
    traps = "[hosts.bulk.streams.news]\ntrap_rate = 0.1"
    run = play(BUSY, LIST, traps, NOBODY_LOOKS, off("contention"), mail={"app.load": [1000.0]})
    assert len(listed(run)) == 1
    assert run.statuses("app.load") == ["bounced"]


def test_a_stop_of_the_hub_stops_its_twin_too() -> None:
    stop = "[[events]]\nat = '100 s'\nstop = { hub = 'HUB01', for = '1 h' }"
    run = play(BUSY, NOBODY_LOOKS, stop, off("contention"), mail={"app.load": [120.0]})
    ends = np.array([end for end, _ in run.ends("bulk.news")])
    assert not ((ends > 100) & (ends < 100 + HOUR)).any()
    assert (ends > 100 + HOUR).sum() > 100
