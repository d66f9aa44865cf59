"""Which of its public IPs a hub sends a message by."""

from relaysim.engine.recorder import Recorder
from relaysim.plan.plan import Plan
from relaysim.traffic.draw import Decision, draw32

_PUBLIC_IP = int(Decision.PUBLIC_IP)


class PublicIpChoice:
    """The choice among queues for one next hop by several public IPs; shared by all hubs."""

    def __init__(self, record: Recorder, plan: Plan) -> None:
        self.record, self.plan = record, plan

    def queue(self, queue: int, message: int) -> int:
        """Return the queue that a message joins in place of the one of its route.

        The draw is that of the message, so its recipients at all next hops leave by one IP of a
        pool, and in every design it draws the same number.
        """
        messages = self.record.messages
        sender = self.plan.streams[messages.stream[message]].from_domain
        choices = self.plan.ip_choices.get((queue, sender))
        if choices is None:
            choices = self.plan.ip_choices.get((queue, -1))
        if choices is None:
            return queue
        bits = draw32(self.record.key[messages.first_recipient[message]], _PUBLIC_IP, 0)
        place = 0
        while bits >= choices[place].below:
            place += 1
        return choices[place].queue
