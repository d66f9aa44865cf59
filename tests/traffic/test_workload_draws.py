"""The messages and recipients of a replication: keyed by name, so equal in every design."""

from collections import Counter
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from worlds.traffic_examples import (
    CAMPAIGN,
    DESTINATIONS,
    HUB,
    LISTS,
    POISSON,
    Raw,
    arrays,
    by_name,
    drawn,
    host,
    stream,
    tables,
)

from relaysim.scenario.load import load
from relaysim.traffic.draw import mix, name_key
from relaysim.traffic.workload import Draws, draw

EXAMPLES = Path(__file__).parents[3] / "shared" / "examples"


def policies_by_name(draws: Draws) -> dict[str, list[bool]]:
    return dict(zip(draws.domains, draws.uses.tolist(), strict=True))


def test_a_small_campaign_in_full() -> None:
    raw = tables(
        hosts={
            "b": host(
                second=stream(CAMPAIGN, recipients=2), first=stream(CAMPAIGN | {"messages": 1})
            ),
            "a": host("192.168.168.51", only=stream(CAMPAIGN | {"at": "2 h"})),
        },
        destinations={
            "sink": {"profile": "none", "domains": ["example.org"]},
            "other": {"profile": "none", "domain_count": 2},
        },
    )

    draws = drawn(raw)

    assert (draws.seed, draws.replication) == (1, 0)
    assert draws.streams == ("a.only", "b.first", "b.second")
    assert draws.stream.tolist() == [1, 2, 2, 2]
    assert draws.number.tolist() == [0, 0, 1, 2]
    assert draws.created.tolist() == [60_000_000, 60_000_000, 61_000_000, 62_000_000]
    assert draws.size.tolist() == [1024] * 4
    assert draws.first_recipient.tolist() == [0, 1, 3, 5, 7]
    assert draws.domains == ("cozumpark.com", "other-1.example", "other-2.example", "example.org")
    assert draws.destination == (0, 1, 1, 2)
    assert draws.destinations == ("internal", "other", "sink")
    assert draws.domain.tolist() == [3] * 7
    assert draws.uses.shape == (4, 0)
    second = name_key(1, 0, "copy", "b", "second")
    assert draws.key.tolist()[1:] == [mix(mix(second, n), r) for n in range(3) for r in range(2)]


def test_columns_have_their_types_and_cannot_be_changed() -> None:
    draws = drawn(tables())

    types = {
        name: str(value.dtype) for name, value in vars(draws).items() if hasattr(value, "dtype")
    }
    assert types == {
        "stream": "int32",
        "created": "int64",
        "size": "int64",
        "first_recipient": "int32",
        "domain": "int32",
        "key": "uint64",
        "uses": "bool",
        "stage": "int8",
        "action": "int8",
        "mirrors": "bool",
        "greylists": "bool",
        "signal": "uint8",
        "trap_recipient": "int64",
        "trap_operator": "int64",
        "list_size": "int64",
    }
    with pytest.raises(ValueError, match="read-only"):
        draws.created[0] = 0


def test_a_run_without_mail_has_empty_columns() -> None:
    draws = drawn(tables(hosts={"app": host()}, blocklists=LISTS))

    assert draws.streams == ()
    assert draws.signal.tolist() == draws.list_size.tolist() == draws.trap_recipient.tolist() == []
    assert draws.created.tolist() == draws.key.tolist() == draws.domain.tolist() == []
    assert draws.first_recipient.tolist() == [0]


def test_mailboxes_are_in_the_first_authoritative_domain() -> None:
    domains = {
        "partner.com": "ExternalRelay",
        "cozumpark.com": "Authoritative",
        "old.com": "Authoritative",
    }
    raw = tables(hosts={"app": host(load=stream(CAMPAIGN, to={"internal": 1.0}))})

    draws = drawn(raw | {"organization": {"domains": domains}})

    assert {draws.domains[d] for d in draws.domain.tolist()} == {"cozumpark.com"}


