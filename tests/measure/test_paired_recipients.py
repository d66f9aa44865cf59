"""Latency is compared over the recipients that both designs delivered."""

import math
from collections.abc import Sequence

from worlds.trace_story import Story, scenario

from relaysim.measure.paired_recipients import Sample, paired
from relaysim.measure.recipients import Recipients
from relaysim.trace.tables import Status

BOTH = {"app.alerts", "app.news"}


def sample(ends: Sequence[float], *, streams: set[str] = BOTH, alerts: int = 0) -> Sample:
    """A run of newsletters created at 0, delivered at `ends` (0: bounced), after some alerts."""
    story = Story()
    for _ in range(alerts):
        story.message("app.alerts", ["gmail.com"], 0, connected=0, committed=0)
    for end in ends:
        message = story.message("app.news", ["gmail.com"], 0, connected=0, committed=0)
        recipient = story.recipient(message)
        transaction = story.queued([recipient], "HUB01->gmail.com", at=0)
        story.attempt(transaction, enter=0, start=end / 2, end=end or 1)
        story.ends(recipient, end or 1, Status.DELIVERED if end else Status.BOUNCED)
    trace = story.trace(end=99)
    return Sample.of(Recipients.of(trace, scenario()), trace.names).among(streams)


def rows(
    base: Sample, other: Sample, metric: str
) -> dict[tuple[str, str], tuple[float, float, int]]:
    """By subject: the base's value, the other's, and how many recipients both delivered.

    The metric is `METRIC_both_delivered`.
    """
    frame = paired(base, other, scenario())
    own = frame[frame["metric"] == f"{metric}_both_delivered"]
    keys = zip(own["scope"], own["subject"], strict=True)
    return dict(
        zip(keys, zip(own["base"], own["value"], own["recipients"], strict=True), strict=True)
    )


def test_a_recipient_that_one_design_lost_is_left_out_of_both() -> None:
    base, other = sample([10, 20, 0, 40]), sample([12, 0, 14, 20])
    means = rows(base, other, "latency_mean")
    assert means["total", "total"] == ((10 + 40) / 2, (12 + 20) / 2, 2)
    assert means["stream", "app.news"] == means["class", "bulk.external"] == (25.0, 16.0, 2)
    assert means["destination", "gmail"] == (25.0, 16.0, 2)
    assert rows(base, other, "wait_delivery")["total", "total"] == (12.5, 8.0, 2)


def test_a_subject_without_such_a_recipient_has_no_latency() -> None:
    before, after, recipients = rows(sample([10]), sample([0]), "latency_p95")["total", "total"]
    assert recipients == 0
    assert math.isnan(before)
    assert math.isnan(after)


def test_dsns_hubs_and_public_ips_are_not_compared_by_latency() -> None:
    result = rows(sample([10]), sample([12]), "latency_mean")
    assert {scope for scope, _ in result} == {"total", "class", "stream", "destination"}
    assert ("class", "dsn") not in result


def test_recipients_are_found_by_stream_and_number_where_the_designs_have_others() -> None:
    base = sample([10, 20, 30], alerts=2, streams={"app.news"})
    other = sample([11, 22], streams={"app.news"})
    assert rows(base, other, "latency_mean")["total", "total"] == (15.0, 16.5, 2)
    assert rows(other, base, "latency_max")["total", "total"] == (22.0, 20.0, 2)
