"""Retry times and expiry of queues and messages. All times in microseconds."""


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
