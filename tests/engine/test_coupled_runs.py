"""The three coupled runs: with everything, with nobody counting the culprits, and without them."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from worlds.reputation_world import (
    CALLED,
    HOUR,
    IP,
    LIST,
    PROVIDER,
    QUARTER,
    TRAPS,
    actions,
    count,
    listings,
    signals,
    states,
)
from worlds.small_world import Mail, Played, tables

from relaysim.engine.coupled_runs import coupled
from relaysim.engine.run import simulate
from relaysim.scenario.load import from_mapping
from relaysim.trace.tables import Level
from relaysim.traffic.workload import draw


def runs(*changes: str, mail: Mail) -> dict[str, Played]:
    """T, C and N."""
    with TemporaryDirectory() as folder:
        scenario = from_mapping(tables(*changes, mail=mail, folder=Path(folder)), "story")
        draws = draw(scenario, 0, 1)
        result = coupled(scenario, draws)
    assert simulate(scenario, draws).fingerprint() == result.treatment.fingerprint()
    names = frozenset(name for name in draws.streams if name not in INNOCENT)
    return {
        "T": Played(scenario, draws, result.treatment),
        "C": Played(scenario, draws, result.control),
        "N": Played(scenario, draws.without(names), result.absent),
    }


INNOCENT = ("app.load", "app.typo", "app.late")
BULK = """
[hosts.app.streams.news]
sender = "news@bulk.example"
culprit = true
[hosts.app.streams.bad]
sender = "news@bulk.example"
culprit = true
unknown_rate = 1.0
"""
SCRIPTED = (
    f"[[events]]\nat = '0 s'\nlisting = {{ egress = '{IP}', blocklist = 'list', for = '1 min' }}"
)


def test_listings_come_of_the_culprits_signals_in_the_treatment_alone() -> None:
    """A scripted one until 60 s, one for a hit at 100 s, and an innocent hit at 10,000 s."""
    typo = "[hosts.app.streams.typo]\ntrap_rate = 1.0"
    mail: Mail = {"app.load": [30, 200, 10_100], "app.traps": [100], "app.typo": [10_000]}
    result = runs(TRAPS, LIST, SCRIPTED, typo, mail=mail)
    own = (10_000.0, 10_000 + HOUR)
    assert listings(result["T"]) == [(0.0, 60.0), (100.0, 100 + HOUR), own]
    assert listings(result["C"]) == listings(result["N"]) == [own]
    assert result["T"].statuses("app.load") == ["bounced", "bounced", "bounced"]
    for run in ("C", "N"):
        assert result[run].statuses("app.load") == ["delivered", "delivered", "bounced"]
    assert [who for _, who, _ in signals(result["T"])] == ["app.traps", "app.typo"]
    assert [who for _, who, _ in signals(result["C"])] == ["app.typo"]
    assert result["C"].ends("app.traps") == [(100.0, "delivered")]


def test_the_third_run_has_no_rows_of_the_culprits_and_the_same_names() -> None:
    mail: Mail = {"app.load": [30], "app.traps": [100, 200]}
    result = runs(TRAPS, LIST, mail=mail)
    assert len(result["T"].trace.messages) == len(result["C"].trace.messages) == 3
    assert len(result["N"].trace.messages) == 1
    assert result["N"].trace.names.streams == result["T"].trace.names.streams
    assert result["N"].statuses("app.traps") == []


def test_culprits_get_the_same_answers_from_every_address() -> None:
    """Unknown users bounce in the control too, NDR and all, and nobody counts them."""
    mail: Mail = {
        "app.bad": [0] * 200,
        "app.news": [0] * 100 + [1000],
        "app.load": [0] * 100 + [1000],
    }
    result = runs(PROVIDER, BULK, mail=mail)
    assert count(result["T"], "app.bad") == count(result["C"], "app.bad") == {"bounced": 200}
    for run in ("T", "C"):
        assert (result[run].trace.messages["parent"] >= 0).sum() >= 200
    assert states(result["T"], f"sink {IP} bulk.example") == [(QUARTER, 3)]
    assert result["T"].statuses("app.load")[-1] == result["T"].statuses("app.news")[-1] == "bounced"
    assert (result["C"].trace.levels["level"] == Level.PROVIDER).sum() == 0
    assert signals(result["C"]) == []
    assert (
        result["C"].statuses("app.load")[-1] == result["C"].statuses("app.news")[-1] == "delivered"
    )


def test_dead_addresses_are_taken_off_in_the_control_too() -> None:
    news = """
    [run]
    duration = "15 d"
    [hosts.app.streams.news]
    sender = "news@bulk.example"
    size = "1 KB"
    to = { sink = 1.0 }
    culprit = true
    arrivals = { process = "campaign", at = "0 s", messages = 50, rate = "1/s", every = "7 d" }
    mailing_list = { addresses = 50, unknown_rate = 0.2 }
    [destinations.sink.reputation]
    least_inboxed = 1000
    """
    result = runs(PROVIDER, news, mail={"app.load": [0]})
    assert count(result["T"], "app.news") == count(result["C"], "app.news")
    assert set(count(result["C"], "app.news")) == {"delivered", "bounced", "suppressed"}
    assert len(signals(result["T"])) == count(result["T"], "app.news")["bounced"]
    assert signals(result["C"]) == []


def test_the_volume_of_the_culprits_uses_up_no_limit_in_the_control() -> None:
    """A new IP may send twenty an hour. In the control the culprits are not held to that."""
    new = f"[egress.'{IP}']\nage = '0 s'\n[hubs.HUB01]\nmessage_expiration_timeout = '10 min'"
    alone = "[operations]\nback_off = 'none'"
    mail: Mail = {"app.news": [0] * 50, "app.load": [1] * 30}
    result = runs(PROVIDER, BULK, new, alone, mail=mail)
    delivered = {
        name: (
            count(run, "app.load").get("delivered", 0),
            count(run, "app.news").get("delivered", 0),
        )
        for name, run in result.items()
    }
    assert delivered == {"T": (0, 20), "C": (20, 50), "N": (20, 0)}


def test_innocent_mail_that_is_blocked_for_itself_is_blocked_in_all_three() -> None:
    """And the culprit on their IP with them, in the control as well: the IP is blocked."""
    typo = "[hosts.app.streams.typo]\nunknown_rate = 1.0"
    mail: Mail = {"app.typo": [0] * 100, "app.load": [0] * 100 + [1000], "app.news": [1000]}
    same = "[hosts.app.streams.news]\nsender = 'news@cozumpark.com'"
    result = runs(PROVIDER, BULK, same, typo, mail=mail)
    for run in result.values():
        assert states(run, f"sink {IP} cozumpark.com") == [(QUARTER, 3)]
        assert run.statuses("app.load")[-1] == "bounced"
    assert result["T"].statuses("app.news") == result["C"].statuses("app.news") == ["bounced"]


def test_the_mail_of_the_culprits_does_not_dilute_reports_in_the_control() -> None:
    """Two hits of innocents list an IP that sends little else: sharing can keep it off the list."""
    ratio = """
    [blocklists.list]
    profile = "none"
    trigger = "scored_ratio"
    trap_share = 1.0
    threshold = 8.0
    threshold_ratio = 0.5
    visibility = 1.0
    lifetime = "1 h"
    [destinations.sink]
    refuses_on = { list = 1.0 }
    [hosts.app.streams.typo]
    trap_rate = 1.0
    """
    mail: Mail = {"app.news": [0] * 90, "app.typo": [1, 2], "app.load": [100]}
    result = runs(BULK, ratio, mail=mail)
    assert listings(result["T"]) == []
    assert len(listings(result["C"])) == len(listings(result["N"])) == 1
    assert result["T"].statuses("app.load") == ["delivered"]
    assert result["C"].statuses("app.load") == result["N"].statuses("app.load") == ["bounced"]


def test_a_hijacked_host_is_not_found_in_the_control() -> None:
    hijacked = """
    [hosts.app.streams.spam]
    sender = "someone@cozumpark.com"
    size = "1 KB"
    to = { sink = 1.0 }
    arrivals = { process = "compromise", rate = "1/min", at = "1 h", lasts = "5 h" }
    [blocklists.list]
    profile = "spamhaus-xbl"
    compromise_time = "1 h"
    build_interval = "0 s"
    [destinations.sink]
    refuses_on = { list = 1.0 }
    """
    result = runs(hijacked, mail={"app.load": [5 * HOUR]})
    assert len(listings(result["T"])) == 1
    assert listings(result["C"]) == listings(result["N"]) == []
    assert [run.statuses("app.load") for run in result.values()] == [
        ["bounced"], ["delivered"], ["delivered"],
    ]  # fmt: skip


@pytest.mark.parametrize("policy", ["pause_culprit", "clean_list"])
def test_no_operator_reacts_to_the_culprits_in_the_control(policy: str) -> None:
    how = f"[operations]\non_listing = '{policy}'"
    mail: Mail = {"app.traps": [10, 200], "app.load": [100]}
    result = runs(TRAPS, LIST, CALLED, how, mail=mail)
    assert actions(result["T"])[0] == (100.0, "detected", "")
    assert actions(result["C"]) == actions(result["N"]) == []
    assert result["C"].statuses("app.traps") == ["delivered", "delivered"]


def test_what_harms_innocents_adds_up_by_parts() -> None:
    """A slow hub, and a listing: T - C is what comes of signals, C - N what comes of the queue."""
    slow = """
    [hubs.HUB01]
    categorize_cost = { base = "1 s", per_kb = "0 s", cv = 0.0 }
    """
    mail: Mail = {"app.news": [0] * 30, "app.traps": [0], "app.load": [5, 100]}
    result = runs(TRAPS, LIST, BULK, slow, mail=mail)
    assert result["T"].ends("app.load") == [(32.0, "bounced"), (101.0, "bounced")]
    assert result["C"].ends("app.load") == [(32.0, "delivered"), (101.0, "delivered")]
    assert result["N"].ends("app.load") == [(6.0, "delivered"), (101.0, "delivered")]
    created = [np.array(run.messages("app.load", "created")) for run in result.values()]
    assert all((each == created[0]).all() for each in created)
