"""Greylisting: a receiver defers the mail of a sender that it does not know."""

import re
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from relaysim.mail.reply import CLOSES
from relaysim.scenario.table import Lasting, Limit, Share, Table
from relaysim.units import format_duration

_FORM = re.compile(r"4\d\d \S")


def _defers(reply: str) -> str:
    if _FORM.match(reply) is None or reply.startswith(str(CLOSES)):
        raise ValueError(
            f'"{reply}" is no reply to a recipient that defers it: write 4xx and a text, not '
            f'{CLOSES}, such as "450 4.2.0 Greylisted"'
        )
    return reply


def _above_delay(window: int, info: ValidationInfo) -> int:
    delay = info.data.get("delay")
    if delay is not None and window <= delay:
        raise ValueError(
            f"no retry passes within {format_duration(window)} where the delay is "
            f"{format_duration(delay)}: write more than the delay"
        )
    return window


def _from_delay(age: int, info: ValidationInfo) -> int:
    delay = info.data.get("delay")
    if delay is not None and age < delay:
        raise ValueError(
            f"a first try is forgotten after {format_duration(age)}, before the delay of "
            f"{format_duration(delay)} is over: write at least the delay"
        )
    return age


class Greylisting(Table):
    """Greylisting at some domains of a destination.

    A domain defers the first try of each triplet of sender network, sender and recipient, and
    accepts the triplet from `delay` later on, if it comes again within `retry_window`. Each address
    of a `mailing_list` is one recipient; other mail goes to a new recipient each time (assumption).
    An IP whose mail has passed often enough is accepted at once. The domains know nobody at the
    start of a run (assumption): use `run.warm_up` for a sender that they know.
    """

    share: Share
    """Share of its domains that do so."""
    delay: Lasting
    """Time from the first try to the first one that passes."""
    retry_window: Annotated[Lasting, AfterValidator(_above_delay)]
    """Time after the first try in which the mail has to come again."""
    max_age: Annotated[Lasting, AfterValidator(_from_delay)]
    """Time without mail after which a domain forgets a triplet or an IP."""
    auto_whitelist_clients: Limit
    """Passes of an IP, at most one an hour, after which its mail passes at once."""
    reply: Annotated[str, AfterValidator(_defers)]
    """The reply to a recipient that it defers."""
