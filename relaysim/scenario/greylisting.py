"""Greylisting: a receiver defers the mail of a sender that it does not know."""

import re
from typing import Annotated

from pydantic import AfterValidator

from relaysim.mail.reply import CLOSES
from relaysim.scenario.table import Lasting, Limit, Share, Table

_FORM = re.compile(r"4\d\d \S")


def _defers(reply: str) -> str:
    if _FORM.match(reply) is None or reply.startswith(str(CLOSES)):
        raise ValueError(f"a reply to a recipient is needed: 4xx and a text, not {CLOSES}")
    return reply


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
    retry_window: Lasting
    """Time after the first try in which the mail has to come again."""
    max_age: Lasting
    """Time without mail after which a domain forgets a triplet or an IP."""
    auto_whitelist_clients: Limit
    """Passes of an IP, at most one an hour, after which its mail passes at once."""
    reply: Annotated[str, AfterValidator(_defers)]
    """The reply to a recipient that it defers."""
