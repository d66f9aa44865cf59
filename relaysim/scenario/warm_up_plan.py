"""Warm-up plans of new public IPs. The warm-up of a run (`run.warm_up`) is something else."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from relaysim.profiles.warm_up_schedules import schedules
from relaysim.scenario.table import AddressName, Many, Positive, Table


def _days(value: Any) -> Any:
    """Return the volumes of a schedule that is written by its name. Raises ValueError."""
    if not isinstance(value, str):
        return value
    known = schedules()
    if value not in known:
        raise ValueError(f'"{value}" is no schedule: write one of {", ".join(known)}, or a list')
    return known[value].days


class WarmUpPlan(Table):
    """How many messages a new public IP of a pool carries on each day.

    What is above the volume of a day leaves by another IP of the pool. A message counts once for
    each recipient, when the hub queues it. A day counts only if the IP had traffic on it, as in the
    schedules of MailerQ; days begin with the run and every 24 h after it (assumption). After the
    last day the IP has no limit.
    """

    egress: AddressName
    """The new public IP, a member of a pool."""
    days: Annotated[Many[Positive], BeforeValidator(_days), Field(min_length=1)]
    """Messages on each day with traffic; or the name of a published schedule.

    `relaysim profiles warm_up` prints the schedules with their sources.
    """
    destination: str | None = None
    """The destination whose mail it counts and limits; without it all mail of the IP."""
