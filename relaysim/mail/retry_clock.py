"""When a queue or a message is tried again, and when it is given up. All times in microseconds."""


def queue_retry_delay(
    failure: int,
    queue_glitch_retry_count: int,
    queue_glitch_retry_interval: int,
    transient_failure_retry_count: int,
    transient_failure_retry_interval: int,
    outbound_connection_failure_retry_interval: int,
) -> int:
    """From the `failure`-th failed connection in a row (1 is the first) of a queue to the next try.

    First the glitch retries, then those for transient failures, then the steady interval without
    end (Microsoft's page on message intervals; that 2007 and 2010 have the glitch retries is
    unconfirmed). A success starts the count anew.
    """
    if failure <= queue_glitch_retry_count:
        return queue_glitch_retry_interval
    if failure <= queue_glitch_retry_count + transient_failure_retry_count:
        return transient_failure_retry_interval
    return outbound_connection_failure_retry_interval


def expires_at(accepted_at: int, message_expiration_timeout: int) -> int:
    """When a message is given up with an NDR: the timeout runs from when the hub accepted it."""
    return accepted_at + message_expiration_timeout


def delay_notice_at(
    accepted_at: int, delay_notification_timeout: int, message_expiration_timeout: int
) -> int | None:
    """When the sender is told of the delay; None if the message expires first."""
    if delay_notification_timeout >= message_expiration_timeout:
        return None
    return accepted_at + delay_notification_timeout
