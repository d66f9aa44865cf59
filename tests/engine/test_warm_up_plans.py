"""Warm-up plans: what a new public IP of a pool takes on each day, and what the older ones do."""

from pathlib import Path

import numpy as np
import pytest
from worlds.ground_truth import stated
from worlds.small_world import Played, play, tables

from relaysim.audit import Finding, check
from relaysim.engine.fast import simulation as fast
from relaysim.explanation.message import explain
from relaysim.plan.compiler import compile_plan
from relaysim.profiles.warm_up_schedules import schedules
from relaysim.scenario.load import from_mapping, load
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import ScenarioError
from relaysim.trace.tables import first_divergence
from relaysim.traffic.workload import draw

ROOT = Path(__file__).parents[2]

NEW, OLD = "203.0.113.25", "198.51.100.10"
POOL = f"""
[run]
duration = "5 d"
[egress."{NEW}"]
age = "0 d"
[pools.bulk]
members = {{ "{NEW}" = 999, "{OLD}" = 1 }}
[hubs.HUB01]
egress = "bulk"
"""
"""Nearly all messages draw the new IP; with seed 1 all messages of these tests do."""
PLAN = f"""
[warm_up_plans.new]
egress = "{NEW}"
days = [2, 3]
"""
DAY = 86_400.0


def by_new(run: Played) -> list[bool]:
    """Whether each transaction left by the new IP, in the order of transactions."""
    names, rows = run.trace.names, run.trace.attempts
    first = rows["attempt"] == 0
    pairs = sorted(zip(rows["transaction"][first], rows["egress"][first], strict=True))
    return [names.egress[ip] == NEW for _, ip in pairs]


def test_the_schedule_of_sendgrid_is_what_the_new_ip_sends() -> None:
    """A thousand messages on each of three days, all of which draw the new IP but a few."""
    plan = PLAN.replace("[2, 3]", '"sendgrid"')
    days = [float(day * DAY + second) for day in range(3) for second in range(1000)]
    run = play(POOL, plan, mail={"app.load": days})
    new = by_new(run)
    sent = [sum(new[1000 * day : 1000 * (day + 1)]) for day in range(3)]
    assert ", ".join(map(str, sent)) == stated("A new IP in its first three days")


def test_what_is_above_the_volume_of_a_day_leaves_by_the_other_ip() -> None:
    """Two on the first day, three on the second, all on the third, when the plan is over."""
    days = [day * DAY + second for day in range(3) for second in range(5)]
    run = play(POOL, PLAN, mail={"app.load": days})
    assert by_new(run) == [
        *(True, True, False, False, False),
        *(True, True, True, False, False),
        *(True, True, True, True, True),
    ]


def test_a_day_without_traffic_does_not_count() -> None:
    """Days 1 to 3 of the run have no mail: the fourth one is the second of the plan."""
    days = [0.0, 1.0, 2.0, *(4 * DAY + second for second in range(4))]
    run = play(POOL, PLAN, mail={"app.load": days})
    assert by_new(run) == [True, True, False, True, True, True, False]


def test_recipients_count_and_a_message_that_has_no_room_leaves_it_to_the_next() -> None:
    """Of two, one is taken: a message for three has no room, and one for one has it."""
    run = play(POOL, PLAN, mail={"app.load": [0.0, (1.0, 3), 2.0, 3.0]})
    assert by_new(run) == [True, False, True, False]


def test_a_plan_for_a_destination_leaves_other_mail_alone() -> None:
    other = """
[destinations.other]
profile = "none"
domains = ["example.net"]
[hosts.app.streams.more]
to = { other = 1.0 }
"""
    plan = PLAN + 'destination = "other"'
    mail = {"app.load": [0.0, 2.0, 4.0, 6.0], "app.more": [1.0, 3.0, 5.0, 7.0]}
    assert by_new(play(POOL, other, plan, mail=mail)) == [
        *(True, True, True, True, True, False, True, False)
    ]


def test_a_plan_that_no_day_reaches_changes_no_row() -> None:
    mail = {"app.load": [0.0, 1.0, (2.0, 3), DAY]}
    wide = PLAN.replace("[2, 3]", "[100, 100]")
    assert first_divergence(play(POOL, mail=mail).trace, play(POOL, wide, mail=mail).trace) is None


