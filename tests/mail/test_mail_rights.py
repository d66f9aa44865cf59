from pathlib import Path

import pytest
from worlds.golden_sections import Golden
from worlds.mail_examples import (
    AS_INSTALLED,
    CLIENT,
    DEFAULT,
    EXTERNAL_RELAY,
    INTERNAL_RELAY,
    SECURED,
    receive,
)
from worlds.refusals import refusals

from relaysim.mail.principal import parse_user
from relaysim.mail.rights import (
    ANONYMOUS,
    AUTHENTICATED_USERS,
    EXCHANGE_SERVERS,
    EXTERNALLY_SECURED_SERVERS,
    HUB_TRANSPORT_SERVERS,
    LEGACY_INTEROP,
    PARTNER_SERVERS,
    RIGHTS_OF_GROUP,
    Permission,
    PermissionGroup,
    Right,
    parse_group,
    parse_right,
    session_permissions,
)
from relaysim.mail.session_access import ADDED, Grant, grants, identify, session_rights

ARTICLE = Path(__file__).parents[3] / "shared" / "seed-article.txt"

# Microsoft's table, transcribed row by row: who has the right.
A, U, H, X, L, P = (
    ANONYMOUS,
    AUTHENTICATED_USERS,
    HUB_TRANSPORT_SERVERS,
    EXTERNALLY_SECURED_SERVERS,
    LEGACY_INTEROP,
    PARTNER_SERVERS,
)
TABLE = {
    "ms-Exch-SMTP-Submit": {A, U, H, X, L, P},
    "ms-Exch-SMTP-Accept-Any-Sender": {A, H, X, L},
    "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender": {A, H, X, L},
    "ms-Exch-SMTP-Accept-Any-Recipient": {U, H, X, L},
    "ms-Exch-SMTP-Accept-Authentication-Flag": {H, X, L},
    "ms-Exch-Bypass-Anti-Spam": {U, H, X, L},
    "ms-Exch-Bypass-Message-Size-Limit": {H, X, L},
    "ms-Exch-SMTP-Accept-Exch50": {H, X, L},
    "ms-Exch-Accept-Headers-Routing": {A, U, H, X, L, P},
    "ms-Exch-Accept-Headers-Organization": {H},
    "ms-Exch-Accept-Headers-Forest": {H},
}


def test_the_groups_grant_what_microsofts_table_says() -> None:
    granted: dict[str, set[str]] = {right.value: set() for right in Right}
    for principals in RIGHTS_OF_GROUP.values():
        for user, rights in principals.items():
            for right in rights:
                granted[right.value].add(user)
    columns = {A, U, H, X, L, P}
    assert {right: users & columns for right, users in granted.items()} == TABLE


def test_get_adpermission_of_the_anonymous_relay_connector() -> None:
    assert [(grant.user, grant.right) for grant in grants(INTERNAL_RELAY)] == [
        (ANONYMOUS, Right.ACCEPT_ANY_SENDER),
        (ANONYMOUS, Right.ACCEPT_HEADERS_ROUTING),
        (ANONYMOUS, Right.SUBMIT),
        (ANONYMOUS, Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER),
    ]


@pytest.mark.skipif(not ARTICLE.exists(), reason="the article is not beside the repository")
def test_the_rows_stand_so_in_the_article() -> None:
    lines = ARTICLE.read_text(encoding="utf-8").splitlines()
    start = lines.index("—- ————–")
    printed = [line for line in lines[start + 1 :] if line][:4]
    assert printed == [f"{grant.user} {{{grant.right}}}" for grant in grants(INTERNAL_RELAY)]


def test_external_relay_has_one_right_more_with_its_source() -> None:
    extra = [grant for grant in grants(EXTERNAL_RELAY) if grant not in grants(INTERNAL_RELAY)]
    assert extra == [Grant(ANONYMOUS, Right.ACCEPT_ANY_RECIPIENT, ADDED)]
    assert grants(EXTERNAL_RELAY)[0].source == "AnonymousUsers"


