"""The outcome of one recipient of a message: the reply of the hub, and the next hops."""

from relaysim.explanation.expected_dialogue import Letter
from relaysim.explanation.session import Outcome
from relaysim.mail.address import domain_of
from relaysim.mail.reply import Reply
from relaysim.plan import routing
from relaysim.plan.hand_over import HandOver, hand_overs
from relaysim.scenario.model import Scenario


def outcome_at(
    scenario: Scenario,
    hub: str | None,
    recipient: str,
    letter: Letter,
    link: str | None,
    answer: Reply | None,
) -> Outcome:
    r"""Return the outcome of one recipient at a hub.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hub : str or None
        The hub that answered; None where no hub has the address.
    recipient : str
        The mail address.
    letter : Letter
        The message.
    link : str or None
        The receive connector of the session (`HUB\name`), for send connectors linked to it.
    answer : Reply or None
        The last reply for the recipient; None for mail from the mailbox server.

    Returns
    -------
    Outcome
        The reply, the hops and the sessions with other hubs.
    """
    destination = destination_of(scenario, recipient)
    if answer is not None and not answer.is_success:
        return Outcome(recipient, answer, (), destination)
    domain, size = domain_of(recipient), letter.size or 0
    hops, sessions = [(hub or "", link)], list[HandOver]()
    ways = list[routing.Hop]()
    # Each hub that takes the mail adds its next hop, so the list grows while it is read.
    for at, linked in hops:
        hop = routing.next_hop(scenario, at, domain, size, linked)
        taken = hand_overs(scenario, hop)
        # A hub that refuses the session never has the mail, so it has no next hop.
        receivers = [session.receiver for session in taken if session.reply.is_success]
        after = routing.link_after(hop, linked)
        hops += [(other, after) for other in receivers]
        ways += routing.by_public_ip(scenario, hop, domain_of(letter.sender))
        sessions += taken
    return Outcome(recipient, answer, tuple(ways), destination, tuple(sessions))


def destination_of(scenario: Scenario, recipient: str) -> str | None:
    """Return the destination that has the domain of a recipient; None if none has it."""
    domain = domain_of(recipient)
    for name, destination in scenario.destinations.items():
        if domain in destination.domain_names():
            return name
    return None
