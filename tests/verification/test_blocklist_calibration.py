"""The blocklists against all measured figures at once: one trigger, one trap rate, every size."""

import math

import pytest
from worlds.companies import NAIVE, Companies
from worlds.ground_truth import stated
from worlds.reputation_world import DAY, HOUR, MINUTE
from worlds.trap_mail import MEASURED, last_hit, spells

from relaysim.mail.listing_trigger import hits_needed
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.defaults import blocklist_defaults
from relaysim.profiles.kind import Kind
from relaysim.scenario.stream import TYPING_ERRORS
from relaysim.theory.listing_formulas import count_listing

PEOPLE = 8e-5
"""The trap rate of people for which the trigger of Spamhaus CSS is calibrated."""
RETURN_PATH, HADES = 0.014, 0.095
"""First Spamhaus listings a month: -ln(1 - 0.20) / 16 of businesses in the USA (Return Path, 2014),
and -ln(1 - 0.173) / 2 of provider servers (HADES, NDSS 2025)."""
REACH = {"spamhaus-css": 0.939, "spamcop": 0.0515, "uceprotect-1": 0.0108, "psbl": 0.0051}
"""Shares of the receiving domains that name a list, by list (HADES)."""
CLOCKS = {
    "spamhaus-css": stated("A new IP on Spamhaus"),
    "spamhaus-xbl": stated("A new IP on Spamhaus XBL"),
    "spamcop": stated("A new IP on SpamCop"),
    "uceprotect-1": stated("A new IP on UCEPROTECT-1"),
    "psbl": stated("A new IP on PSBL"),
    "spamhaus-dbl": stated("A new domain on the Spamhaus DBL"),
    "surbl": stated("A new domain on SURBL"),
}
CSS = BUILT_IN.tables(Kind.BLOCKLIST, "blocklist")["spamhaus-css"]


def needed(sent: int, before: int = 0) -> int:
    """Hits that list an IP on Spamhaus CSS."""
    table = blocklist_defaults(BUILT_IN.profile(Kind.BLOCKLIST, "spamhaus-css"))
    rate, deviations = table["tolerated_rate"], table["tolerated_deviations"]
    return hits_needed(table["threshold"], sent, before, round(rate * 1e9), round(deviations * 1e3))


def test_all_measured_figures_hold_at_once() -> None:
    # People write to traps at a rate within the range that nobody could narrow.
    assert TYPING_ERRORS == (1e-7, 1e-4)
    assert TYPING_ERRORS[0] < PEOPLE < TYPING_ERRORS[1]

    # Companies of any size without bulk mail are first listed as often as was measured.
    months = 16 * 30
    monthly = [
        Companies(mailboxes, PEOPLE, count, months).monthly
        for mailboxes, count in ((100, 1500), (1000, 600), (10_000, 200))
    ]
    assert all(RETURN_PATH < value < HADES for value in monthly)
    shown = ", ".join(f"{value:.3f}" for value in monthly)
    assert shown == stated("First Spamhaus listings of companies a month")

    # The same three hits in a week for everybody: 3,000 mailboxes are listed within the first week.
    naive = Companies(3000, 1e-4, 300, 30, (NAIVE,))
    assert 2.5 < naive.median_days < 4.5
    assert Companies(3000, PEOPLE, 100, months).median_days > 200

    # A new IP that sends nothing else is listed by three mails, and falls off by itself.
    assert spells("spamhaus-css", 2) == []
    assert spells("spamhaus-css", 3)[0][0] == 3 * MINUTE
    for profile, clock in MEASURED.items():
        found = spells(profile)
        assert found[0][0] == pytest.approx(clock.listed, rel=0.34), profile
        lasts = found[-1][1] - last_hit(profile)
        assert lasts == pytest.approx(clock.lasts, rel=0.01), profile
        after = found[0][0]
        listed = f"{after / MINUTE:.0f} min" if after < HOUR else f"{after / HOUR:.2g} h"
        assert f"after {listed}, for {lasts / DAY:.0f} d" == CLOCKS[profile]

    # SpamCop lists and delists every 5 min to 1 h in that time.
    lengths = [end - start for start, end in spells("spamcop")[:-1]]
    assert len(lengths) > 40
    assert all(5 * MINUTE <= length <= HOUR + 5 * MINUTE for length in lengths)
    shortest, longest = (f"{length / MINUTE:.0f} min" for length in (min(lengths), max(lengths)))
    assert f"every {shortest} to {longest}" == stated("SpamCop on and off")

    # A bad list is listed: one of 20,000 addresses that was bought, beside 1,000 mailboxes.
    share = CSS["trap_share"].value
    before = 214_286
    assert count_listing(20_000, 5e-3, share, needed(20_000, before)) > 0.99
    # One that opted in is not, even from an IP of its own.
    assert count_listing(20_000, 5e-5, share, needed(20_000)) < 0.01

    # Receivers use each list as often as was measured, of those that use any.
    for kind in ("secure-gateway", "small-business-gateway", "isp"):
        uses = BUILT_IN.tables(Kind.DESTINATION, "destination")[kind]["refuses_on"].value
        spamhaus = uses["spamhaus-css"] / REACH["spamhaus-css"]
        for name, reach in REACH.items():
            assert uses[name] / spamhaus == pytest.approx(reach, rel=0.05), (kind, name)
        assert "abusix" not in uses
        # Of seven providers that refuse on its lists of IPs three use that of domains.
        assert uses["spamhaus-dbl"] / uses["spamhaus-css"] == pytest.approx(3 / 7, rel=0.01)
        on_spamcop = f"{100 * uses['spamcop'] / uses['spamhaus-css']:.1f} %"
        assert on_spamcop == stated("Who refuses on SpamCop, of all that refuse on Spamhaus")


def test_lists_of_domains_weigh_the_same_hits_against_the_mail_of_the_domain() -> None:
    """Beside the figures of the list of IPs: three hits list a new domain, as they list a new IP.

    A domain with a history needs more hits than its IP, whatever is assumed within the range.
    """
    assert spells("spamhaus-dbl", 2) == []
    assert len(spells("spamhaus-dbl", 3)) == len(spells("spamhaus-css", 3)) == 1
    before, campaign = 214_286, 20_000
    dbl = BUILT_IN.tables(Kind.BLOCKLIST, "blocklist")["spamhaus-dbl"]
    assert [dbl[key].value for key in ("trap_share", "threshold")] == [
        CSS[key].value for key in ("trap_share", "threshold")
    ]
    hits = [
        hits_needed(3, campaign, before, round(rate * 1e9), 2500) for rate in (2e-5, 5e-5, 2e-4)
    ]
    assert hits[0] == needed(campaign, before)
    assert dbl["tolerated_rate"].value == 5e-5
    share = dbl["trap_share"].value
    aged, bought = (
        [round(100 * count_listing(campaign, traps, share, needed)) for needed in hits]
        for traps in (5e-4, 5e-3)
    )
    assert (hits, aged, bought) == ([6, 10, 22], [4, 0, 0], [100, 100, 75])


def test_the_trigger_and_the_trap_rate_go_together() -> None:
    """A tenth of the rate lists nobody; twice the rate lists every large company within weeks."""
    assert Companies(1000, PEOPLE / 10, 200, 16 * 30).monthly < 0.001
    large = Companies(10_000, 2 * PEOPLE, 50, 120)
    assert large.median_days < 60
    assert math.isinf(large.monthly)
