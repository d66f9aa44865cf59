"""What Exchange calls a key: the parameter, and where it is set."""

_SERVER = "Set-TransportServer"
_CONFIG = "EdgeTransport.exe.config"
_HUB = {
    "queue_database_batch_size": _CONFIG,
    "queue_database_batch_timeout": _CONFIG,
    "max_connection_rate_per_minute": _SERVER,
    "max_outbound_connections": _SERVER,
    "max_per_domain_outbound_connections": _SERVER,
    "max_concurrent_mailbox_deliveries": _SERVER,
    "max_concurrent_mailbox_submissions": _SERVER,
    "message_retry_interval": _SERVER,
    "queue_glitch_retry_count": _CONFIG,
    "queue_glitch_retry_interval": _CONFIG,
    "transient_failure_retry_count": _SERVER,
    "transient_failure_retry_interval": _SERVER,
    "outbound_connection_failure_retry_interval": _SERVER,
    "message_expiration_timeout": _SERVER,
    "delay_notification_timeout": _SERVER,
    "smtp_connector_queue_message_count_threshold_for_concurrent_connections": _CONFIG,
    "shadow_redundancy_enabled": "Set-TransportConfig",
    "priority_queuing_enabled": _CONFIG,
    "max_per_domain_high_priority_connections": _CONFIG,
    "max_per_domain_normal_priority_connections": _CONFIG,
    "max_per_domain_low_priority_connections": _CONFIG,
}
_WHOLE = {
    "hubs.NAME.receive_connectors.NAME": "Set-ReceiveConnector",
    "send_connectors.NAME": "Set-SendConnector",
    "hubs.NAME.receive_connectors.NAME.permissions": "Add-ADPermission",
}
_NEW_ONLY = {"usage": "New-ReceiveConnector"}
_SINGLE = {
    ("organization", "domains"): "`DomainName` and `DomainType` (New-AcceptedDomain)",
    ("mailboxes", "submission_server_override_list"): (
        "`SubmissionServerOverrideList` (Set-MailboxServer)"
    ),
    ("hubs.NAME.back_pressure", "resource_monitoring_interval"): (
        f"`ResourceMonitoringInterval` ({_CONFIG})"
    ),
    **{
        ("hubs.NAME.back_pressure", key): f"`{name}` ({_CONFIG})"
        for key, name in {
            "used_version_buckets": "UsedVersionBuckets",
            "version_buckets_history_depth": "VersionBucketsHistoryDepth",
            "submission_queue_history_depth": "SubmissionQueueHistoryDepth",
            "smtp_start_throttling_delay_interval": "SMTPStartThrottlingDelayInterval",
            "smtp_step_throttling_delay_interval": "SMTPStepThrottlingDelayInterval",
            "smtp_max_throttling_delay_interval": "SMTPMaxThrottlingDelayInterval",
        }.items()
    },
    ("hubs.NAME.receive_connectors.NAME", "permissions"): "Add-ADPermission",
}
_SPELLING = {
    "remote_ip_ranges": "RemoteIPRanges",
    "dns_routing_enabled": "DNSRoutingEnabled",
    "ignore_starttls": "IgnoreSTARTTLS",
}


def parameter(path: str, key: str) -> str | None:
    """The name of the parameter and its cmdlet or file; None for keys of relaysim alone."""
    if (path, key) in _SINGLE:
        return _SINGLE[path, key]
    where = _HUB.get(key) if path == "hubs.NAME" else _NEW_ONLY.get(key) or _WHOLE.get(path)
    if where is None:
        return None
    name = _SPELLING.get(key) or "".join(word.title() for word in key.split("_"))
    return f"`{name}` ({where})"