def test_a_right_that_is_added_twice_is_granted_once_by_its_group() -> None:
    twice = Permission("nt authority\\anonymous logon", (Right.SUBMIT, Right.BYPASS_ANTI_SPAM))
    connector = receive("relay", groups="Custom,AnonymousUsers", permissions=(twice,))
    submits = [grant for grant in grants(connector) if grant.right is Right.SUBMIT]
    assert submits == [Grant(ANONYMOUS, Right.SUBMIT, "AnonymousUsers")]
    assert Right.BYPASS_ANTI_SPAM in session_rights(connector, ANONYMOUS)


def test_externally_secured_servers_need_external_authoritative() -> None:
    assert EXTERNALLY_SECURED_SERVERS not in {grant.user for grant in grants(DEFAULT)}
    assert {grant.user for grant in grants(DEFAULT)} >= {EXCHANGE_SERVERS, LEGACY_INTEROP}
    secured = session_rights(SECURED, EXTERNALLY_SECURED_SERVERS)
    assert secured == set(Right) - {
        Right.ACCEPT_HEADERS_ORGANIZATION,
        Right.ACCEPT_HEADERS_FOREST,
    }


def test_who_a_session_is() -> None:
    assert identify(DEFAULT) == ANONYMOUS
    assert identify(CLIENT, authenticated=True) == AUTHENTICATED_USERS
    assert identify(INTERNAL_RELAY, authenticated=True) == ANONYMOUS
    assert identify(SECURED) == identify(SECURED, authenticated=True) == EXTERNALLY_SECURED_SERVERS


def test_as_installed_nobody_may_submit_without_a_login() -> None:
    assert session_rights(AS_INSTALLED, ANONYMOUS) == frozenset()
    assert Right.SUBMIT in session_rights(AS_INSTALLED, AUTHENTICATED_USERS)


def test_an_account_has_its_own_rights_beside_those_of_all_users() -> None:
    crm = Permission(r"COZUMPARK\crm", (Right.ACCEPT_ANY_SENDER,))
    connector = receive("app", groups="ExchangeUsers", auth="Tls,BasicAuth", permissions=(crm,))
    assert Right.ACCEPT_ANY_SENDER not in session_rights(connector, AUTHENTICATED_USERS)
    assert session_rights(connector, AUTHENTICATED_USERS, r"cozumpark\CRM") == {
        Right.SUBMIT,
        Right.ACCEPT_ANY_RECIPIENT,
        Right.BYPASS_ANTI_SPAM,
        Right.ACCEPT_HEADERS_ROUTING,
        Right.ACCEPT_ANY_SENDER,
    }


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Ms-Exch-SMTP-Accept-Any-Recipient", Right.ACCEPT_ANY_RECIPIENT),
        ("MS-EXCH-SMTP-SUBMIT", Right.SUBMIT),
        ("Ms-Exch-Accept-Exch50", Right.ACCEPT_EXCH50),
        ("ms-Exch-SMTP-Accept-Exch50", Right.ACCEPT_EXCH50),
        (
            "Ms-Exch-Accept-Authoritative-Domain-Sender",
            Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER,
        ),
    ],
)
def test_rights_are_read_in_any_case_and_both_spellings(text: str, right: Right) -> None:
    assert parse_right(text) is right


def test_a_wrong_right_names_the_nearest(golden_section: Golden) -> None:
    message = refusals(parse_right, ["ms-Exch-Accept-Any-Recipients"])
    assert '"ms-Exch-SMTP-Accept-Any-Recipient"' in message
    golden_section("errors/mail", message)


def test_permission_groups_in_any_case(golden_section: Golden) -> None:
    assert parse_group("anonymoususers") is PermissionGroup.ANONYMOUS_USERS
    assert parse_group("none") is PermissionGroup.NONE
    messages = refusals(parse_group, ("Anonymous", 7))
    assert "AnonymousUsers" in messages
    golden_section("errors/mail", messages)


