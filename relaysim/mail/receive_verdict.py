"""The replies of a receive connector, command by command: each rule is a function."""

from collections.abc import Collection, Mapping

from relaysim.mail import reply
from relaysim.mail.auth import AuthMechanism
from relaysim.mail.domains import AcceptedDomainType, is_accepted, is_authoritative
from relaysim.mail.receive_connector import ReceiveConnector
from relaysim.mail.reply import Reply
from relaysim.mail.rights import ANONYMOUS, PermissionGroup, Right
from relaysim.mail.session_access import identify, offers_login, session_rights


def source_limit(
    per_source: int | None, percentage: int, maximum: int | None, open_connections: int
) -> int | None:
    """Return how many connections one client address may have now; None for no limit.

    This is the smaller of MaxInboundConnectionPerSource and the share
    MaxInboundConnectionPercentagePerSource of the connections that are free, rounded down.

    Parameters
    ----------
    per_source : int or None
        MaxInboundConnectionPerSource; None: unlimited.
    percentage : int
        MaxInboundConnectionPercentagePerSource.
    maximum : int or None
        MaxInboundConnection; None: unlimited.
    open_connections : int
        Sessions of the connector now.

    Notes
    -----
    Microsoft's words are "available remaining connections": the share shrinks as the connector
    fills. With 2 % and fewer than 50 free connections it is 0. 100 % is no limit (assumption: by
    the letter it would stop a source at half of the connector).
    """
    if maximum is None or percentage == 100:
        return per_source
    share = percentage * (maximum - open_connections) // 100
    return share if per_source is None else min(per_source, share)


def admission(
    maximum: int | None,
    per_source: int | None,
    percentage: int,
    open_connections: int,
    open_from_source: int,
) -> Reply | None:
    """Return the reply with which a connector refuses a connection; None if it accepts it.

    MaxInboundConnection comes first, then the limits of one source, see `source_limit`. The counts
    are without the new connection.
    """
    if maximum is not None and open_connections >= maximum:
        return reply.TOO_MANY_CONNECTIONS
    limit = source_limit(per_source, percentage, maximum, open_connections)
    if limit is not None and open_from_source >= limit:
        return reply.TOO_MANY_CONNECTIONS_PER_SOURCE
    return None


def connect(
    connector: ReceiveConnector | None,
    open_connections: int = 0,
    open_from_source: int = 0,
    hub_is_up: bool = True,
) -> Reply:
    """Return the reply to a new connection: the banner, or the reason why there is none.

    Parameters
    ----------
    connector : ReceiveConnector or None
        What `select` chose.
    open_connections, open_from_source : int
        Sessions of the connector, and those from the address of the client, without the new one.
    hub_is_up : bool
        Whether the hub runs.

    Notes
    -----
    The order: hub down, no connector, MaxInboundConnection, the limits of one source.
    """
    if not hub_is_up:
        return reply.UNABLE_TO_CONNECT
    if connector is None:
        return reply.SERVICE_NOT_AVAILABLE
    refused = admission(
        connector.max_inbound_connection,
        connector.max_inbound_connection_per_source,
        connector.max_inbound_connection_percentage_per_source,
        open_connections,
        open_from_source,
    )
    return refused or reply.BANNER


def authenticate_server(connector: ReceiveConnector) -> Reply:
    """Return the outcome of a hub's log-in at another hub of the organization.

    Parameters
    ----------
    connector : ReceiveConnector
        The connector that answers the hub.

    Returns
    -------
    Reply
        `235` if the connector offers Exchange Server authentication and lets Exchange servers in;
        else `451 5.7.3`, the error that the sending hub records for its queue.

    Notes
    -----
    Microsoft on receive connectors: mail between hubs needs `ExchangeServer` in AuthMechanism and
    `ExchangeServers` in PermissionGroups. A connector with `ExternalAuthoritative` trusts every
    client, but offers no Exchange Server authentication: a hub does not go on there (assumption).
    """
    offered = AuthMechanism.EXCHANGE_SERVER in connector.auth_mechanism
    if offered and PermissionGroup.EXCHANGE_SERVERS in connector.permission_groups:
        return reply.AUTHENTICATED
    return reply.NO_EXCHANGE_AUTHENTICATION