def test_destinations_come_by_their_shares_and_domains_alike() -> None:
    to = {"sink": 0.2, "many": 0.5, "internal": 0.3, "never": 0.0}
    destinations = {
        "sink": {"profile": "none", "domains": ["example.org"]},
        "many": {"profile": "none", "domain_count": 50},
        "never": {"profile": "none", "domains": ["example.net"]},
    }
    burst = {"process": "campaign", "at": "0 s", "messages": 20_000, "rate": "100/s"}
    raw = tables({"app": host(load=stream(burst, to))}, destinations)

    draws = drawn(raw)

    result = Counter(draws.destinations[draws.destination[d]] for d in draws.domain.tolist())
    names = ["sink", "many", "internal"]
    assert set(result) == set(names)
    expected = [20_000 * to[name] for name in names]
    assert stats.chisquare([result[name] for name in names], expected).pvalue > 1e-3
    of_many = np.bincount(draws.domain, minlength=53)[1:51]
    assert stats.chisquare(of_many).pvalue > 1e-3


def test_sizes_and_recipients_follow_their_laws() -> None:
    raw = tables(
        {
            "app": host(
                load=stream(
                    {"process": "campaign", "at": "0 s", "messages": 20_000, "rate": "100/s"},
                    size={"distribution": "lognormal", "mean": "75 KB", "cv": 1.0},
                    recipients={"distribution": "zipf", "s": 2.0, "max": 10},
                )
            )
        }
    )

    draws = drawn(raw)

    size, recipients = draws.size, np.diff(draws.first_recipient)
    assert abs(size.mean() - 76_800) < 3.3 * 76_800 / np.sqrt(20_000)
    weights = np.arange(1, 11) ** -2.0
    expected = weights / weights.sum() * 20_000
    assert stats.chisquare(np.bincount(recipients, minlength=11)[1:], expected).pvalue > 1e-3
    assert abs(np.corrcoef(np.log(size), recipients)[0, 1]) < 4 / np.sqrt(20_000)


def test_every_recipient_has_a_key_of_its_own() -> None:
    two = {
        "app": host(load=stream(recipients=50), more=stream(recipients=50)),
        "app2": host("192.168.168.51", load=stream(recipients=50)),
    }

    draws = drawn(tables(two))

    assert len(set(draws.key.tolist())) == len(draws.key) > 20_000


def test_scale_and_rate_events_reach_the_streams_they_name() -> None:
    raw = tables({"app": host(load=stream(CAMPAIGN), more=stream(CAMPAIGN))})
    pause = {"at": "0 s", "rate": {"stream": "app.more", "factor": 0, "for": "2 min"}}

    draws = drawn(raw | {"run": {"duration": "1 h", "scale": 2.0}, "events": [pause]})

    seconds = (draws.created / 1e6).tolist()
    assert seconds == [60, 60.5, 61, 61.5, 62, 62.5, 120, 120.5, 121, 121.5, 122, 122.5]


MAIL: dict[str, st.SearchStrategy[object]] = {
    "arrivals": st.sampled_from([CAMPAIGN, POISSON, {"process": "every", "every": "5 min"}]),
    "size": st.sampled_from(
        ["1 KB", {"distribution": "lognormal", "median": "20 KB", "sigma": 0.5}]
    ),
    "to": st.sampled_from(
        [{"sink": 1.0}, {"internal": 0.5, "business": 0.5}, {"business": 0.4, "sink": 0.6}]
    ),
}
LETTERS = st.fixed_dictionaries(
    {
        **MAIL,
        "recipients": st.sampled_from([1, 4, {"distribution": "zipf", "s": 1.5, "max": 9}]),
        "trap_rate": st.sampled_from([0.0, 0.2]),
        "complaint_rate": st.sampled_from([0.0, 0.3]),
    }
)
LISTED = st.fixed_dictionaries(
    {
        **MAIL,
        "mailing_list": st.fixed_dictionaries(
            {
                "addresses": st.sampled_from([20, 1000]),
                "trap_share": st.sampled_from([0.0, 0.5]),
                "unknown_rate": st.sampled_from([0.0, 0.2]),
                "complaint_rate": st.sampled_from([0.0, 0.3]),
            }
        ),
    }
)
STREAMS = st.one_of(LETTERS, LISTED)
NAMES = st.sampled_from(["a", "app", "app2", "load2", "zz"])


