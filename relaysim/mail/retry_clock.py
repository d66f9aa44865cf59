"""Retry times and expiry of queues and messages. All times in microseconds."""

from relaysim.units import SECOND

WHOLE = 1_000
"""A factor of 1, in thousandths."""
NEVER = 20 * 365 * 24 * 3600 * SECOND
"""A wait that no message survives: 20 years, in microseconds."""


def queue_retry_delay(
    failure: int,
    queue_glitch_retry_count: int,
    queue_glitch_retry_interval: int,
    transient_failure_retry_count: int,
    transient_failure_retry_interval: int,
    outbound_connection_failure_retry_interval: int,
) -> int:
    """Return the time from a failed connection of a queue to the next attempt.

    First come the glitch retries, then those for transient failures, then the steady interval
    without end. A success starts the count anew.

    Parameters
    ----------
    failure : int
        Number of the failure in a row; 1 is the first.
    queue_glitch_retry_count, transient_failure_retry_count : int
        How many retries have each interval.
    queue_glitch_retry_interval, transient_failure_retry_interval : int
        Microseconds.
    outbound_connection_failure_retry_interval : int
        The steady interval, microseconds.

    Returns
    -------
    int
        Microseconds.

    Notes
    -----
    Microsoft's page on message retry, resubmit and expiration intervals. That Exchange 2007 and
    2010 have the glitch retries is unconfirmed.
    """
    if failure <= queue_glitch_retry_count:
        return queue_glitch_retry_interval
    if failure <= queue_glitch_retry_count + transient_failure_retry_count:
        return transient_failure_retry_interval
    return outbound_connection_failure_retry_interval


def message_retry_delay(failure: int, interval: int, thousandths: int, longest: int) -> int:
    """Return the time from a deferral of a message to its next attempt.

    Parameters
    ----------
    failure : int
        Number of the attempt that failed; 1 is the first.
    interval : int
        The first wait, microseconds.
    thousandths : int
        The factor from one wait to the next, from 1,000 on.
    longest : int
        The longest wait, microseconds; 0 for none.

    Returns
    -------
    int
        Microseconds.

    Notes
    -----
    Exchange has one interval (MessageRetryInterval): a factor of 1. KumoMTA doubles it; the servers
    of GMX take 1.5 (Pagani and others, DSN 2016).
    """
    limit = min(longest or NEVER, NEVER)
    wait = interval
    for _ in range(failure - 1 if thousandths > WHOLE else 0):
        if wait >= limit:
            break
        wait = wait * thousandths // WHOLE
    return min(wait, limit)


def backed_off_retry(
    failed_at: int,
    arrived_at: int,
    minimal_backoff_time: int,
    maximal_backoff_time: int,
    queue_run_delay: int,
) -> int:
    """Return when Postfix tries a deferred message again.

    The message is due after its age at the failure, at least `minimal_backoff_time` and at most
    `maximal_backoff_time`. The next scan of the deferred queue finds it, one second early at most.

    Parameters
    ----------
    failed_at, arrived_at : int
        Time of the failure, and of the arrival of the message at the hub, microseconds.
    minimal_backoff_time, maximal_backoff_time : int
        Microseconds.
    queue_run_delay : int
        Time from one scan to the next, microseconds.

    Returns
    -------
    int
        Time of the next attempt, microseconds.

    Notes
    -----
    Postfix, `qmgr_active.c` and `qmgr_scan.c`: times are whole seconds, and a scan passes over a
    file whose time lies more than a second ahead. Scans begin at the start of the run (assumption).
    """
    second = failed_at // SECOND * SECOND
    age = second - arrived_at // SECOND * SECOND
    due = second + min(max(age, minimal_backoff_time), maximal_backoff_time)
    # The scan of this very moment is over, however short the backoff time is.
    earliest = max(due - SECOND, failed_at + 1)
    return -(-earliest // queue_run_delay) * queue_run_delay


def expires_at(accepted_at: int, message_expiration_timeout: int) -> int:
    """Return when a message expires with an NDR; the timeout begins when the hub accepts it."""
    return accepted_at + message_expiration_timeout


def delay_notice_at(
    accepted_at: int, delay_notification_timeout: int, message_expiration_timeout: int
) -> int | None:
    """Return when a hub sends a delay notice to the sender; None if the message expires first."""
    if delay_notification_timeout >= message_expiration_timeout:
        return None
    return accepted_at + delay_notification_timeout
