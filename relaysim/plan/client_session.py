"""The session of a hub at a smart host that is a hub of the scenario."""

from array import array

from relaysim.mail import receive_verdict as rules
from relaysim.mail.address import domain_of
from relaysim.mail.reply import Reply, worded
from relaysim.mail.rights import Right
from relaysim.mail.session_access import identify, session_rights
from relaysim.plan.hand_over import HandOver
from relaysim.plan.numbering import Numbering
from relaysim.plan.queue_plan import ClientSession
from relaysim.scenario.model import Scenario


def client_session(
    scenario: Scenario, numbers: Numbering, hand: HandOver, replies: dict[str, int]
) -> ClientSession | None:
    """Return the replies that a hub gets as a client; None if no connector answers.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    numbers : Numbering
        The numbers of its entities.
    hand : HandOver
        The session.
    replies : dict of str to int
        The texts of replies so far; new ones are added.
    """
    connector = hand.connector
    if connector is None:
        return None
    hub, domains = scenario.hubs[hand.receiver], scenario.organization.domains
    principal = identify(connector)
    rights = session_rights(connector, principal)

    def number(answer: Reply) -> int:
        text = str(worded(answer, hub.properties.wording))
        return -1 if answer.is_success else replies.setdefault(text, len(replies))

    senders = [scenario.hosts[host].streams[title].sender for host, title in numbers.host_streams]
    # DSNs have the null sender.
    senders += ["<>"] * len(numbers.hubs)
    rcpt = {
        domain: number(rules.rcpt_to(rights, domain, domains))
        for domain in dict.fromkeys(numbers.first_alike)
    }
    return ClientSession(
        connector=numbers.connectors.index((hand.receiver, connector.name)),
        source=numbers.sources.index(str(hand.client)),
        mail=tuple(
            number(rules.mail_from(principal, rights, domain_of(sender), domains))
            for sender in senders
        ),
        rcpt=array("q", [rcpt[domain] for domain in numbers.first_alike]),
        bypasses_size_limit=Right.BYPASS_MESSAGE_SIZE_LIMIT in rights,
        error_delay=rules.error_delay(connector, principal),
    )
