"""A session at one address: the connector, the rights, and the reply to each recipient."""

from dataclasses import dataclass
from typing import Any

from relaysim.mail.connector_selection import Selection
from relaysim.mail.dialogue import Step
from relaysim.mail.reply import Reply
from relaysim.mail.rights import session_permissions
from relaysim.mail.session_access import Grant
from relaysim.plan import routing
from relaysim.plan.hand_over import HandOver
from relaysim.scenario.connector import ReceiveConnector


@dataclass(frozen=True)
class Outcome:
    """What becomes of one recipient.

    `reply` is the last word of the hub; None for mail that it takes from the mailbox server. `hops`
    are those from there on: one, or where the mail is handed over that one and those of the source
    servers that take it; none if it is refused. `destination` is the one that the domain belongs
    to. `hand_overs` are the sessions with those servers.
    """

    recipient: str
    reply: Reply | None
    hops: tuple[routing.Hop, ...]
    destination: str | None
    hand_overs: tuple[HandOver, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The outcome as JSON has it."""
        return {
            "recipient": self.recipient,
            "reply": None if self.reply is None else str(self.reply),
            "accepted": self.reply is None or self.reply.is_success,
            "destination": self.destination,
            "hops": [
                {
                    "kind": hop.kind.value,
                    "hub": hop.hub,
                    "queue": hop.next_hop or None,
                    "send_connector": hop.connector and hop.connector.name,
                    "egress": hop.egress,
                }
                for hop in self.hops
            ],
            "hand_overs": [
                {
                    "sender": each.sender,
                    "receiver": each.receiver,
                    "from": str(each.client),
                    "to": str(each.address),
                    "connector": each.connector and each.connector.name,
                    "reply": str(each.reply),
                    "accepted": each.reply.is_success,
                }
                for each in self.hand_overs
            ],
        }


@dataclass(frozen=True)
class Attempt:
    """The session at one of the addresses that the host's server leads to.

    `selection` has the connector and why the others do not answer; `other_setting` is the one with
    the other value of specific_binding_hides_wildcard. Both are None for the mailbox server.
    """

    target: routing.Target
    selection: Selection[ReceiveConnector] | None
    other_setting: Selection[ReceiveConnector] | None
    session: routing.Session | None
    grants: tuple[Grant, ...]
    lines: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def connector(self) -> ReceiveConnector | None:
        """The connector that answers."""
        return self.selection.connector if self.selection else None

    def as_dict(self) -> dict[str, Any]:
        """The attempt as JSON has it."""
        return {
            "hub": self.target.hub,
            "address": str(self.target.address),
            "port": self.target.port,
            "connector": self.connector and self.connector.name,
            "passed_over": [
                {"connector": each.connector.name, "reason": each.text}
                for each in (self.selection.passed_over if self.selection else ())
            ],
            "principal": self.session and self.session.principal,
            "rights": [{"right": each.right.value, "source": each.source} for each in self.grants],
            "session_permissions": self.session and session_permissions(self.session.rights),
            "dialogue": [str(line) for line in self.lines],
            "recipients": [each.as_dict() for each in self.outcomes],
        }
