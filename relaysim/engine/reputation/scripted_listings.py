"""Scripted listings: they begin at the time of the script; a request may end them earlier."""

from relaysim.engine.reputation.blocklist_operator import BlocklistOperator
from relaysim.trace.tables import Cause


class ScriptedListing:
    """A listing of an IP that an event of the scenario begins and ends.

    It is published and withdrawn at the times of the script, whatever the build interval. Unless it
    is `fixed`, the operator grants a request for removal by the rules of the blocklist, as for any
    other listing, and withdraws it at the next build.
    """

    def __init__(self, operator: BlocklistOperator, ip: int, fixed: bool) -> None:
        self.operator, self.ip, self.fixed = operator, ip, fixed
        self.handle = -1  # -1: not published

    def begin(self) -> None:
        """Publish the listing."""
        operator = self.operator
        self.handle = operator.listings.publish(self.ip, operator.number, Cause.SCRIPT)
        if not self.fixed:
            operator.scripted.setdefault(self.ip, []).append(self.withdraw)

    def finish(self) -> None:
        """Withdraw the listing at its time, unless a request has ended it."""
        removable = self.operator.scripted.get(self.ip, [])
        if self.withdraw in removable:
            removable.remove(self.withdraw)
            if not removable:
                del self.operator.scripted[self.ip]
                self.operator.forget_request(self.ip)
        self.withdraw()

    def withdraw(self) -> None:
        """Withdraw the listing, once."""
        if self.handle >= 0:
            self.operator.listings.withdraw(self.handle)
            self.handle = -1
