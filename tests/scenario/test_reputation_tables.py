"""Blocklists, providers, the administrator and the culprits, as a scenario file writes them."""

from fractions import Fraction
from pathlib import Path

import pytest
from worlds.relay_designs import shared_hub

from relaysim.scenario.arrivals import Compromise
from relaysim.scenario.culprit import culprits
from relaysim.scenario.difference import Change, diff
from relaysim.scenario.digest import digest
from relaysim.scenario.distribution import Exponential, Lognormal
from relaysim.scenario.load import from_mapping, load
from relaysim.scenario.table import DAY, HOUR, MINUTE
from relaysim.scenario.written import written

SMALL = Path(__file__).parent / "small.toml"
GMAIL = "destinations.gmail"
SPAM = (
    'hosts.pc={kind="application", address="192.168.168.77", server="mail", streams={spam={'
    'sender="hakan@cozumpark.com", size="8 KB", to={gmail=1.0}, arrivals={process="compromise",'
    ' rate="600/min", at="3 d", lasts="3 d"}}}}'
)


def test_a_word_is_what_all_domains_do_and_a_table_has_their_shares() -> None:
    scenario = shared_hub('destinations.yahoo.refusal_action="defer"')
    assert scenario.destinations["yahoo"].refusal_stage == {"mail": 1.0}
    assert scenario.destinations["yahoo"].refusal_action == {"defer": 1.0}
    assert scenario.destinations["business"].refusal_stage == {"rcpt": 0.9, "greeting": 0.1}
    assert scenario.destinations["business"].refusal_action == {"reject": 0.8, "score": 0.2}


def test_shares_replace_those_of_the_profile_together() -> None:
    scenario = shared_hub(
        "destinations.business.refusal_stage={data=1.0}",
        "destinations.business.refusal_action.defer=1.0",
    )
    assert scenario.destinations["business"].refusal_stage == {"data": 1.0}
    assert scenario.destinations["business"].refusal_action == {"defer": 1.0}


def test_large_providers_keep_a_reputation_and_others_do_not() -> None:
    destinations = shared_hub(f'{GMAIL}.reputation.cold_rate="40/h"').destinations
    provider = destinations["gmail"].reputation
    assert provider is not None
    assert (provider.complaint_limit, provider.domain_weight) == (0.001, 0.7)
    assert provider.cold_rate == Fraction(40, 3600)
    assert (provider.persistence, provider.persistence_time) == (None, None)
    assert provider.mitigation_time is None
    assert destinations["business"].reputation is None


def test_a_provider_can_do_without() -> None:
    assert shared_hub(f'{GMAIL}.reputation="none"').destinations["gmail"].reputation is None


def test_outlook_blocks_an_ip_that_does_not_slow_down() -> None:
    provider = shared_hub().destinations["outlook"].reputation
    assert provider is not None
    assert (provider.persistence, provider.persistence_time) == (3.0, 6 * HOUR)


def test_a_list_of_ones_own_has_the_parameters_of_its_trigger() -> None:
    own = shared_hub(
        'blocklists.own={profile="none", trigger="count", trap_share=0.1, threshold=3,'
        ' trap_delay="5 min", window="7 d", lifetime="1 d"}'
    ).blocklists["own"]
    assert (own.trap_share, own.threshold, own.window) == (0.1, 3.0, 7 * DAY)
    assert (own.hazard_rate, own.report_share, own.memory) == (None, None, None)


def test_a_list_that_only_the_script_puts_ips_on() -> None:
    lists = shared_hub('blocklists.css.trigger="none"', "blocklists.css.threshold=7").blocklists
    assert lists["css"].trigger == "none"


def test_rates_of_operators_are_rates() -> None:
    sbl = shared_hub('blocklists.sbl.profile="spamhaus-sbl"').blocklists["sbl"]
    assert (sbl.hazard_rate, sbl.escalate_rate) == (Fraction(2, 8_640_000), Fraction(1, 864_000))
    assert (sbl.lifetime, sbl.hazard_hits) == (None, 20)


def test_the_administrator_has_defaults() -> None:
    operations = load(SMALL).operations
    assert operations.monitor_every == 6 * HOUR
    assert (operations.on_listing, operations.move_to) == ("nothing", None)
    assert isinstance(operations.repair_time, Lognormal)
    assert (operations.repair_time.median, operations.repair_time.sigma) == (4 * HOUR, 1.0)
    assert isinstance(operations.ndr_time, Exponential)
    assert operations.ndr_time.mean == HOUR
    assert (operations.back_off, operations.delisting) == ("source", "after_repair")
    assert operations.cleaning == 0.9


def test_a_law_of_his_is_merged_with_the_default() -> None:
    operations = shared_hub(
        'operations.repair_time.mean="2 h"', 'operations.ndr_time="30 min"'
    ).operations
    assert isinstance(operations.repair_time, Lognormal)
    assert (operations.repair_time.mean, operations.repair_time.median) == (2 * HOUR, None)
    assert operations.repair_time.sigma == 1.0
    assert operations.ndr_time.value == 30 * MINUTE  # type: ignore[union-attr]


