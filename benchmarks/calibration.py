"""The calibration of the blocklists against measured figures, as docs/background/calibration.md.

python benchmarks/calibration.py > docs/background/calibration.md     # two minutes on one core
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from worlds.companies import MAIL, NAIVE, Companies  # noqa: E402
from worlds.reputation_world import DAY, HOUR, MINUTE  # noqa: E402
from worlds.trap_mail import MEASURED, last_hit, spells  # noqa: E402

import relaysim  # noqa: E402
from relaysim.mail.listing_trigger import hits_needed  # noqa: E402
from relaysim.profiles.collection import BUILT_IN  # noqa: E402
from relaysim.profiles.kind import Kind  # noqa: E402
from relaysim.theory.listing_formulas import count_listing  # noqa: E402

DAYS = 480
SIZES = {100: 1500, 300: 800, 1000: 600, 3000: 300, 10_000: 200}
"""Mailboxes of a company, and companies that are simulated."""
RATES = (1e-7, 1e-6, 1e-5, 7e-5, 8e-5, 9e-5, 1e-4)
TOGETHER = (7e-5, 8e-5, 1e-4)
LISTS = {"opt-in": 5e-5, "aged": 5e-4, "purchased": 5e-3}
CAMPAIGN = 20_000
CSS = BUILT_IN.tables(Kind.BLOCKLIST, "blocklist")["spamhaus-css"]
SHARE, TOLERATED = CSS["trap_share"].value, CSS["tolerated_rate"].value
OF_DOMAINS = (2e-5, 5e-5, 2e-4)
"""What a list of domains may tolerate: as for an IP, as in the profile, and ten times as much."""
WINDOW_DAYS = int(CSS["window"].value.split()[0])
REACH = {
    "spamhaus-css": ("Spamhaus", 0.939),
    "spamcop": ("SpamCop", 0.0515),
    "uceprotect-1": ("UCEPROTECT", 0.0108),
    "psbl": ("PSBL", 0.0051),
    "barracuda": ("Barracuda", 0.0026),
    "abusix": ("Abusix", 0.0),
}
CLASSES = ("secure-gateway", "small-business-gateway", "isp")


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def rate_text(rate: float) -> str:
    """A rate such as 8e-5."""
    mantissa, exponent = f"{rate:.2e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}"


def month_mail(mailboxes: int) -> int:
    """Messages of a company to the outside in the window of the list."""
    return round(MAIL * mailboxes * 5 / 7 * WINDOW_DAYS)


def needed(sent: int, before: int = 0, tolerated: float = TOLERATED) -> int:
    """Hits that list an IP on Spamhaus CSS, or a domain on the DBL, which has the same form."""
    deviations = round(CSS["tolerated_deviations"].value * 1000)
    return hits_needed(CSS["threshold"].value, sent, before, round(tolerated * 1e9), deviations)


def often(value: float) -> str:
    """First listings a month; the measured range is bold."""
    if value > 10:
        return "all within weeks"
    text = f"{value:.3f}" if value >= 0.0005 else "<0.0005"
    return f"**{text}**" if 0.014 <= value <= 0.095 else text


def sizes() -> str:
    """First listings by size of company and trap rate."""
    rows = []
    for mailboxes, count in SIZES.items():
        mail = month_mail(mailboxes)
        values = [Companies(mailboxes, rate, count, DAYS).monthly for rate in RATES]
        rows.append([f"{mailboxes:,}", f"{mail:,}", str(needed(mail)), *map(often, values)])
    new = ["new IP, nothing else", "0", str(needed(0)), *["listed by the third hit"] * len(RATES)]
    head = ["mailboxes", f"mail in {WINDOW_DAYS} d", "hits that list", *map(rate_text, RATES)]
    return table(head, [new, *rows])


def together() -> str:
    """First listings where the tolerated rate follows the trap rate."""
    rows = []
    for rate in TOGETHER:
        tolerated = rate * SHARE
        change = f"[blocklists.css]\ntolerated_rate = {tolerated}"
        values = [
            often(Companies(mailboxes, rate, count, DAYS, (change,)).monthly)
            for mailboxes, count in SIZES.items()
        ]
        rows.append([rate_text(rate), rate_text(tolerated), *values])
    return table(["trap rate", "`tolerated_rate`", *(f"{size:,}" for size in SIZES)], rows)


def naive() -> str:
    """Median time to the first listing of a company of 3,000, with three hits in a week."""
    rows = []
    for rate in (1e-6, 1e-5, 1e-4):
        plain = Companies(3000, rate, 300, DAYS, (NAIVE,)).median_days
        weighed = Companies(3000, rate, 300, DAYS).median_days
        rows.append([rate_text(rate), *(days(value) for value in (plain, weighed))])
    return table(["trap rate", "three hits in a week", "as in the profile"], rows)


def days(value: float) -> str:
    """A median in days."""
    return f"{value:.1f} d" if value < DAYS else f"more than {DAYS} d"


def campaigns() -> str:
    """Probability that one campaign lists its IP."""
    places = {
        "an IP of its own": (CAMPAIGN, 0),
        **{
            f"the IP of {size:,} mailboxes": (CAMPAIGN, month_mail(size))
            for size in (100, 1000, 10_000)
        },
    }
    rows = [
        [
            place,
            str(needed(*mail)),
            *(
                f"{100 * count_listing(CAMPAIGN, of, SHARE, needed(*mail)):.0f} %"
                for of in LISTS.values()
            ),
        ]
        for place, mail in places.items()
    ]
    head = [f"{name} ({rate_text(of)})" for name, of in LISTS.items()]
    return table([f"{CAMPAIGN:,} messages from", "hits that list", *head], rows)


def of_domains() -> str:
    """Probability that one campaign lists the domain of a company on the DBL."""
    sizes_of = {
        "a new domain": 0,
        **{f"{size:,} mailboxes": month_mail(size) for size in (100, 1000)},
    }
    rows = []
    for place, before in sizes_of.items():
        for tolerated in OF_DOMAINS:
            hits = needed(CAMPAIGN, before, tolerated)
            chances = [100 * count_listing(CAMPAIGN, of, SHARE, hits) for of in LISTS.values()]
            shown = [f"{chance:.0f} %" for chance in chances]
            rows.append([place, rate_text(tolerated), str(hits), *shown])
    head = [f"{name} ({rate_text(of)})" for name, of in LISTS.items()]
    return table(["domain of", "`tolerated_rate`", "hits that list", *head], rows)


def clocks() -> str:
    """Times of HADES and of the profiles."""
    rows = []
    for profile, clock in MEASURED.items():
        found = spells(profile)
        lasts = (found[-1][1] - last_hit(profile)) / DAY
        rows.append(
            [
                f"`{profile}`",
                length(clock.listed),
                length(found[0][0]),
                f"{clock.lasts / DAY:.0f} d",
                f"{lasts:.1f} d",
            ]
        )
    head = ["list", "listed after: HADES", "here", "falls off after: HADES", "here"]
    return table(head, rows)


def length(seconds: float) -> str:
    """A time in minutes or hours."""
    return f"{seconds / MINUTE:.0f} min" if seconds < HOUR else f"{seconds / HOUR:.3g} h"


def reach() -> str:
    """Who refuses on which list."""
    tables = BUILT_IN.tables(Kind.DESTINATION, "destination")
    rows = [
        [name, f"{100 * share:.3g} %"]
        + [f"{100 * tables[kind]['refuses_on'].value.get(of, 0.0):.2g} %" for kind in CLASSES]
        for of, (name, share) in REACH.items()
    ]
    head = ["list", "of the domains that use any", *(f"`{kind}`" for kind in CLASSES)]
    return table(head, rows)


def page() -> str:
    """The page."""
    return TEXT.format(
        version=relaysim.__version__,
        window=WINDOW_DAYS,
        threshold=CSS["threshold"].value,
        tolerated=rate_text(TOLERATED),
        deviations=CSS["tolerated_deviations"].value,
        mail=MAIL,
        sizes=sizes(),
        together=together(),
        naive=naive(),
        campaigns=campaigns(),
        of_domains=of_domains(),
        clocks=clocks(),
        reach=reach(),
    )


TEXT = """\
# The calibration of the blocklists