@settings(deadline=None, max_examples=40)
@given(ours=STREAMS, theirs=STREAMS, name=NAMES, place=NAMES)
def test_whatever_else_is_in_the_scenario_a_message_draws_the_same(
    ours: Raw, theirs: Raw, name: str, place: str
) -> None:
    alone = tables({"app": host(load=stream(**ours))}, DESTINATIONS, blocklists=LISTS)
    busier = deepcopy(alone)
    busier["hosts"].setdefault(name, host("192.168.168.60"))["streams"]["more"] = stream(**theirs)
    busier["destinations"][place] = {"profile": "none", "domain_count": 3}
    busier["hubs"]["HUB00"] = HUB | {"addresses": ["192.168.168.170"]}
    busier["blocklists"] = {"a-list": {"profile": "spamhaus-xbl"}} | LISTS

    one, other = drawn(alone), drawn(busier)

    assert by_name(one, "app.load") == by_name(other, "app.load")
    column = sorted(busier["blocklists"]).index("css")
    uses = {domain: [row[column]] for domain, row in policies_by_name(other).items()}
    assert policies_by_name(one).items() <= uses.items()


@settings(deadline=None, max_examples=20)
@given(ours=STREAMS)
def test_the_order_of_the_file_does_not_matter(ours: Raw) -> None:
    raw = tables({"app": host(load=stream(**ours), more=stream())}, DESTINATIONS, blocklists=LISTS)
    turned = deepcopy(raw)
    turned["destinations"] = dict(reversed(turned["destinations"].items()))
    streams = turned["hosts"]["app"]["streams"]
    streams["load"]["to"] = dict(reversed(streams["load"]["to"].items()))
    turned["hosts"]["app"]["streams"] = dict(reversed(streams.items()))

    assert arrays(drawn(raw)) == arrays(drawn(turned))


@settings(deadline=None, max_examples=20)
@given(ours=STREAMS, theirs=STREAMS)
def test_leaving_a_stream_out_is_the_same_as_never_having_had_it(ours: Raw, theirs: Raw) -> None:
    raw = tables(
        {"app": host(a=stream(**theirs), load=stream(**ours), z=stream(**theirs))},
        DESTINATIONS,
        blocklists=LISTS,
    )
    never = deepcopy(raw)
    for name in ("a", "z"):
        del never["hosts"]["app"]["streams"][name]

    draws = drawn(raw)
    left = draws.without(frozenset({"app.a", "app.z"}))

    assert by_name(left, "app.load") == by_name(draws, "app.load")
    assert by_name(left, "app.load") == by_name(drawn(never), "app.load")
    assert by_name(left, "app.a") == by_name(left, "app.z") == []
    assert len(left.key) == left.first_recipient[-1]
    for name in ("streams", "domains", "destinations", "operators", "log_weight"):
        assert getattr(left, name) == getattr(draws, name)
    for name in ("list_size", "uses", "stage", "action", "mirrors"):
        assert getattr(left, name).tolist() == getattr(draws, name).tolist()
    with pytest.raises(ValueError, match="read-only"):
        left.first_recipient[0] = 1


def test_leaving_nothing_out_changes_nothing() -> None:
    draws = drawn(tables({"app": host(load=stream(trap_rate=0.5))}, blocklists=LISTS))

    assert arrays(draws.without(frozenset())) == arrays(draws)


def test_a_stream_that_sends_nothing_changes_no_other_row() -> None:
    quiet = stream(CAMPAIGN | {"at": "2 h"})

    with_it = drawn(tables({"app": host(a=quiet, load=stream())}))

    assert with_it.streams == ("app.a", "app.load")
    assert by_name(with_it, "app.load") == by_name(drawn(tables()), "app.load")