def test_with_a_plan_a_provider_no_longer_throttles_the_new_ip() -> None:
    """Gmail takes 20 an hour of a new IP: of 60 messages it defers 40, and with the plan none."""
    gmail = '[destinations.sink]\nprofile = "gmail"'
    mail = {"app.load": [float(second) for second in range(60)]}

    def deferred(*changes: str) -> int:
        run = play(POOL, gmail, *changes, mail=mail)
        new = run.trace.attempts["egress"] == run.trace.names.egress.index(NEW)
        first = run.trace.attempts["attempt"] == 0
        replies = run.trace.attempts["reply"][new & first].tolist()
        return sum(run.reply(number).startswith("4") for number in replies)

    assert deferred() >= 1
    assert deferred(PLAN.replace("[2, 3]", "[20, 28]")) == 0


def test_the_guide_has_what_a_daily_newsletter_does() -> None:
    """The numbers of docs/guides/public-ips.md."""
    campaign = "hosts.marketing.streams.newsletter.arrivals"
    settings = (
        *('run.duration="5 d"', "run.scale=0.02", "warm_up_plans.new.days=[40, 56, 78, 110]"),
        *(f'{campaign}.every="1 d"', f'{campaign}.at="2 h"'),
    )
    scenario = load(ROOT / "scenarios" / "today" / "pool-with-warm-up.toml", settings)
    trace = fast.run(compile_plan(scenario), draw(scenario, 0, 1))
    rows, names = trace.attempts, trace.names
    message = trace.transactions["message"][rows["transaction"]]
    stream = names.streams.index("marketing.newsletter")
    bulk = (trace.messages["stream"][message] == stream) & (rows["queue"] >= 0)
    first = bulk & (rows["attempt"] == 0)
    day = trace.messages["created"][message] // 86_400_000_000
    new = rows["egress"] == names.egress.index("203.0.113.26")
    old = rows["egress"] == names.egress.index("203.0.113.25")
    sent = [((first & old & (day == d)).sum(), (first & new & (day == d)).sum()) for d in range(5)]
    assert sent == [(1160, 40), (1093, 56), (1071, 78), (1039, 110), (604, 545)]
    replies = [names.replies[number] if number >= 0 else "" for number in rows["reply"]]
    throttled = np.array([text.startswith(("421 4.7", "451 4.7.650")) for text in replies])
    assert not (first & new & throttled & (day < 4)).any()
    assert (first & new & throttled & (day == 4)).sum() == 202


CAMPAIGN = """
[hosts.app.streams.load]
sender = "app@cozumpark.com"
size = "1 KB"
to = { sink = 1.0 }
arrivals = { process = "campaign", at = "1 h", messages = 1000, rate = "10/s" }
"""


def loaded(*changes: str) -> Scenario:
    return from_mapping(tables(*changes), "story")


def warm_up(scenario: Scenario) -> Finding:
    (finding,) = [each for each in check(scenario) if each.check == "ip_warm_up"]
    return finding


def test_check_says_what_share_of_a_campaign_the_new_ip_takes_on_each_day() -> None:
    """Half of 1,000 messages draw the new IP: from the third day on it takes these 500."""
    half = f'[pools.bulk.members]\n"{NEW}" = 1'
    finding = warm_up(loaded(POOL, half, PLAN, CAMPAIGN))
    assert finding.severity == "info"
    assert "2 (0.2 %) on day 1, 3 (0.3 %) on day 2 and 500 (50 %) from day 3 on." in finding.reason


def test_a_long_plan_has_its_first_days_and_its_last_one() -> None:
    """Days of equal volume are one step; the last volume of the plan is that of day 8."""
    half = f'[pools.bulk.members]\n"{NEW}" = 1'
    days = PLAN.replace("[2, 3]", "[2, 2, 3, 4, 5, 6, 7, 9]")
    assert (
        ": 2 (0.2 %) on days 1 to 2, 3 (0.3 %) on day 3, 4 (0.4 %) on day 4, 5 (0.5 %) on day 5, "
        "rising to 9 (0.9 %) on day 8 and 500 (50 %) from day 9 on."
        in warm_up(loaded(POOL, half, days, CAMPAIGN)).reason
    )


def test_a_plan_without_a_pool_does_nothing() -> None:
    """The hub has the new IP alone: the plan is unused, and the IP is judged as any new one."""
    gmail = '[destinations.sink]\nprofile = "gmail"'
    alone = f'[hubs.HUB01]\negress = "{NEW}"'
    found = {(each.check, each.place) for each in check(loaded(POOL, PLAN, CAMPAIGN, gmail, alone))}
    assert ("unused", "warm_up_plans.new") in found
    assert ("cold_egress", f'egress."{NEW}"') in found
    assert not any(name == "ip_warm_up" for name, _ in found)
    pooled = {(each.check, each.place) for each in check(loaded(POOL, PLAN, CAMPAIGN, gmail))}
    assert ("unused", "warm_up_plans.new") not in pooled
    assert not any(name == "cold_egress" for name, _ in pooled)


