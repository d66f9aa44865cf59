"""A small model of the Exchange Management Shell: what a printed command changes in a scenario."""

import json
import shlex
from typing import Any

from relaysim.mail.session_access import Grant, grants
from relaysim.scenario.model import Scenario

_KEYS = {
    "Bindings": "bindings",
    "RemoteIPRanges": "remote_ip_ranges",
    "PermissionGroups": "permission_groups",
    "AuthMechanism": "auth_mechanism",
    "MaxInboundConnectionPerSource": "max_inbound_connection_per_source",
    "MaxInboundConnectionPercentagePerSource": "max_inbound_connection_percentage_per_source",
    "MaxAcknowledgementDelay": "max_acknowledgement_delay",
    "MessageRateLimit": "message_rate_limit",
    "MaxMessageSize": "max_message_size",
    "MaxRecipientsPerMessage": "max_recipients_per_message",
    "SourceTransportServers": "source_transport_servers",
    "AddressSpaces": "address_spaces",
    "FrontendProxyEnabled": "frontend_proxy_enabled",
}
_LISTS = {
    "bindings",
    "remote_ip_ranges",
    "permission_groups",
    "auth_mechanism",
    "source_transport_servers",
    "address_spaces",
}


def overrides(scenario: Scenario, command: str) -> list[str]:
    """The `--set` texts that do to a scenario what one command does to the organization."""
    words = shlex.split(command.replace("\\", "\\\\"))
    options = _options(words)
    match words[0]:
        case "Set-ReceiveConnector":
            return [f"{_connector(words[1])}.{text}" for text in _values(options)]
        case "New-ReceiveConnector":
            path = _connector(f"{options.pop('Server')}\\{options.pop('Name')}")
            assert options.pop("Usage") == "Custom"
            return [f"{path}={{{', '.join(_values(options))}}}"]
        case "Get-ReceiveConnector":
            return _permission(scenario, words)
        case "Set-SendConnector":
            return [f'send_connectors."{words[1]}".{text}' for text in _values(options)]
        case "New-SendConnector":
            assert options.pop("Usage") == "Internet"
            return [f'send_connectors."{options.pop("Name")}"={{{", ".join(_values(options))}}}']
        case "Set-MailboxServer":
            hubs = options["SubmissionServerOverrideList"].split(",")
            return [f"mailboxes.submission_server_override_list={json.dumps(hubs)}"]
    raise AssertionError(f"unknown command: {command}")


def _options(words: list[str]) -> dict[str, str]:
    """The parameters; each has one value."""
    places = [k for k, word in enumerate(words) if word.startswith("-")]
    return {words[k][1:]: words[k + 1] for k in places}


def _connector(identity: str) -> str:
    hub, name = identity.split("\\")
    return f'hubs.{hub}.receive_connectors."{name}"'


def _values(options: dict[str, str]) -> list[str]:
    """`key=value` in TOML for each parameter."""
    result = []
    for name, value in options.items():
        key = _KEYS[name]
        shown: Any = value
        if key in _LISTS:
            shown = value.split(",")
        elif key == "max_acknowledgement_delay":
            hours, minutes, seconds = map(int, value.split(":"))
            shown = f"{hours * 3600 + minutes * 60 + seconds} s"
        elif key == "message_rate_limit" and value.isdigit():
            shown = f"{value}/min"
        elif key == "max_message_size":
            shown = value.replace("MB", " MB")
        elif value.isdigit():
            shown = int(value)
        elif value in ("$true", "$false"):
            shown = value == "$true"
        result.append(f"{key}={json.dumps(shown)}")
    return result


def _permission(scenario: Scenario, words: list[str]) -> list[str]:
    """Apply Add-ADPermission or Remove-ADPermission; the latter removes a right of any source."""
    hub, name = words[1].split("\\")
    assert words[2] == "|"
    options = _options(words[3:])
    user, rights = options["User"], set(options["ExtendedRights"].split(","))
    connector = scenario.hubs[hub].receive_connectors[name]
    path = _connector(words[1])
    if words[3] == "Add-ADPermission":
        kept = [(each.user, {*each.extended_rights}) for each in connector.permissions]
        return [f"{path}.permissions={_table([*kept, (user, rights)])}"]
    assert words[3] == "Remove-ADPermission"
    given = [
        each
        for each in connector.permission_groups
        if any(
            grant.source == each.value and _is(grant, user, rights) for grant in grants(connector)
        )
    ]
    by_user: dict[str, set[str]] = {}
    for grant in grants(connector):
        of_kept_group = grant.source in {
            str(each) for each in connector.permission_groups if each not in given
        }
        if not of_kept_group and not _is(grant, user, rights):
            by_user.setdefault(grant.user, set()).add(grant.right.value)
    groups = [str(each) for each in connector.permission_groups if each not in given]
    return [
        f"{path}.permission_groups={json.dumps(groups)}",
        f"{path}.permissions={_table(list(by_user.items()))}",
    ]


def _is(grant: Grant, user: str, rights: set[str]) -> bool:
    return grant.user.casefold() == user.casefold() and grant.right.value in rights


def _table(permissions: list[tuple[str, Any]]) -> str:
    rows = [
        f"{{user={json.dumps(user)}, extended_rights={json.dumps(sorted(rights))}}}"
        for user, rights in permissions
    ]
    return f"[{', '.join(rows)}]"
