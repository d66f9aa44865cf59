"""The lines of a Postfix maillog that end an attempt to deliver."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_ATTEMPT = re.compile(
    r"postfix/smtp\[\d+\]: (?P<queue_id>[0-9A-Za-z]+): to=<[^>]*>, (?:orig_to=<[^>]*>, )?"
    r"relay=\S+?, (?:conn_use=(?P<conn_use>\d+), )?delay=[\d.e+-]+, "
    r"delays=(?P<delays>[\d.e+-]+/[\d.e+-]+/[\d.e+-]+/[\d.e+-]+), "
    r"dsn=[\d.]+, status=(?P<status>\w+)"
)
_PROBLEM = re.compile(r"\b(?:warning|error|fatal|panic): .*")
_EXPECTED = re.compile(r"qmgr\[\d+\]: warning: ")
"""Advice of the queue manager during a burst about settings that would use it better."""


@dataclass(frozen=True)
class LoggedAttempt:
    """An attempt to deliver, as the maillog has it.

    Attributes
    ----------
    queue_id : str
        Queue ID.
    conn_use : int
        Number of the message on its connection; 1: the connection is new.
    before_manager, in_manager, connecting, sending : float
        The four parts of `delays=a/b/c/d`: before the queue manager, in it, set-up of the
        connection, transmission; seconds.
    status : str
        sent, deferred or bounced.

    Notes
    -----
    Postfix, smtp(8) and postconf(5), `delay_logging_resolution_limit`. `conn_use` is left out for
    the first message of a connection.
    """

    queue_id: str
    conn_use: int
    before_manager: float
    in_manager: float
    connecting: float
    sending: float
    status: str


def attempts(lines: Iterable[str]) -> Iterator[LoggedAttempt]:
    """Yield the attempts of a maillog, in its order.

    Parameters
    ----------
    lines : iterable of str
        Its lines.
    """
    for line in lines:
        found = _ATTEMPT.search(line)
        if found:
            before, within, connecting, sending = map(float, found["delays"].split("/"))
            uses = int(found["conn_use"] or 1)
            yield LoggedAttempt(
                found["queue_id"], uses, before, within, connecting, sending, found["status"]
            )


def problems(lines: Iterable[str]) -> list[str]:
    """Return the warnings and errors of a maillog, without those that a burst is expected to cause.

    Parameters
    ----------
    lines : iterable of str
        Its lines.
    """
    return [line.strip() for line in lines if _PROBLEM.search(line) and not _EXPECTED.search(line)]
