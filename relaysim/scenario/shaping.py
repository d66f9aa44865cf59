"""Shaping: the limits of a hub for the mail to one destination."""

from fractions import Fraction
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from relaysim.scenario.table import Interval, Positive, Rate, Table


def _from_one_a_day(rate: Fraction) -> Fraction:
    if rate * 86_400 < 1:
        raise ValueError('must be at least "1/d"')
    return rate


class Shaping(Table):
    """How much a hub sends to each domain of a destination, or to a relay service, at a time.

    The limits hold for each next hop and public IP, as each has a delivery queue.
    """

    connection_limit: Positive | None = None
    """Connections at a time, instead of `max_per_domain_outbound_connections`.

    Postfix: `TRANSPORT_destination_concurrency_limit`; KumoMTA: `connection_limit`.
    """
    messages_per_connection: Positive | None = None
    """Messages that a connection carries, unless the receiver or the send connector allows fewer.

    KumoMTA: `max_deliveries_per_connection`.
    """
    rate: Annotated[Rate, AfterValidator(_from_one_a_day)] | None = None
    """Attempts at most, one after another with equal distances; at least one a day.

    KumoMTA: `max_message_rate`; Postfix: `TRANSPORT_destination_rate_delay`, in whole seconds and
    with one delivery at a time. A connection takes no further message where that has to wait
    (assumption); Postfix keeps it for a while.
    """
    message_retry_interval: Interval | None = None
    """Wait of a message that a 4xx reply deferred, instead of that of the hub.

    KumoMTA: `retry_interval` of a queue. Postfix has one retry clock for all next hops.
    """

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if all(value is None for _, value in self):
            raise ValueError("write a limit, such as connection_limit")
        return self
