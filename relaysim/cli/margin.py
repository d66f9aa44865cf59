"""The equivalence margin of a metric, as a user writes it."""

from relaysim.mail.spelling import unknown
from relaysim.measure.amount import amount
from relaysim.measure.metric_catalogue import METRICS
from relaysim.renamed import METRICS as RENAMED
from relaysim.renamed import sentence
from relaysim.stats.metric import Margin


def parse(text: str) -> tuple[str, Margin]:
    """Return the metric and the difference of `latency_p95=30 s`, `on_time=1 %` or `bounced=10`.

    Times carry a unit; a share is a percentage, or a fraction of 1. Raises ValueError.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise ValueError(f'"{text}" names no difference: write METRIC=VALUE, such as on_time=1 %')
    if renamed := sentence(name, RENAMED):
        raise ValueError(renamed)
    if name not in METRICS:
        raise unknown(name, "a metric", METRICS)
    try:
        return name, Margin(amount(value, METRICS[name].unit))
    except ValueError as error:
        raise ValueError(f"--margin {text}: {error}") from None