def test_check_warns_of_a_plan_that_falls() -> None:
    falling = warm_up(loaded(POOL, PLAN.replace("[2, 3]", "[5, 5, 3, 9]"), CAMPAIGN))
    assert falling.severity == "warning"
    assert falling.reason.endswith("The plan falls: 5 on day 2 and 3 on day 3.")
    assert falling.fix == "Write volumes that grow from day to day."


def test_an_ip_that_providers_know_needs_no_plan() -> None:
    gmail = '[destinations.sink]\nprofile = "gmail"'
    known = f'[egress."{NEW}"]\nage = "400 d"'
    finding = warm_up(loaded(POOL, PLAN, CAMPAIGN, gmail, known))
    assert finding.severity == "info"
    assert finding.reason.endswith("400 d old: no provider here limits it as a new one.")
    assert finding.fix == "Remove the plan: the IP is known already and needs none."


SLOW = f"""
[pools.bulk.members]
"{NEW}" = 1
[hubs.HUB01.shaping.sink]
rate = "1/s"
"""


def campaign_loads(scenario: Scenario) -> list[str]:
    return [each.reason for each in check(scenario) if each.check == "campaign_load"]


def test_an_overloaded_pool_is_one_finding_that_names_the_ips() -> None:
    """Each IP gets 5 messages a second, and the hub sends 1 a second by it: 500 take 500 s."""
    (reason,) = campaign_loads(loaded(POOL, SLOW, CAMPAIGN))
    assert f"by each of {OLD} and {NEW} (other mail included) is 5 times the capacity" in reason
    assert reason.endswith("take 8.3 min instead of 100 s.")


def test_on_day_1_of_a_plan_the_older_ip_takes_the_rest_of_a_campaign() -> None:
    """The new IP takes 2 messages of 1,000, the older one 998: 9.98 a second, in 998 s."""
    (reason,) = campaign_loads(loaded(POOL, PLAN, SLOW, CAMPAIGN))
    assert f"by {OLD} (other mail included; day 1 of the warm-up plan new) is 10 times" in reason
    assert reason.endswith("take 17 min instead of 100 s.")


def test_explain_names_the_plan() -> None:
    text = " ".join(str(explain(loaded(POOL, PLAN, CAMPAIGN), "app", "x@example.org")).split())
    assert f"leaves by {NEW} (more than 99 % of messages, as far as the warm-up plan new" in text
    assert f"leaves by {OLD} (0.1 % of messages)" in text


def test_check_warns_of_a_day_that_is_above_what_a_provider_accepts() -> None:
    """Gmail takes 20, then 28 an hour; the third day of the plan has no limit: 39 are taken."""
    gmail = '[destinations.sink]\nprofile = "gmail"'
    finding = warm_up(loaded(POOL, PLAN, CAMPAIGN, gmail))
    assert finding.severity == "warning"
    assert "sink accepts 39 an hour on day 3 and gets 999" in finding.reason


@pytest.mark.parametrize(("name", "seventh"), [("marketing-plan", 1_000), ("vendor-table", 25_000)])
def test_published_schedules_differ_by_a_factor_of_25_on_day_7(name: str, seventh: int) -> None:
    assert schedules()[name].days[6] == seventh
    scenario = loaded(POOL, PLAN.replace("[2, 3]", f'"{name}"'), CAMPAIGN)
    assert scenario.warm_up_plans["new"].days == schedules()[name].days


def test_the_schedule_of_sendgrid_is_24_times_its_messages_an_hour() -> None:
    assert [day // 24 for day in schedules()["sendgrid"].days[:8]] == [
        *(20, 28, 39, 55, 77, 108, 151, 211)
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('days = "vendor"', "no schedule: write one of"),
        ("days = []", "days"),
        ("days = [0]", "days"),
        ('destination = "sunk"', 'did you mean "sink"'),
        ('egress = "192.0.2.9"', "no pool has this IP"),
    ],
)
def test_what_does_not_fit_is_refused(change: str, message: str) -> None:
    with pytest.raises(ScenarioError) as problem:
        loaded(POOL, PLAN, CAMPAIGN, f"[warm_up_plans.new]\n{change}")
    assert message in " ".join(str(problem.value).split())


def test_a_pool_without_an_older_ip_is_refused() -> None:
    alone = PLAN + f'[warm_up_plans.other]\negress = "{OLD}"\ndays = [1]'
    with pytest.raises(ScenarioError, match="each pool of this IP needs"):
        loaded(POOL, alone, CAMPAIGN)