@pytest.mark.parametrize(("replication", "seed"), [(1, 1), (0, 2)])
def test_replications_and_seeds_differ_in_everything(replication: int, seed: int) -> None:
    sized = stream(size={"distribution": "exponential", "mean": "1 MB"}, to={"business": 1.0})
    raw = tables({"app": host(load=sized)}, DESTINATIONS, blocklists=LISTS)

    one, other = drawn(raw), drawn(raw, replication, seed)

    assert not set(one.key.tolist()) & set(other.key.tolist())
    assert np.mean(one.created[:100] == other.created[:100]) < 0.05
    assert np.mean(one.size[:100] == other.size[:100]) < 0.05
    assert 0.2 < np.mean(one.uses[1:31] == other.uses[1:31]) < 0.8


def test_the_seed_of_the_scenario_is_not_used() -> None:
    assert arrays(drawn(tables(run={"duration": "1 h", "seed": 9}))) == arrays(drawn(tables()))


def test_what_was_drawn_once_is_drawn_again() -> None:
    # Results of earlier releases must come out again: these numbers may never change.
    raw = tables(
        {
            "app": host(
                load=stream(
                    size={"distribution": "lognormal", "median": "20 KB", "sigma": 1.0},
                    recipients={"distribution": "zipf", "s": 1.5, "max": 20},
                    to={"internal": 0.5, "business": 0.5},
                )
            )
        },
        DESTINATIONS,
        blocklists=LISTS,
    )

    draws = drawn(raw)

    assert draws.created[:4].tolist() == [4895119, 29058879, 46684120, 51998625]
    assert draws.size[:4].tolist() == [26229, 100139, 44385, 4382]
    assert draws.first_recipient[:5].tolist() == [0, 1, 5, 7, 22]
    assert draws.domain[:6].tolist() == [0, 0, 0, 0, 0, 0]
    assert draws.key[:2].tolist() == [17913300168893512327, 3672482513944720086]
    assert np.flatnonzero(draws.uses[:, 0])[:6].tolist() == [2, 4, 8, 9, 10, 13]


def test_a_mailing_list_that_was_drawn_once_is_drawn_again() -> None:
    # As above: these numbers may never change.
    listed = {"addresses": 60, "trap_share": 0.5, "unknown_rate": 0.2, "complaint_rate": 0.2}
    mail = stream(to={"internal": 0.2, "business": 0.8}, mailing_list=listed)
    raw = tables({"app": host(load=mail)}, deepcopy(DESTINATIONS), blocklists=LISTS)
    raw["destinations"]["business"] |= {
        "refusal_stage": {"mail": 0.5, "rcpt": 0.5},
        "refusal_action": {"reject": 0.5, "score": 0.5},
        "mirrors": 0.5,
    }

    draws = drawn(raw)

    assert draws.domain[:8].tolist() == [5, 0, 32, 6, 14, 30, 25, 0]
    assert draws.signal[:20].tolist() == [
        0,
        0,
        1,
        0,
        0,
        4,
        8,
        0,
        0,
        1,
        8,
        0,
        0,
        0,
        8,
        8,
        0,
        0,
        1,
        4,
    ]
    assert draws.trap_recipient[:6].tolist() == [2, 9, 18, 21, 35, 50]
    assert draws.stage[1:9].tolist() == [1, 1, 2, 1, 2, 1, 2, 2]
    assert draws.action[1:9].tolist() == [0, 0, 2, 2, 0, 2, 0, 0]
    assert np.flatnonzero(draws.mirrors)[:6].tolist() == [2, 3, 4, 6, 7, 8]


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the shared examples are not beside the project")
def test_two_designs_have_the_same_mail() -> None:
    shared, dedicated, listed = (
        draw(load(EXAMPLES / f"{name}.toml"), 0, 1)
        for name in ("shared-hub", "dedicated-hub", "listing-day")
    )

    assert len(shared.created) > 80_000
    assert shared.streams == dedicated.streams == listed.streams
    assert shared.domains == dedicated.domains == listed.domains
    assert arrays(shared) == arrays(dedicated) == arrays(listed)
