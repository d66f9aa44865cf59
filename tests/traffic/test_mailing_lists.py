"""A mailing list has addresses, and each stays what it is from campaign to campaign."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from worlds.traffic_examples import (
    CAMPAIGN,
    LISTS,
    POISSON,
    Raw,
    by_name,
    drawn,
    flagged,
    host,
    likely,
    poisson,
    stream,
    tables,
)

from relaysim.traffic.signal_draws import Signal
from relaysim.traffic.workload import Draws

WEEKS = 4
WEEKLY = {"process": "campaign", "at": "0 s", "messages": 1000, "rate": "10/s", "every": "7 d"}
SIGNALS = {"trap_share": 0.2, "complaint_rate": 0.3, "unknown_rate": 0.1}
PLACES = {
    "business": {"profile": "none", "domain_count": 30},
    "outlook": {"profile": "outlook", "domains": ["hotmail.com"]},
}


def weekly(arrivals: Raw = WEEKLY, duration: str = f"{7 * WEEKS} d", **listed: Any) -> Draws:
    mail = stream(arrivals, {"business": 0.5, "outlook": 0.5}, mailing_list={**SIGNALS, **listed})
    run = {"duration": duration}
    return drawn(tables({"app": host(load=mail)}, PLACES, run=run, blocklists=LISTS))


def by_week(values: npt.NDArray[Any]) -> list[list[Any]]:
    return [week.tolist() for week in np.split(values, WEEKS)]


def size(arrivals: Raw, scale: float = 1.0, **listed: Any) -> int:
    mail = stream(arrivals, mailing_list=listed)
    run = {"duration": "1 h", "scale": scale}
    return int(drawn(tables({"app": host(load=mail)}, run=run)).list_size[0])


class TestAddresses:
    def test_every_campaign_hits_the_same_traps_and_unknown_users(self) -> None:
        draws = weekly()

        assert draws.list_size.tolist() == [1000]
        for what in (Signal.TRAP, Signal.PROVIDER_TRAP, Signal.UNKNOWN):
            first, *others = by_week(flagged(draws, what))
            assert 5 < sum(first) < 200
            assert others == [first] * 3
        traps: list[list[tuple[int, int]]] = [[], [], [], []]
        for recipient, operator in zip(
            draws.trap_recipient.tolist(), draws.trap_operator.tolist(), strict=True
        ):
            traps[recipient // 1000].append((recipient % 1000, operator))
        assert traps == [traps[0]] * 4
        assert len(traps[0]) > 20

    def test_every_campaign_goes_to_the_same_domains(self) -> None:
        first, *others = by_week(weekly().domain)

        assert len(set(first)) == 32
        assert others == [first] * 3

    def test_people_do_not_complain_every_week(self) -> None:
        draws = weekly()

        first, *others = by_week(flagged(draws, Signal.COMPLAINS))
        quiet = flagged(draws, Signal.TRAP | Signal.PROVIDER_TRAP | Signal.UNKNOWN)
        people = 1000 - quiet[:1000].sum()
        for other in others:
            assert likely(int(np.sum(np.array(first) & other)), int(people), 0.3 * 0.3)

    def test_a_campaign_to_a_part_goes_on_where_the_last_one_ended(self) -> None:
        draws = weekly(WEEKLY | {"messages": 300}, addresses=500)

        assert draws.list_size.tolist() == [500]
        sticky = draws.signal & np.uint8(Signal.TRAP | Signal.PROVIDER_TRAP | Signal.UNKNOWN)
        assert len(sticky) == 1200
        for values in (draws.domain, sticky):
            assert values[500:1000].tolist() == values[:500].tolist()
            assert values[1000:].tolist() == values[:200].tolist()
            assert values[300:500].tolist() != values[:200].tolist()
        rounds = [draws.trap_recipient[draws.trap_recipient // 500 == n] % 500 for n in range(3)]
        assert rounds[0].tolist() == rounds[1].tolist()
        assert rounds[2].tolist() == rounds[0][rounds[0] < 200].tolist()

    def test_a_longer_list_begins_with_the_same_addresses(self) -> None:
        short, long = (
            by_name(weekly(duration="1 d", addresses=n), "app.load") for n in (1000, 3000)
        )

        assert short == long

    def test_more_traps_on_a_list_are_the_same_and_others(self) -> None:
        few, many = (
            set(weekly(duration="1 d", trap_share=share).trap_recipient.tolist())
            for share in (0.1, 0.4)
        )

        assert few < many

    def test_each_list_has_addresses_of_its_own(self) -> None:
        mail = stream(WEEKLY, mailing_list=SIGNALS)

        hosts = {"app": host(load=mail, more=mail), "crm": host("192.168.168.51", load=mail)}
        draws = drawn(tables(hosts, blocklists=LISTS))

        load, more, other = flagged(draws, Signal.UNKNOWN).reshape(3, 1000).tolist()
        assert min(sum(load), sum(more), sum(other)) > 50
        assert load != more != other != load

    def test_each_replication_has_other_addresses(self) -> None:
        raw = tables({"app": host(load=stream(WEEKLY, mailing_list=SIGNALS))}, blocklists=LISTS)

        one, other = (flagged(drawn(raw, n), Signal.UNKNOWN).tolist() for n in (0, 1))

        assert one != other


class TestSize:
    def test_no_list(self) -> None:
        assert drawn(tables()).list_size.tolist() == [0]

    def test_a_list_is_as_long_as_it_says(self) -> None:
        assert size(CAMPAIGN, addresses=7) == 7
        assert size(POISSON, addresses=7) == 7

    def test_a_campaign_needs_an_address_for_each_message(self) -> None:
        assert size(CAMPAIGN) == 3

    @pytest.mark.parametrize(("scale", "addresses"), [(2.0, 14), (0.5, 4), (0.01, 1)])
    def test_the_list_of_a_campaign_is_scaled_with_it(self, scale: float, addresses: int) -> None:
        # 3.5 addresses are 4, and no list is empty.
        assert size(CAMPAIGN, scale, addresses=7) == addresses

    def test_a_campaign_that_says_no_more_is_scaled_too(self) -> None:
        assert size(CAMPAIGN, scale=10.0) == 30

    def test_only_campaigns_scale_their_lists(self) -> None:
        assert size(POISSON, scale=2.0, addresses=7) == 7

    def test_other_mail_has_an_address_for_each_recipient(self) -> None:
        assert 150 < size(POISSON) == len(drawn(tables()).key) < 250

    def test_a_list_that_gets_no_mail_has_one_address(self) -> None:
        assert size(poisson(1), scale=1e-9) == 1
