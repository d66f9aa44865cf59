"""A session at one address: the connector, the rights, and the reply to each recipient."""

from dataclasses import dataclass
from typing import Any

from relaysim.mail.connector_selection import Selection
from relaysim.mail.dialogue import Step
from relaysim.mail.reply import Reply
from relaysim.mail.rights import session_permissions
from relaysim.mail.session_access import Grant
from relaysim.plan import routing, submission
from relaysim.plan.hand_over import HandOver
from relaysim.scenario.connector import ReceiveConnector


@dataclass(frozen=True)
class Outcome:
    """The outcome of one recipient.

    Parameters
    ----------
    recipient : str
        The address.
    reply : Reply or None
        The last reply of the hub; None for mail from the mailbox server.
    hops : tuple of Hop
        The next hop; after a transfer also the hops of the source servers that accept the mail.
        A hop stands there once for each unit of weight of its public IP. Empty if the recipient is
        refused.
    destination : str or None
        The destination that has the domain.
    hand_overs : tuple of HandOver
        The sessions with the source servers.
    """

    recipient: str
    reply: Reply | None
    hops: tuple[routing.Hop, ...]
    destination: str | None
    hand_overs: tuple[HandOver, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the outcome as a dictionary for JSON."""
        return {
            "recipient": self.recipient,
            "reply": None if self.reply is None else str(self.reply),
            # None: mail of the mailbox server gets no SMTP reply.
            "accepted": self.reply is None or self.reply.is_success,
            "destination": self.destination,
            "hops": [
                {
                    "kind": hop.kind.value,
                    "hub": hop.hub,
                    "queue": hop.next_hop or None,
                    "send_connector": hop.connector and hop.connector.name,
                    "egress": hop.egress,
                    "front_end": hop.proxy,
                }
                for hop in dict.fromkeys(self.hops)
            ],
            "hand_overs": [
                {
                    "sender": hand_over.sender,
                    "receiver": hand_over.receiver,
                    "from": str(hand_over.client),
                    "to": str(hand_over.address),
                    "connector": hand_over.connector and hand_over.connector.name,
                    "reply": str(hand_over.reply),
                    "accepted": hand_over.reply.is_success,
                }
                for hand_over in self.hand_overs
            ],
        }


@dataclass(frozen=True)
class Attempt:
    """The session at one submission target of a host.

    Parameters
    ----------
    target : Target
        The address and the hub.
    selection : Selection or None
        The connector that answers, and the reasons why others do not; None for the mailbox server
        and for a relay service.
    other_setting : Selection or None
        The selection with the other value of specific_binding_hides_wildcard.
    session : Session or None
        The principal and its rights; None where no connector answers.
    grants : tuple of Grant
        The rights of the session, with their origin.
    lines : tuple of Step
        The SMTP dialogue.
    outcomes : tuple of Outcome
        One for each recipient and hub that may take the message.
    takers : tuple of str
        The hubs that may take the message, each with the same chance; empty where none does.
    """

    target: submission.Target
    selection: Selection[ReceiveConnector] | None
    other_setting: Selection[ReceiveConnector] | None
    session: submission.Session | None
    grants: tuple[Grant, ...]
    lines: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]
    takers: tuple[str, ...] = ()

    @property
    def connector(self) -> ReceiveConnector | None:
        """The connector that answers; None if there is none."""
        return self.selection.connector if self.selection else None

    def as_dict(self) -> dict[str, Any]:
        """Return the attempt as a dictionary for JSON."""
        return {
            "hub": self.target.hub,
            "relay": self.target.relay,
            "address": str(self.target.address),
            "port": self.target.port,
            "connector": self.connector and self.connector.name,
            "passed_over": [
                {"connector": other.connector.name, "reason": other.text}
                for other in (self.selection.passed_over if self.selection else ())
            ],
            "principal": self.session and self.session.principal,
            "rights": [
                {"right": grant.right.value, "source": grant.source} for grant in self.grants
            ],
            "session_permissions": self.session and session_permissions(self.session.rights),
            "dialogue": [str(line) for line in self.lines],
            "recipients": [outcome.as_dict() for outcome in self.outcomes],
        }