How the rules of the blocklists were chosen together, so that they agree with all measured figures
at once. Made with relaysim {version} by `python benchmarks/calibration.py`; one test
(`tests/verification/test_blocklist_calibration.py`) holds the same figures.

## What was measured

- A new IP that sends nothing else is on Spamhaus within 3 minutes, after three mails to traps, and
  falls off by itself after 7 days (Li et al., HADES, NDSS 2025).
- Businesses in the USA have 0.014 first Spamhaus listings a month: 20 % of them in 16 months
  (Return Path, 2014). Servers of large providers have 0.095: 17.3 % of them in two months (HADES).
- Spamhaus's traps got 2.2e-4 of all mail of a provider of 20,000 enterprises, mostly by typing
  errors (HADES). For people alone this is an upper bound. Nobody measured the rate of people: 1e-7
  to 1e-4 is plausible.

These figures do not go together if a fixed number of hits lists every IP. A company of 3,000
mailboxes without a newsletter would be listed within days. Median time to the first listing:

{naive}

## The trigger of Spamhaus CSS

An IP that sent *V* messages in {window} days is listed when its hits are at least {threshold}, and
exceed {tolerated} x *V* by {deviations} times the square root of that product. So a few typing
errors beside much good mail do not list an IP, and {threshold} hits list an IP that sends nothing
else. The square root is the standard deviation of a Poisson number. The form of the rule, the
window and the two factors are assumptions: Spamhaus publishes no rule.