@pytest.mark.parametrize(
    ("text", "user"),
    [
        (r"nt authority\anonymous logon", ANONYMOUS),
        (r"NT AUTHORITY\authenticated users", AUTHENTICATED_USERS),
        (r"COZUMPARK\crm", r"COZUMPARK\crm"),
        ("crm@cozumpark.com", "crm@cozumpark.com"),
        (r"COZUMPARK\Exchange Servers", r"COZUMPARK\Exchange Servers"),
        (r"COZUMPARK\Domain Users", r"COZUMPARK\Domain Users"),
    ],
)
def test_users_in_any_case(text: str, user: str) -> None:
    assert parse_user(text) == user


@pytest.mark.parametrize(
    "text",
    [
        r"NT-AUTORITÄT\ANONYMOUS-ANMELDUNG",
        "NT-AUTORITA\u0308T\\ANONYMOUS-ANMELDUNG",  # as macOS writes it
        r"AUTORITE NT\ANONYMOUS LOGON",
        r"NT AUTHORITY\ACCESSO ANONIMO",
        r"AUTORIDADE NT\LOGON ANÔNIMO",
        r"NT INSTANS\ANONYMOUS LOGON",
        "S-1-5-7",
        " s-1-5-7 ",
    ],
)
def test_the_anonymous_logon_is_the_same_in_every_language_and_by_its_sid(text: str) -> None:
    assert parse_user(text) == ANONYMOUS


@pytest.mark.parametrize(
    ("sid", "user"),
    [
        ("S-1-5-11", AUTHENTICATED_USERS),
        ("S-1-9-1419165041-1139599005-3936102811-1022490595-10", PARTNER_SERVERS),
        ("S-1-9-1419165041-1139599005-3936102811-1022490595-21", HUB_TRANSPORT_SERVERS),
        ("S-1-9-1419165041-1139599005-3936102811-1022490595-23", EXTERNALLY_SECURED_SERVERS),
    ],
)
def test_well_known_sids_are_the_principals(sid: str, user: str) -> None:
    assert parse_user(sid) == user


def test_a_user_that_is_close_to_the_anonymous_logon_is_refused(golden_section: Golden) -> None:
    texts = (
        r"NT AUTHORITY\ANONYMUS LOGON",
        "ANONYMOUS LOGON",
        r"CONTOSO\ANONYMOUS LOGON",
        r"NT AUTHORTY\ANONYMOUS LOGON",
        r"NT-Authority\Anonymous-Logon",
        r"NT YETKİLİSİ\ANONIM OTURUM AÇMA",
    )
    messages = refusals(parse_user, texts)
    assert messages.count(f'"{ANONYMOUS}"') == len(texts)
    golden_section("errors/users", messages)


def test_a_user_that_no_session_can_be_is_refused(golden_section: Golden) -> None:
    texts = (r"NT AUTHORITY\匿名登录", r"ZARZĄDZANIE NT\SYSTEM", r"NT YETKİLİSİ\SİSTEM", "Everyone")
    messages = refusals(parse_user, texts)
    assert messages.count("S-1-5-7") == len(texts)
    golden_section("errors/users", messages)


def test_another_sid_is_refused_because_no_account_has_it(golden_section: Golden) -> None:
    message = refusals(parse_user, ["S-1-5-21-1004336348-1177238915-682003330-1105"])
    golden_section("errors/users", message)


def test_the_protocol_log_lists_the_permissions_of_a_session() -> None:
    assert session_permissions(session_rights(INTERNAL_RELAY, ANONYMOUS)) == (
        "SMTPSubmit SMTPAcceptAnySender SMTPAcceptAuthoritativeDomainSender AcceptRoutingHeaders"
    )
    assert session_permissions(session_rights(EXTERNAL_RELAY, ANONYMOUS)) == (
        "SMTPSubmit SMTPAcceptAnyRecipient SMTPAcceptAnySender "
        "SMTPAcceptAuthoritativeDomainSender AcceptRoutingHeaders"
    )
    assert session_permissions(frozenset()) == "None"
