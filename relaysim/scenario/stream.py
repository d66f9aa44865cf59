"""Streams: one kind of mail of a host."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from relaysim.mail.address import parse_address
from relaysim.scenario.arrivals import Arrivals, Campaign, Replay
from relaysim.scenario.distribution import RecipientLaw, SizeLaw
from relaysim.scenario.recording import read
from relaysim.scenario.table import DAY, Lasting, Named, Positive, Share, Table, adds_up

Priority = Literal["high", "normal", "low"]
DEADLINE = DAY
"""The longest deadline of a stream whose file sets none."""

TYPING_ERRORS = (1e-7, 1e-4)
"""The range of `trap_rate` of mail that people address, in which every value is plausible.

Nobody has measured it for people alone. The upper end: Spamhaus's traps got 2.2e-4 of all mail of a
provider of 20,000 enterprises, mostly by typing errors such as gmai.com (HADES, NDSS 2025); that is
an upper bound, since it counts bulk mail too. The lower end is an assumption.
"""


class MailingList(Table):
    """The mailing list of a stream, and the traps and unknown users in it.

    Of its `addresses` (as many as a campaign has messages) the share `trap_share` are spam traps
    and `unknown_rate` do not exist; the same ones each time. An unknown address is taken off after
    `bounce_removals` bounces. `complaint_rate` is the share of messages in an inbox that
    lead to a complaint.
    """

    addresses: Positive | None = None
    """Addresses on it; without it as many as a campaign has messages."""
    trap_share: Share = 0.0
    """Share of them that are spam traps."""
    complaint_rate: Share = 0.0
    """Share of messages in an inbox that cause a complaint."""
    unknown_rate: Share = 0.0
    """Share of them that do not exist."""
    bounce_removals: Positive = 1
    """Bounces after which an address is taken off."""


class Stream(Table):
    """One kind of mail: when, how large, to whom, how urgent.

    `to` gives the share of recipients by destination, `internal` being the own mailboxes.
    Mail to a `mailing_list` meets the traps and unknown users of the list; other mail meets one
    with the probabilities `trap_rate` and `unknown_rate`, mostly by a mistyped address, and
    complaints with `complaint_rate`. A `culprit` sends what gets an IP listed; where it is not
    written, bulk marketing and compromised hosts are.
    """

    sender: Annotated[str, BeforeValidator(parse_address)]
    """The address in MAIL FROM."""
    header_from: Annotated[str, BeforeValidator(parse_address)] | None = None
    """The address in the From header, if it is not that in MAIL FROM."""
    class_: Annotated[str, Field(alias="class", min_length=1)] = "corporate"
    """The class that results count it in."""
    arrivals: Arrivals
    """When its messages are created."""
    size: SizeLaw
    """Size of a message."""
    recipients: RecipientLaw = 1
    """Recipients of a message."""
    to: Annotated[Named[Share], AfterValidator(adds_up)]
    """Shares of the recipients by destination; `internal` are the own mailboxes."""
    priority: Priority = "normal"
    """Its priority, where the hub heeds it."""
    weight: Annotated[float, Field(ge=0.0, le=1e9)] = 1.0
    """How much a harmed message matters when harm is added up."""
    deadline: Lasting = DEADLINE
    """What counts as on time; where it is not written a day, or the drain if the file sets less."""
    culprit: bool | None = None
    """Whether it sends what gets an IP listed; otherwise bulk marketing and hijacked hosts do."""
    mailing_list: MailingList | None = None
    """The list that it writes to."""
    one_click_unsubscribe: bool = True
    """Whether its mail has the header for one-click unsubscribe, if it is bulk mail (RFC 8058)."""
    trap_rate: Share = 0.0
    """Probability that a recipient hits a spam trap, by a mistyped address."""
    complaint_rate: Share = 0.0
    """Probability that a recipient in an inbox is complained of."""
    unknown_rate: Share = 0.0
    """Probability that the address of a recipient does not exist."""

    @field_validator("mailing_list")
    @classmethod
    def _one_address_each(
        cls, mailing_list: MailingList | None, info: ValidationInfo
    ) -> MailingList | None:
        # A field that is wrong itself is absent, and then makes no second problem here.
        arrivals = info.data.get("arrivals")
        recorded = read(arrivals.file).recipients if isinstance(arrivals, Replay) else None
        several = info.data.get("recipients", 1) != 1 or (
            recorded is not None and recorded.max() > 1
        )
        if mailing_list is not None and several:
            raise ValueError("a list gets one message for each address: recipients must be 1")
        named = mailing_list.addresses if mailing_list else None
        if named is not None and isinstance(arrivals, Campaign) and named < arrivals.messages:
            raise ValueError(
                f"addresses is {named}, fewer than the campaign's {arrivals.messages} messages"
            )
        return mailing_list