First listings a month, by size of company and trap rate of people. A mailbox sends {mail} messages
to the outside on a working day (assumption). Bold: between the measured 0.014 and 0.095.

{sizes}

At 8e-5 companies of all sizes are listed as often as was measured. The trigger and the trap rate go
together. Where people make a tenth of the errors, their mail lists nobody, and the measured
listings have another cause. Where they make more errors than the list tolerates, it lists every
large company. The tolerated rate may follow the trap rate: a quarter of it, because a quarter of
all traps is Spamhaus's (assumption). Then all figures hold from 7e-5 to 1e-4:

{together}

Below 7e-5 companies of 100 mailboxes are listed too seldom, whatever the tolerated rate.

## Bulk mail

Probability that one campaign of 20,000 messages lists its IP on Spamhaus CSS, by the traps on its
list. An IP of a company has sent the mail of its mailboxes before. A purchased list is listed
everywhere. Good mail on the same IP dilutes the hits of an aged list.

{campaigns}

## Lists of domains

The Spamhaus DBL lists registered domains by the same rule: hits of the traps of Spamhaus against
the mail of the domain, from whatever IP. Measured is the time alone: 6 h until it lists a new
domain, and 14 days until it falls off (HADES). That three hits list a new domain is an assumption,
and so is what a domain with a history may have: 5e-5 of its mail, between 2e-5 (as for an IP) and
2e-4, since a domain with a history is listed less easily than an IP. Probability that one campaign
of 20,000 messages lists the domain:

{of_domains}

Who refuses on the DBL: three of seven large providers that refuse on the lists of IPs (HADES).
Apple and Outlook name the DBL in their replies; for gateways and Internet providers 3/7 of the
share of the IP lists is an assumption. Nobody was seen refusing on SURBL, so no profile does.

## Times

One mail a minute to traps for five hours, from a new IP of a new domain. SpamCop lists and delists
the IP by turns, every 5 minutes to 1 hour. The CBL, which Spamhaus XBL contains, is measured here
by a hijacked host.

{clocks}

## Reach

Of 307,244 receiving domains that name a list in a refusal, nearly all name Spamhaus (HADES). How
many domains use any list is measured for large receivers: 53 % of the largest 100, 46 % of the
largest 10,000. The class `isp` has 46 %. The 60 % of small businesses and the 70 % of secure
gateways are assumptions. So is the 15 % for Barracuda at secure gateways: its own appliances name
the list in other words, and the measured share is a lower bound.

{reach}
"""


def main() -> None:
    """Print the page."""
    print(page(), end="")


if __name__ == "__main__":
    main()
