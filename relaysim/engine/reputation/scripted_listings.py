"""Scripted listings: they begin at the time of the script, and a request may end them before."""

from typing import TYPE_CHECKING

from relaysim.trace.tables import Cause

if TYPE_CHECKING:
    from relaysim.engine.reputation.list_operator import Blocklist


class ScriptedListing:
    """A listing of an IP that the script begins and ends.

    It is published and withdrawn at the times of the script, whatever the list's build interval.
    Unless it is `fixed`, the operator heeds a request for removal by the rules of the list, as for
    any other listing, and withdraws it at the next build.
    """

    def __init__(self, blocklist: "Blocklist", who: int, fixed: bool) -> None:
        self.blocklist, self.who, self.fixed = blocklist, who, fixed
        self.row = -1

    def begin(self) -> None:
        """Publish the listing."""
        listings = self.blocklist.world.listings
        self.row = listings.publish(self.who, self.blocklist.number, Cause.SCRIPT)
        if not self.fixed:
            self.blocklist.scripted.setdefault(self.who, []).append(self)

    def finish(self) -> None:
        """Withdraw the listing at its time, unless a request has ended it."""
        removable = self.blocklist.scripted.get(self.who, [])
        if self in removable:
            removable.remove(self)
            if not removable:
                del self.blocklist.scripted[self.who]
                self.blocklist.forget_request(self.who)
        self.withdraw()

    def withdraw(self) -> None:
        """Withdraw the listing, once."""
        if self.row >= 0:
            self.blocklist.world.listings.withdraw(self.row)
            self.row = -1
