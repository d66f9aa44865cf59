"""Traps, unknown users and complaints: as many as their rates say, and each recipient at most one."""

import numpy as np
import pytest
from worlds.traffic_examples import Raw, by_name, drawn, flagged, host, likely, stream, tables

from relaysim.traffic.signal_draws import Signal
from relaysim.traffic.workload import Draws

MANY = 50_000
BURST = {"process": "campaign", "at": "0 s", "messages": MANY, "rate": "1000/s"}
LISTS = {
    "css": {"profile": "spamhaus-css"},  # its operator has a quarter of all traps
    "xbl": {"profile": "spamhaus-xbl"},
    "cop": {"profile": "spamcop"},  # a twentieth
    "scripted": {"profile": "none"},
}
PROVIDER = {"profile": "outlook", "domains": ["hotmail.com"]}  # a tenth


def mailed(listed: bool = False, to: Raw | None = None, **rates: float) -> Draws:
    """Many recipients, to a mailing list or not, with the same rates of signals."""
    if listed:
        signals: Raw = {"mailing_list": {"trap_share": rates.pop("trap_rate", 0.0), **rates}}
    else:
        signals = rates
    places = {"sink": {"profile": "none", "domains": ["example.org"]}, "outlook": PROVIDER}
    mail = stream(BURST, to, **signals)
    return drawn(tables({"app": host(load=mail)}, places, blocklists=LISTS))


@pytest.mark.parametrize("listed", [False, True])
class TestRates:
    def test_each_operator_has_its_share_of_the_traps(self, listed: bool) -> None:
        draws = mailed(listed, trap_rate=0.1)

        assert draws.operators == ("spamcop", "spamhaus")
        spamcop, spamhaus = np.bincount(draws.trap_operator)
        assert likely(spamcop, MANY, 0.1 * 0.05)
        assert likely(spamhaus, MANY, 0.1 * 0.25)

    def test_operators_find_traps_each_for_itself(self, listed: bool) -> None:
        draws = mailed(listed, trap_rate=1.0)

        twice = np.diff(draws.trap_recipient) == 0
        assert likely(twice.sum(), MANY, 0.25 * 0.05)

    def test_unknown_users(self, listed: bool) -> None:
        draws = mailed(listed, unknown_rate=0.05)

        assert likely(flagged(draws, Signal.UNKNOWN).sum(), MANY, 0.05)

    def test_a_provider_has_traps_of_its_own(self, listed: bool) -> None:
        draws = mailed(listed, {"outlook": 0.5, "sink": 0.5}, trap_rate=0.2)

        trap = flagged(draws, Signal.PROVIDER_TRAP)
        theirs = draws.domain == draws.domains.index("hotmail.com")
        assert likely(trap.sum(), theirs.sum(), 0.2 * 0.1)
        assert not trap[~theirs].any()

    def test_complaints_of_mail_in_the_inbox_and_in_the_junk_folder(self, listed: bool) -> None:
        draws = mailed(listed, complaint_rate=0.2)

        complains, anyway, reports = (
            flagged(draws, signal)
            for signal in (Signal.COMPLAINS, Signal.COMPLAINS_JUNKED, Signal.REPORTS)
        )
        assert likely(complains.sum(), MANY, 0.2)
        assert likely(anyway.sum(), MANY, 0.05 * 0.2)
        assert np.all(complains >= anyway)
        assert likely(reports.sum(), complains.sum(), 0.002)
        assert np.all(complains >= reports)

    def test_a_recipient_is_one_thing_at_most(self, listed: bool) -> None:
        to = {"outlook": 0.5, "sink": 0.5}

        draws = mailed(listed, to, trap_rate=0.8, unknown_rate=0.5, complaint_rate=0.5)

        complaint = Signal.COMPLAINS | Signal.COMPLAINS_JUNKED | Signal.REPORTS
        kinds = (Signal.TRAP, Signal.PROVIDER_TRAP, Signal.UNKNOWN, complaint)
        of_kind = [flagged(draws, kind) for kind in kinds]
        assert all(each.any() for each in of_kind)
        assert np.sum(of_kind, axis=0).max() == 1
        # Half of those who are no traps are unknown, and half of the others complain.
        trap, own, unknown, complains = of_kind
        people = MANY - trap.sum() - own.sum()
        assert likely(unknown.sum(), people, 0.5)
        assert likely(complains.sum(), people - unknown.sum(), 0.5)

    def test_nobody_inside_is_a_trap_or_complains(self, listed: bool) -> None:
        to = {"internal": 0.5, "outlook": 0.5}

        draws = mailed(listed, to, trap_rate=0.5, unknown_rate=0.5, complaint_rate=0.5)

        inside = draws.domain == 0
        assert likely(inside.sum(), MANY, 0.5)
        assert not draws.signal[inside].any()


