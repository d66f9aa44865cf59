"""Which of its public IPs a hub sends a message by."""

from relaysim.engine.context import Context
from relaysim.mail.warm_up import WarmUp
from relaysim.traffic.draw import Decision, draw32
from relaysim.units import DAY

_PUBLIC_IP = int(Decision.PUBLIC_IP)


class PublicIpChoice:
    """The choice among queues for one next hop by several public IPs; shared by all hubs.

    Attributes
    ----------
    warm_ups : list of WarmUp
        The course of each warm-up plan.
    culprits_moved : bool
        Whether the administrator has moved the culprits to another public IP.
    """

    def __init__(self, context: Context) -> None:
        self.loop, self.record, _, self.plan = context
        self.warm_ups = [WarmUp(days.volumes) for days in self.plan.warm_ups]
        self.culprits_moved = False

    def move_culprits(self) -> None:
        """Route the culprits' mail by `plan.moved` from now on."""
        self.culprits_moved = True

    def queue(self, queue: int, message: int, recipients: int) -> int:
        """Return the queue that a message joins in place of the one of its route.

        Parameters
        ----------
        queue, message : int
            The queue of the route, and the message.
        recipients : int
            Recipients of the message at this next hop.
        """
        chosen = self._of_pool(queue, message, recipients) if self.plan.ip_choices else queue
        if self.culprits_moved and self.plan.streams[self.record.messages.stream[message]].culprit:
            return self.plan.moved.get(chosen, chosen)
        return chosen

    def _of_pool(self, queue: int, message: int, recipients: int) -> int:
        """Return the queue by one of the IPs of a pool.

        The draw is that of the message, so its recipients at all next hops have one IP of a pool in
        mind, and in every design it draws the same number. What has no room in the warm-up of an IP
        goes to the next IP of the pool; if none has room, the drawn one takes it.
        """
        messages = self.record.messages
        sender = self.plan.streams[messages.stream[message]].from_domain
        choices = self.plan.ip_choices.get((queue, sender))
        if choices is None:
            choices = self.plan.ip_choices.get((queue, -1))
        if choices is None:
            return queue
        bits = draw32(self.record.key[messages.first_recipient[message]], _PUBLIC_IP, 0)
        drawn = 0
        while bits >= choices[drawn].below:
            drawn += 1
        if not self.warm_ups:
            return choices[drawn].queue
        for turn in range(len(choices)):
            chosen = choices[(drawn + turn) % len(choices)].queue
            if self._admits(chosen, recipients):
                return chosen
        return choices[drawn].queue

    def _admits(self, queue: int, recipients: int) -> bool:
        """Count recipients in the warm-up plans of a queue, if all of them have room."""
        target, day = self.plan.queues[queue], self.loop.tick // DAY
        plans = [
            warm_up
            for warm_up, days in zip(self.warm_ups, self.plan.warm_ups, strict=True)
            if days.egress == target.egress and days.receiver in (-1, target.receiver)
        ]
        if not all(warm_up.has_room(day, recipients) for warm_up in plans):
            return False
        for warm_up in plans:
            warm_up.take(day, recipients)
        return True
