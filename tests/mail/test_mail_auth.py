import pytest

from relaysim.mail.auth import AuthMechanism, auth_problems, parse_mechanism
from relaysim.mail.receive_connector import MessageRateSource, parse_rate_source
from relaysim.mail.rights import PermissionGroup
from relaysim.mail.usage import Usage, parse_usage, usage_defaults

SERVERS = [PermissionGroup.EXCHANGE_SERVERS]


@pytest.mark.parametrize(
    ("mechanisms", "groups", "problems"),
    [
        ("Tls Integrated BasicAuth BasicAuthRequireTLS ExchangeServer", [], []),
        ("", [], []),
        ("None", [], []),
        ("None Tls", [], ["auth_mechanism None stands alone"]),
        (
            "BasicAuthRequireTLS Tls",
            [],
            ["auth_mechanism BasicAuthRequireTLS needs BasicAuth and Tls"],
        ),
        (
            "BasicAuthRequireTLS BasicAuth",
            [],
            ["auth_mechanism BasicAuthRequireTLS needs BasicAuth and Tls"],
        ),
        ("ExternalAuthoritative Tls", SERVERS, []),
        ("ExternalAuthoritative", SERVERS, []),
        (
            "ExternalAuthoritative Integrated",
            [PermissionGroup.ANONYMOUS_USERS],
            [
                "auth_mechanism ExternalAuthoritative goes with Tls only",
                "auth_mechanism ExternalAuthoritative needs permission_groups ExchangeServers",
            ],
        ),
    ],
)
def test_which_mechanisms_go_together(
    mechanisms: str, groups: list[PermissionGroup], problems: list[str]
) -> None:
    assert auth_problems([parse_mechanism(m) for m in mechanisms.split()], groups) == problems


def test_require_tls_needs_tls() -> None:
    assert auth_problems([AuthMechanism.TLS], [], require_tls=True) == []
    assert auth_problems([AuthMechanism.INTEGRATED], [], require_tls=True) == [
        "require_tls needs auth_mechanism Tls"
    ]


def test_mechanisms_and_rate_sources_in_any_case() -> None:
    assert parse_mechanism("basicauthrequiretls") is AuthMechanism.BASIC_AUTH_REQUIRE_TLS
    assert parse_rate_source("ipaddress") is MessageRateSource.IP_ADDRESS
    with pytest.raises(ValueError, match='"Basic" is not an authentication mechanism'):
        parse_mechanism("Basic")
    with pytest.raises(ValueError, match=r'"Users" is not a message rate source.*mean "User"'):
        parse_rate_source("Users")


@pytest.mark.parametrize(
    ("usage", "groups", "mechanisms"),
    [
        ("client", ["ExchangeUsers"], ["Tls", "BasicAuth", "BasicAuthRequireTLS", "Integrated"]),
        ("custom", [], ["Tls"]),
        ("internal", ["ExchangeLegacyServers", "ExchangeServers"], ["Tls", "ExchangeServer"]),
        ("INTERNET", ["AnonymousUsers"], ["Tls"]),
        ("Partner", ["Partners"], ["Tls"]),
    ],
)
def test_what_a_usage_sets(usage: str, groups: list[str], mechanisms: list[str]) -> None:
    table = usage_defaults(parse_usage(usage))
    assert table["permission_groups"] == groups
    assert table["auth_mechanism"] == mechanisms
    assert (
        auth_problems(
            [AuthMechanism(each) for each in mechanisms], [PermissionGroup(each) for each in groups]
        )
        == []
    )


def test_default_bindings_and_ranges() -> None:
    assert usage_defaults(Usage.CLIENT)["bindings"] == ["0.0.0.0:587"]
    assert usage_defaults(Usage.INTERNAL)["bindings"] == ["0.0.0.0:25"]
    assert "bindings" not in usage_defaults(Usage.CUSTOM)
    assert usage_defaults(Usage.INTERNET)["remote_ip_ranges"] == ["0.0.0.0-255.255.255.255"]


def test_a_callers_change_stays_its_own() -> None:
    usage_defaults(Usage.CLIENT)["bindings"].append("10.0.0.1:587")
    assert usage_defaults(Usage.CLIENT)["bindings"] == ["0.0.0.0:587"]