class TestTraps:
    def test_operators_traps_live_in_a_domain_of_their_own(self) -> None:
        draws = mailed(trap_rate=0.1)

        assert draws.domains[-2:] == ("example.org", "spamtrap.example")
        assert draws.destinations == ("internal", "outlook", "sink", "spamtraps")
        assert draws.destination == (0, 1, 2, 3)
        trap = flagged(draws, Signal.TRAP)
        assert (draws.domain == 3).tolist() == trap.tolist()
        assert np.unique(draws.trap_recipient).tolist() == np.flatnonzero(trap).tolist()
        assert np.all(np.diff(draws.trap_recipient) >= 0)
        assert not draws.uses[3].any()

    def test_without_lists_there_are_no_operators_and_no_domain_for_traps(self) -> None:
        draws = drawn(tables({"app": host(load=stream(trap_rate=0.5))}))

        assert draws.operators == ()
        assert draws.domains == ("cozumpark.com", "example.org")
        assert not draws.signal.any()

    def test_without_traps_there_is_no_domain_for_them(self) -> None:
        draws = mailed(unknown_rate=0.5)

        assert draws.operators == ("spamcop", "spamhaus")
        assert "spamtrap.example" not in draws.domains
        assert draws.trap_recipient.tolist() == draws.trap_operator.tolist() == []

    def test_the_lists_of_an_operator_share_its_traps(self) -> None:
        css, sbl = {"profile": "spamhaus-css"}, {"profile": "spamhaus-sbl"}
        mail = tables({"app": host(load=stream(trap_rate=0.5))})

        one, both = (
            drawn(mail | {"blocklists": each}) for each in ({"a": css}, {"a": css, "b": sbl})
        )

        assert one.operators == both.operators == ("spamhaus",)
        assert one.trap_recipient.tolist() == both.trap_recipient.tolist() != []

    @pytest.mark.parametrize(("css", "sbl"), [(0.0, 0.9), (0.9, 0.1)])
    def test_the_largest_trap_share_of_its_lists_is_the_operators(
        self, css: float, sbl: float
    ) -> None:
        lists = {
            "css": {"profile": "spamhaus-css", "trap_share": css},
            "sbl": {"profile": "spamhaus-sbl", "trap_share": sbl},
            "cop": {"profile": "spamcop", "trap_share": 0.0},
        }
        burst = BURST | {"messages": 1000}

        draws = drawn(tables({"app": host(load=stream(burst, trap_rate=1.0))}, blocklists=lists))

        assert draws.operators == ("spamhaus",)
        assert likely(len(draws.trap_recipient), 1000, 0.9)

    @pytest.mark.parametrize(
        "signals",
        [
            {"trap_rate": 0.9, "unknown_rate": 0.2, "complaint_rate": 0.5},
            {
                "mailing_list": {
                    "addresses": 70,
                    "trap_share": 0.9,
                    "unknown_rate": 0.2,
                    "complaint_rate": 0.5,
                }
            },
        ],
        ids=["letters", "list"],
    )
    def test_another_operator_takes_its_own_traps_and_changes_nothing_else(
        self, signals: Raw
    ) -> None:
        places = {"business": {"profile": "none", "domain_count": 30}, "outlook": PROVIDER}
        mail = stream(to={"business": 0.5, "outlook": 0.5}, **signals)
        few = tables({"app": host(load=mail)}, places, blocklists={"css": LISTS["css"]})
        # "barracuda" comes before, "uceprotect" after.
        many = few | {
            "blocklists": {
                "css": LISTS["css"],
                "a": {"profile": "barracuda"},
                "b": {"profile": "uceprotect-1"},
            }
        }

        before, after = (by_name(drawn(raw), "app.load") for raw in (few, many))

        taken = 0
        for old, new in zip(before, after, strict=True):
            owners = new.pop("operators")[0]
            assert [each for each in owners if each == "spamhaus"] == old.pop("operators")[0]
            if set(owners) <= {"spamhaus"}:
                assert new == old
            else:
                assert new["signals"] == [Signal.TRAP]
                assert new["keys"] == old["keys"]
                taken += 1
        assert taken > 5
