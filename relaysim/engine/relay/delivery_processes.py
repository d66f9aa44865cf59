"""The delivery processes of Postfix: each connection needs one, and new ones start in turn."""

from collections import deque


class DeliveryProcesses:
    """The processes of a hub that send mail to other organizations.

    Parameters
    ----------
    start_time : int
        Time that each new process takes to start, one after another, microseconds; 0: none.
    max_idle : int
        How long a process waits for work until it ends, microseconds.

    Attributes
    ----------
    idle : deque of int
        For each idle process when it became idle, in this order.
    started_at : int
        When the latest process has started or will have started.
    """

    def __init__(self, start_time: int, max_idle: int) -> None:
        self.start_time, self.max_idle = start_time, max_idle
        self.idle: deque[int] = deque()
        self.started_at = 0

    def wait(self, now: int) -> int:
        """Take a process for a connection; return the time until it has started."""
        if not self.start_time:
            return 0
        while self.idle and self.idle[0] + self.max_idle <= now:
            self.idle.popleft()
        if self.idle:
            self.idle.pop()
            return 0
        self.started_at = max(self.started_at, now) + self.start_time
        return self.started_at - now

    def end(self, now: int) -> None:
        """Count a process whose connection has ended."""
        if self.start_time:
            self.idle.append(now)

    def reset(self) -> None:
        """Forget all processes when the hub stops."""
        self.idle.clear()
        self.started_at = 0
