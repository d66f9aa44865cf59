"""Whether mail is on time is judged by when it was created, so that the end of a run biases nothing."""

import numpy as np
import pytest
from scipy.stats import binomtest
from worlds.golden_sections import Golden, Wording
from worlds.quantities import quantities

from relaysim import units
from relaysim.audit import check
from relaysim.present.text.number_format import number
from relaysim.present.text.summary import summary
from relaysim.scenario.load import loads
from relaysim.scenario.model import Scenario
from relaysim.scenario.table import DAY
from relaysim.study.run_result import RunResult, run

WORLD = """
name = "slow"
[run]
duration = "10 h"
drain = "0 s"
replications = 4
[organization.domains]
"cozumpark.com" = "Authoritative"
[hubs.HUB01]
mta = "none"
cores = 1
addresses = ["192.168.168.169"]
egress = "198.51.100.10"
[hubs.HUB01.receive_connectors.relay]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["192.168.168.50"]
permission_groups = ["AnonymousUsers"]
permissions = [{ user = 'NT AUTHORITY\\ANONYMOUS LOGON', extended_rights = ["Ms-Exch-SMTP-Accept-Any-Recipient"] }]
[send_connectors.internet]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB01"]
[egress."198.51.100.10"]
bandwidth = "unlimited"
[hosts.app]
kind = "none"
address = "192.168.168.50"
server = "192.168.168.169"
[hosts.app.streams.load]
class = "reports"
sender = "app@cozumpark.com"
arrivals = { process = "poisson", rate = "0.05/s" }
size = "1 KB"
deadline = "4 h"
to = { sink = 1.0 }
[destinations.sink]
profile = "none"
domains = ["example.org"]
"""


def slow(law: str, *changes: str) -> Scenario:
    return loads(WORLD, overrides=[f"destinations.sink.response_time={law}", *changes])


def values(result: RunResult, metric: str) -> np.ndarray:
    frame = result.per_replication
    own = frame[(frame["scope"] == "total") & (frame["metric"] == metric)]
    return own["value"].to_numpy(np.float64)


UNIFORM = '{distribution="uniform", low="1 h", high="3 h"}'
EXPONENTIAL = '{distribution="exponential", mean="3 h"}'


def test_answers_within_the_deadline_are_all_on_time_though_the_run_ends_before_many(
    golden: Golden,
) -> None:
    result = run(slow(UNIFORM), jobs=1)
    assert values(result, "on_time").tolist() == [1.0] * 4
    created, left = values(result, "created"), values(result, "not_judged")
    recipients = result.recipients
    late = recipients[recipients["created"] > 6 * 3600].groupby("replication").size()
    assert left.tolist() == late.tolist()
    assert (values(result, "latency_p95") < 3 * 3600).all()
    none = number(1.0 - left.mean() / created.mean(), "share")
    (text,) = [
        each for each in summary(result, full=True, explain=True).split("\n\n") if none in each
    ]
    assert {none, "100 %"} <= quantities(" ".join(text.split()))
    golden("reports/not_judged", text)


def test_on_time_of_exponential_answers_is_that_of_the_law() -> None:
    result = run(slow(EXPONENTIAL), jobs=1)
    judged = values(result, "created") - values(result, "not_judged")
    met = round(float((values(result, "on_time") * judged).sum()))
    results = binomtest(met, round(float(judged.sum()))).proportion_ci(0.99)
    truth = 1.0 - np.exp(-4 / 3)
    assert results.low < truth < results.high
    # Counting what is unfinished as late, or leaving it out, misses: the interval is narrow enough.
    assert results.low > 0.621
    assert results.high < 0.797


def test_a_drain_that_is_left_out_judges_all() -> None:
    left_out = WORLD.replace('drain = "0 s"\n', "")
    scenario = loads(left_out)
    assert scenario.run.drain == 3 * DAY
    assert loads(left_out.replace('"4 h"', '"5 d"')).run.drain == 5 * DAY
    result = run(scenario, replications=1, jobs=1)
    assert values(result, "not_judged").tolist() == [0.0]
    assert "ot judged" not in summary(result, full=True)


@pytest.mark.parametrize(
    ("drain", "deadline"),
    [("1 h", "1 h"), ("36 h", "1 d"), ("0 s", "1 d"), (None, "1 d")],
)
def test_a_deadline_that_is_left_out_is_no_longer_than_a_drain_that_is_written(
    drain: str | None, deadline: str
) -> None:
    file = WORLD.replace('deadline = "4 h"\n', "")
    written = f'drain = "{drain}"\n' if drain else ""
    scenario = loads(file.replace('drain = "0 s"\n', written))
    assert scenario.hosts["app"].streams["load"].deadline == units.duration(deadline)


def test_a_drain_below_a_deadline_gets_a_warning(wording: Wording) -> None:
    (finding,) = [f for f in check(slow(UNIFORM)) if f.check == "drain_below_deadline"]
    assert finding.place == "run.drain"
    assert quantities(finding.reason) >= {"0 s", "4 h", "40 %"}
    wording(finding)
    fixed = slow(UNIFORM, "run.drain=4 h")
    assert not [f for f in check(fixed) if f.check == "drain_below_deadline"]
