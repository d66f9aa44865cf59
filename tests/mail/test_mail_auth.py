import pytest
from worlds.golden_sections import Golden
from worlds.refusals import refusals

from relaysim.mail.auth import AuthMechanism, auth_problems, parse_mechanism
from relaysim.mail.receive_connector import MessageRateSource, parse_rate_source
from relaysim.mail.rights import PermissionGroup
from relaysim.mail.usage import Usage, parse_usage, usage_defaults

SERVERS = [PermissionGroup.EXCHANGE_SERVERS]


@pytest.mark.parametrize(
    ("mechanisms", "groups", "count"),
    [
        ("Tls Integrated BasicAuth BasicAuthRequireTLS ExchangeServer", [], 0),
        ("", [], 0),
        ("None", [], 0),
        ("None Tls", [], 1),
        ("BasicAuthRequireTLS Tls", [], 1),
        ("BasicAuthRequireTLS BasicAuth", [], 1),
        ("ExternalAuthoritative Tls", SERVERS, 0),
        ("ExternalAuthoritative", SERVERS, 0),
        ("ExternalAuthoritative Integrated", [PermissionGroup.ANONYMOUS_USERS], 2),
    ],
)
def test_which_mechanisms_go_together(
    golden_section: Golden, mechanisms: str, groups: list[PermissionGroup], count: int
) -> None:
    problems = auth_problems([parse_mechanism(m) for m in mechanisms.split()], groups)
    assert len(problems) == count
    if problems:
        golden_section("errors/auth", "\n".join(problems))


def test_require_tls_needs_tls(golden_section: Golden) -> None:
    assert auth_problems([AuthMechanism.TLS], [], require_tls=True) == []
    (problem,) = auth_problems([AuthMechanism.INTEGRATED], [], require_tls=True)
    golden_section("errors/auth", problem)


def test_mechanisms_and_rate_sources_in_any_case(golden_section: Golden) -> None:
    assert parse_mechanism("basicauthrequiretls") is AuthMechanism.BASIC_AUTH_REQUIRE_TLS
    assert parse_rate_source("ipaddress") is MessageRateSource.IP_ADDRESS
    mechanism = refusals(parse_mechanism, ["Basic"])
    source = refusals(parse_rate_source, ["Users"])
    assert '"User"' in source
    golden_section("errors/mail", f"{mechanism}\n{source}")


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
