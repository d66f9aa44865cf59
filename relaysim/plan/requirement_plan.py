"""The part of the plan about authentication: what receivers require, and what streams lack."""

from dataclasses import dataclass

from relaysim.mail.authentication import Identity, Missing


@dataclass(frozen=True, slots=True)
class RequirementPlan:
    """What a receiver does with mail that lacks something: thresholds for a 32-bit draw.

    Parameters
    ----------
    lacking : Missing
        What.
    of_bulk : bool
        Whether only bulk senders need it.
    defer, refuse, junk : int
        An attempt is deferred below `defer`. Mail is refused below `refuse`, and from there on
        junked below `junk`.
    deferral, refusal : str
        The replies.
    """

    lacking: Missing
    of_bulk: bool
    defer: int
    refuse: int
    junk: int
    deferral: str
    refusal: str


@dataclass(frozen=True, slots=True)
class SenderPlan:
    """The sender of a stream.

    Parameters
    ----------
    of : Identity
        Its domains.
    spf : tuple of bool
        For each public IP whether SPF passes.
    signed : bool
        Whether all of its mail is signed.
    signers : tuple of int
        The hubs that sign it.
    primary : str
        The registered domain, by which providers know bulk senders.
    bulk_sender : bool
        Whether it is one from the start.
    unsubscribe : bool
        Whether its mail has one-click unsubscribe, or is not bulk mail.
    """

    of: Identity
    spf: tuple[bool, ...]
    signed: bool
    signers: tuple[int, ...]
    primary: str
    bulk_sender: bool
    unsubscribe: bool