def test_he_moves_culprits_to_an_egress_however_it_is_spelled() -> None:
    operations = shared_hub(
        'egress."2001:db8::1"={bandwidth="3 Mbit/s"}',
        'operations={on_listing="move_culprit", move_to="2001:DB8:0::1"}',
    ).operations
    assert operations.move_to == "2001:db8::1"


def test_unknown_addresses_leave_the_list_after_the_first_bounce() -> None:
    streams = shared_hub().hosts["marketing"].streams
    assert streams["newsletter"].mailing_list is not None
    assert streams["newsletter"].mailing_list.bounce_removals == 1


@pytest.mark.parametrize("mta", ["exchange-2007", "exchange-2010", "none"])
def test_a_5xx_greeting_is_skipped_unless_the_hub_bounces(mta: str) -> None:
    assert shared_hub(f"hubs.HUB01.mta={mta}").hubs["HUB01"].skip_5xx_greeting
    bounces = shared_hub(f"hubs.HUB01.mta={mta}", "hubs.HUB01.skip_5xx_greeting=false")
    assert not bounces.hubs["HUB01"].skip_5xx_greeting


def test_a_break_in_starts_at_a_time_or_so_often_a_year() -> None:
    spam = shared_hub(SPAM).hosts["pc"].streams["spam"].arrivals
    assert isinstance(spam, Compromise)
    assert (spam.at, spam.per_year, spam.lasts) == (3 * DAY, None, 3 * DAY)
    drawn = shared_hub(SPAM, "hosts.pc.streams.spam.arrivals.per_year=0.2")
    spam = drawn.hosts["pc"].streams["spam"].arrivals
    assert isinstance(spam, Compromise)
    assert (spam.at, spam.per_year, spam.rate) == (None, 0.2, 10)


def test_bulk_marketing_and_break_ins_are_culprits_unless_they_say_otherwise() -> None:
    newsletter = "hosts.marketing.streams.newsletter"
    assert culprits(shared_hub()) == {"marketing.newsletter"}
    assert culprits(shared_hub(SPAM)) == {"marketing.newsletter", "pc.spam"}
    assert culprits(shared_hub(f"{newsletter}.culprit=false")) == set()
    assert culprits(shared_hub("hosts.crm.streams.invoices.culprit=true")) == {
        "marketing.newsletter",
        "crm.invoices",
    }
    silent = shared_hub(SPAM, "hosts.pc.streams.spam.culprit=false")
    assert culprits(silent) == {"marketing.newsletter"}


EVERYTHING = (
    SPAM,
    f'{GMAIL}.reputation="none"',
    'destinations.outlook.reputation.mitigation_time="1 d"',
    "destinations.business.refusal_stage={rcpt=0.5, greeting=0.5}",
    'blocklists.sbl.profile="spamhaus-sbl"',
    'blocklists.wide={profile="uceprotect-3", neighbour_rate="0.002/d"}',
    'operations={on_listing="move_culprit", move_to="198.51.100.10", delisting="never"}',
    "coupling.contention=false",
)


def test_all_of_it_is_written_and_loads_again() -> None:
    scenario = shared_hub(*EVERYTHING)
    assert from_mapping(written(scenario, model_defaults=False)) == scenario
    assert written(scenario)["destinations"]["gmail"]["refusal_action"] == "score"
    assert written(scenario)["destinations"]["gmail"]["reputation"] == "none"


@pytest.mark.parametrize("setting", EVERYTHING)
def test_all_of_it_counts(setting: str) -> None:
    assert digest(shared_hub(setting)) != digest(shared_hub())


def test_the_difference_of_two_designs() -> None:
    changed = shared_hub(
        'destinations.yahoo.refusal_stage="greeting"',
        'destinations.yahoo.reputation.cold_rate="200/h"',
        'blocklists.uceprotect-2.neighbour_rate="0.002/d"',
        "operations.cleaning=1.0",
    )
    assert diff(shared_hub(), changed) == [
        Change("destinations.yahoo.refusal_stage", "mail", "greeting"),
        Change("destinations.yahoo.reputation.cold_rate", "100/h", "200/h"),
        Change("blocklists.uceprotect-2.neighbour_rate", "0.001/d", "0.002/d"),
        Change("operations.cleaning", 0.9, 1.0),
    ]


def test_a_new_provider_needs_only_what_its_profile_lacks() -> None:
    changed = shared_hub(
        'destinations.work={profile="m365-business", domain_count=3}',
        'blocklists.xbl.profile="spamhaus-xbl"',
    )
    assert diff(shared_hub(), changed) == [
        Change("destinations.work.profile", None, "m365-business"),
        Change("destinations.work.domain_count", None, 3),
        Change("blocklists.xbl.profile", None, "spamhaus-xbl"),
    ]
