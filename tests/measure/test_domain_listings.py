"""What comes out of a listing of a sender domain: metrics, incidents, reach, and journeys."""

import pytest
from worlds.small_world import SECOND_HUB, tables

from relaysim.engine.coupled_runs import coupled
from relaysim.measure.blast.coupled_metrics import Measured
from relaysim.measure.event_frames import listings
from relaysim.measure.journey import journey
from relaysim.measure.metrics import metrics
from relaysim.scenario.load import from_mapping
from relaysim.traffic.workload import draw

HOUR = 3600.0
STORY = """
[run]
duration = "10 h"
[blocklists.dbl]
profile = "spamhaus-dbl"
trap_share = 1.0
trap_delay = "0 s"
listing_time = "1 h"
mirror_delay = "0 s"
[sender_domains."cozumpark.com"]
age = "0 d"
[destinations.sink]
refuses_on = { dbl = 1.0 }
[hosts.app.streams.traps]
sender = "news@news.cozumpark.com"
culprit = true
trap_rate = 1.0
[hosts.other]
kind = "none"
address = "192.168.168.51"
server = "192.168.168.172"
[send_connectors.other]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB02"]
[coupling]
reaction = false
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    mail = {"app.traps": [0, 1, 2], "other.load": [600.0, 2 * HOUR, 3 * HOUR]}
    folder = tmp_path_factory.mktemp("mail")
    scenario = from_mapping(tables(SECOND_HUB, STORY, mail=mail, folder=folder))
    draws = draw(scenario, 0, 1)
    return Measured.of(coupled(scenario, draws), scenario, draws)


def value(measured: Measured, scope: str, subject: str, metric: str) -> float:
    frame = metrics(measured.runs.treatment, measured.scenario)
    blast = measured.metrics()
    for rows in (frame, blast):
        chosen = rows[rows["scope"].eq(scope) & rows["subject"].eq(subject)]
        chosen = chosen[chosen["metric"] == metric]
        if len(chosen):
            return float(chosen["value"].iloc[0])
    raise AssertionError(f"{scope}.{subject}.{metric}")


def test_metrics_count_the_listing_of_the_domain_and_none_of_an_ip(measured: Measured) -> None:
    assert value(measured, "sender_domain", "cozumpark.com", "listed") == 1.0
    assert value(measured, "total", "total", "listings") == 1.0
    assert value(measured, "blocklist", "dbl", "listed_time") == pytest.approx(9 * HOUR, abs=60)
    assert value(measured, "egress", "203.0.113.25", "listed") == 0.0
    row = listings(measured.runs.treatment).iloc[0]
    assert (row["sender_domain"], row["blocklist"]) == ("cozumpark.com", "dbl")


def test_the_harm_is_that_of_the_list_by_an_ip_that_no_culprit_used(measured: Measured) -> None:
    assert value(measured, "blocklist", "dbl", "refused_innocents") == 2.0
    assert value(measured, "egress", "203.0.113.25", "refused_innocents") == 2.0
    assert measured.harmed(0)["cause"].tolist() == ["dbl", "dbl"]
    # Nine of ten hours every message of the stream would be refused.
    reach = value(measured, "stream", "other.load", "reach_hours")
    assert reach == pytest.approx(9.0, abs=0.02)


def test_an_incident_names_the_domain_and_the_signals_of_its_mail(measured: Measured) -> None:
    (row,) = measured.incident_frame(0).to_dict("records")
    assert (row["egress"], row["sender_domains"], row["blocklists"]) == ("", "cozumpark.com", "dbl")
    assert (row["signals"], row["refused_innocents"]) == (3, 2)


def test_the_journey_of_a_message_cites_the_domain(measured: Measured) -> None:
    trace = measured.runs.treatment
    stream = trace.names.streams.index("other.load")
    message = int((trace.messages["stream"] == stream).nonzero()[0][-1])
    (answer,) = (event for event in journey(trace, message).events if event.what == "answered")
    assert (answer.listed, answer.text) == ("cozumpark.com", "on dbl for what it sent")
