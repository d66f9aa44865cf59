"""Which of its public IPs a hub sends a message by."""

from relaysim.engine.context import Context
from relaysim.plan.queue_plan import WarmUpDays
from relaysim.traffic.draw import Decision, draw32

_PUBLIC_IP = int(Decision.PUBLIC_IP)
_DAY = 86_400_000_000


class WarmUp:
    """The course of a warm-up plan.

    Attributes
    ----------
    day : int
        Day of the run, from 0, on which the IP last had traffic; -1 before the first.
    days : int
        Days with traffic before that one.
    sent : int
        Recipients on that day.
    """

    def __init__(self, plan: WarmUpDays) -> None:
        self.plan = plan
        self.day, self.days, self.sent = -1, 0, 0

    def has_room(self, day: int, recipients: int) -> bool:
        """Return whether the volume of a day leaves room for some recipients."""
        is_new = self.day not in (-1, day)
        days = self.days + is_new
        if days >= len(self.plan.volumes):
            return True
        return (0 if is_new else self.sent) + recipients <= self.plan.volumes[days]

    def take(self, day: int, recipients: int) -> None:
        """Count recipients on a day."""
        if self.day not in (-1, day):
            self.days += 1
            self.sent = 0
        self.day = day
        self.sent += recipients


class PublicIpChoice:
    """The choice among queues for one next hop by several public IPs; shared by all hubs."""

    def __init__(self, context: Context) -> None:
        self.loop, self.record, _, self.plan = context
        self.warm_ups = [WarmUp(plan) for plan in self.plan.warm_ups]

    def queue(self, queue: int, message: int, recipients: int) -> int:
        """Return the queue that a message joins in place of the one of its route.

        The draw is that of the message, so its recipients at all next hops have one IP of a pool in
        mind, and in every design it draws the same number. What has no room in the warm-up of an IP
        goes to the next IP of the pool; if none has room, the drawn one takes it.

        Parameters
        ----------
        queue, message : int
            The queue of the route, and the message.
        recipients : int
            Recipients of the message at this next hop.
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
        target, day = self.plan.queues[queue], self.loop.tick // _DAY
        plans = [
            warm_up
            for warm_up in self.warm_ups
            if warm_up.plan.egress == target.egress
            and warm_up.plan.receiver in (-1, target.receiver)
        ]
        if not all(warm_up.has_room(day, recipients) for warm_up in plans):
            return False
        for warm_up in plans:
            warm_up.take(day, recipients)
        return True
