"""Streams: one kind of mail of a host."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from relaysim.mail.address import parse_address
from relaysim.scenario.arrivals import Arrivals, Campaign
from relaysim.scenario.law import RecipientLaw, SizeLaw
from relaysim.scenario.table import DAY, Duration, Named, Positive, Share, Table

Priority = Literal["high", "normal", "low"]


class MailingList(Table):
    """The list that a stream writes to, and what it holds. Inert in this release."""

    addresses: Positive | None = None
    trap_share: Share = 0.0
    complaint_rate: Share = 0.0
    unknown_rate: Share = 0.0


class Stream(Table):
    """One kind of mail: when, how large, to whom, how urgent.

    `to` gives the share of recipients by destination, `internal` being the own mailboxes.
    `trap_rate`, `complaint_rate` and `unknown_rate` are signals of mail that goes to no list;
    like `mailing_list` and `culprit` they are inert in this release.
    """

    sender: Annotated[str, BeforeValidator(parse_address)]
    class_: Annotated[str, Field(alias="class", min_length=1)] = "corporate"
    arrivals: Arrivals
    size: SizeLaw
    recipients: RecipientLaw = 1
    to: Named[Share]
    priority: Priority = "normal"
    weight: Annotated[float, Field(ge=0.0, le=1e9)] = 1.0
    deadline: Duration = DAY
    culprit: bool | None = None
    mailing_list: MailingList | None = None
    trap_rate: Share = 0.0
    complaint_rate: Share = 0.0
    unknown_rate: Share = 0.0

    @field_validator("to")
    @classmethod
    def _shares_add_up(cls, to: Named[Share]) -> Named[Share]:
        total = sum(to.values())
        if abs(total - 1.0) > 1e-6:
            raise ValueError(f"the shares add up to {total:.10g}, not to 1")
        return to

    @field_validator("mailing_list")
    @classmethod
    def _list_is_long_enough(
        cls, mailing_list: MailingList | None, info: ValidationInfo
    ) -> MailingList | None:
        named = mailing_list.addresses if mailing_list else None
        arrivals = info.data.get("arrivals")
        if named is not None and isinstance(arrivals, Campaign) and named < arrivals.messages:
            raise ValueError(
                f"addresses is {named}, fewer than the campaign's {arrivals.messages} messages"
            )
        return mailing_list