def authenticate(connector: ReceiveConnector) -> Reply:
    """Return the reply to AUTH with a valid account.

    The connector must offer a log-in, and the session must have the right Submit afterwards.
    """
    if not offers_login(connector):
        return reply.AUTHENTICATION_NOT_OFFERED
    if Right.SUBMIT not in session_rights(connector, identify(connector, authenticated=True)):
        return reply.AUTHENTICATION_UNSUCCESSFUL
    return reply.AUTHENTICATED


def mail_from(
    principal: str,
    rights: Collection[Right],
    sender_domain: str,
    domains: Mapping[str, AcceptedDomainType],
    sender_is_own: bool = False,
) -> Reply:
    """Return the reply to MAIL FROM: the right to submit, then the right to the sender address.

    Parameters
    ----------
    principal : str
        Security principal of the session, see `identify`.
    rights : collection of Right
        Rights of the session, see `session_rights`.
    sender_domain : str
        Domain of the sender; "" for the null sender.
    domains : mapping of str to AcceptedDomainType
        The accepted domains.
    sender_is_own : bool
        Whether the sender address belongs to the account of the session.

    Notes
    -----
    The account's own address needs no right beyond Submit. Any other needs Accept-Any-Sender, and
    in an authoritative domain also Accept-Authoritative-Domain-Sender, the switch against forged
    internal senders. The null sender needs neither (assumption). Back pressure and the message rate
    limit come afterwards (`backpressure`, `submission_rate`).
    """
    if Right.SUBMIT not in rights:
        return reply.NOT_AUTHENTICATED if principal == ANONYMOUS else reply.NO_SUBMIT_RIGHT
    if sender_is_own or not sender_domain:
        return reply.SENDER_OK
    needed = {Right.ACCEPT_ANY_SENDER}
    if is_authoritative(domains, sender_domain):
        needed.add(Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER)
    return reply.SENDER_OK if needed.issubset(rights) else reply.NO_SENDER_RIGHT


def submission_rate(message_rate_limit: int | None, submitted: int) -> Reply:
    """Return the reply to MAIL FROM by MessageRateLimit (messages a minute; None: unlimited).

    `submitted` is the number of messages of the source in the minute.
    """
    if message_rate_limit is not None and submitted >= message_rate_limit:
        return reply.SUBMISSION_RATE_EXCEEDED
    return reply.SENDER_OK


def message_size(rights: Collection[Right], size: int, max_message_size: int | None) -> Reply:
    """Return the reply to MAIL FROM with SIZE= by MaxMessageSize (bytes; None: unlimited)."""
    if max_message_size is None or size <= max_message_size:
        return reply.SENDER_OK
    if Right.BYPASS_MESSAGE_SIZE_LIMIT in rights:
        return reply.SENDER_OK
    return reply.MESSAGE_TOO_LARGE


def rcpt_to(
    rights: Collection[Right], recipient_domain: str, domains: Mapping[str, AcceptedDomainType]
) -> Reply:
    """Return the reply to RCPT TO: an accepted domain of any type, or the right to relay."""
    if Right.ACCEPT_ANY_RECIPIENT in rights or is_accepted(domains, recipient_domain):
        return reply.RECIPIENT_OK
    return reply.UNABLE_TO_RELAY


def recipient_limit(max_recipients_per_message: int | None, accepted: int) -> Reply:
    """Return the reply to RCPT TO by MaxRecipientsPerMessage (None: unlimited).

    `accepted` is the number of recipients accepted so far. The message continues with them; a
    client sends the others in another message.
    """
    if max_recipients_per_message is not None and accepted >= max_recipients_per_message:
        return reply.TOO_MANY_RECIPIENTS
    return reply.RECIPIENT_OK


def error_delay(connector: ReceiveConnector, principal: str) -> int:
    """Return how long TarpitInterval delays each error reply of a session.

    Parameters
    ----------
    connector : ReceiveConnector
        The receive connector that answers.
    principal : str
        The security principal of the session.

    Returns
    -------
    int
        Microseconds; 0 for a session that is not anonymous.
    """
    return connector.tarpit_interval if principal == ANONYMOUS else 0
