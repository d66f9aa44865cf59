import re
from functools import partial
from pathlib import Path

import pytest
from golden_sections import Golden

from relaysim.mail import reply
from relaysim.mail.blocklists import BLOCKLISTS, ZONES
from relaysim.mail.destination import DESTINATIONS
from relaysim.mail.remote_reply import (
    ACCEPTED,
    TOO_MANY_CONNECTIONS,
    TRY_AGAIN_LATER,
    blocked,
    cold,
    deferral,
    refusal,
    throttled,
    unknown_user,
)
from relaysim.mail.reply import Reply
from relaysim.mail.reputation import REPUTATIONS


def test_a_reply_reads_as_on_the_wire() -> None:
    assert str(reply.UNABLE_TO_RELAY) == "550 5.7.1 Unable to relay"
    assert str(reply.START_MAIL_INPUT) == "354 Start mail input; end with <CRLF>.<CRLF>"


def test_fields_are_filled_in() -> None:
    date = "Mon, 1 Mar 2010 08:00:00 +0200"
    banner = str(reply.BANNER.filled(server="HUB01", date=date))
    assert banner.startswith("220 HUB01 ")
    assert banner.endswith(f" {date}")
    assert str(reply.QUEUED.filled(message_id="1@HUB01")).startswith("250 2.6.0 <1@HUB01> ")
    with pytest.raises(KeyError):
        reply.BANNER.filled(server="HUB01")


def test_the_guide_names_the_wording_of_later_versions_beside_ours() -> None:
    guide = Path(__file__).parents[2] / "docs" / "guides" / "refused.md"
    text = guide.read_text(encoding="utf-8")
    ours = (
        reply.TOO_MANY_CONNECTIONS_PER_SOURCE,
        reply.UNABLE_TO_RELAY,
        reply.NOT_AUTHENTICATED,
        reply.NO_SENDER_RIGHT,
        reply.INSUFFICIENT_RESOURCES,
    )
    for each in ours:
        assert f"| `{each}` | " in text
    later = set(re.findall(r"\| `(\d{3} [^`]+)` \(", text))
    assert len(later) == 4
    documented = " ".join((reply.__doc__ or "").split())
    assert all(f"`{each}`" in documented for each in later)


@pytest.mark.parametrize(
    ("code", "success"), [(250, True), (354, True), (421, False), (550, False)]
)
def test_2xx_and_3xx_are_successes(code: int, success: bool) -> None:
    assert Reply(code, "", "text").is_success is success


def test_enhanced_codes_agree_with_the_code() -> None:
    # Exchange's NDR for an expired message is a 5xx with a 4.x.x code, and its error between hubs a
    # 4xx with a 5.x.x code: they stand so in its logs.
    constants = {each for each in vars(reply).values() if isinstance(each, Reply)}
    for each in constants - {reply.MESSAGE_EXPIRED, reply.NO_EXCHANGE_AUTHENTICATION}:
        assert not each.enhanced or each.enhanced[0] == str(each.code)[0]


def test_a_destination_defers_with_4xx_and_rejects_with_5xx() -> None:
    for destination in DESTINATIONS:
        assert 400 <= deferral(destination).code < 500
        for blocklist in (*BLOCKLISTS, "my-own-list"):
            assert refusal(destination, blocklist, "reject").code >= 500
            assert 400 <= refusal(destination, blocklist, "defer").code < 500
            assert refusal(destination, blocklist, "score") is ACCEPTED


@pytest.mark.parametrize(
    ("destination", "blocklist", "action", "codes", "named"),
    [
        ("small-business-gateway", "spamhaus-css", "reject", "554 5.7.1", "zen.spamhaus.org"),
        ("isp", "spamcop", "defer", "450 4.7.1", "bl.spamcop.net"),
        ("none", "my-own-list", "reject", "554 5.7.1", "blocked"),
        ("outlook", "spamhaus-sbl", "reject", "550 5.7.1", "https://www.spamhaus.org/query/ip/"),
        ("yahoo", "spamhaus-xbl", "reject", "553 5.7.1", "[BL21]"),
        ("m365-business", "barracuda", "reject", "550 5.7.606", "https://sender.office.com/"),
        ("outlook", "spamhaus-css", "defer", "451 4.7.650", "(S775)"),
    ],
)
def test_the_refusals(
    destination: str, blocklist: str, action: str, codes: str, named: str
) -> None:
    text = str(refusal(destination, blocklist, action).filled(ip="192.0.2.1"))
    assert text.startswith(f"{codes} ")
    assert named in text
    assert "192.0.2.1" in text


def test_the_deferral_of_an_unknown_kind() -> None:
    assert deferral("my-own-profile") is TRY_AGAIN_LATER


def test_a_provider_slows_down_with_4xx_and_blocks_with_5xx() -> None:
    for destination in (*DESTINATIONS, "my-own-profile"):
        for reply_to in (throttled, cold):
            assert 400 <= reply_to(destination).code < 500
        for reply_to in (blocked, unknown_user):
            assert reply_to(destination).code >= 500
        assert str(unknown_user(destination)).startswith("550 5.1.1 ")


def test_providers_block_in_their_own_words_and_name_the_address() -> None:
    unnamed = blocked("my-own-profile")
    assert str(unnamed.filled(ip="192.0.2.1")).startswith("550 5.7.1 ")
    assert "192.0.2.1" in str(unnamed.filled(ip="192.0.2.1"))
    assert unnamed not in {blocked(name) for name in REPUTATIONS}
    assert len({blocked(name) for name in REPUTATIONS}) == len(REPUTATIONS)


@pytest.mark.parametrize(
    ("given", "codes", "named"),
    [
        (throttled("gmail"), "421 4.7.28", "UnsolicitedRateLimitError"),
        (throttled("outlook"), "421 RP-001", "reputation"),
        (cold("outlook"), "451 4.7.650", "(S775)"),
        (cold("yahoo"), "421 4.7.0", "[TSS04]"),
        (cold("m365-business"), "451 4.7.500", "192.0.2.1"),
        (blocked("outlook"), "550 5.7.1", "(S3140)"),
        (blocked("gmail"), "550 5.7.1", "answer/188131"),
        (unknown_user("isp"), "550 5.1.1", "User unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.code),
)
def test_what_providers_say_of_a_bad_or_new_address(given: Reply, codes: str, named: str) -> None:
    text = str(given.filled(ip="192.0.2.1"))
    assert text.startswith(f"{codes} ")
    assert named in text


def test_all_replies_of_a_hub(golden: Golden) -> None:
    rows = [f"{name}: {each}" for name, each in vars(reply).items() if isinstance(each, Reply)]
    golden("replies/hub", "".join(f"{row}\n" for row in rows))


def test_all_replies_of_destinations(golden: Golden) -> None:
    """Each text with the cases that get it; of blocklists one for each zone, which replies name."""
    lists = (*{zone: name for name, zone in reversed(ZONES.items())}.values(), "my-own-list")
    cases = [
        *((each.__name__, each) for each in (deferral, throttled, cold, blocked, unknown_user)),
        *(
            (f"{action} for {name}", partial(refusal, blocklist=name, action=action))
            for action in ("reject", "defer")
            for name in sorted(lists)
        ),
    ]
    rows = [f"{ACCEPTED}\n", f"{TOO_MANY_CONNECTIONS}\n"]
    uses: dict[Reply, dict[str, list[str]]] = {}
    for case, answer in cases:
        for destination in (*DESTINATIONS, "my-own-profile"):
            receivers = uses.setdefault(answer(destination), {})
            receivers.setdefault(case, []).append(destination)
    for text, receivers in uses.items():
        rows.append(f"{text}\n")
        rows += [f"  {case}: {', '.join(names)}\n" for case, names in receivers.items()]
    golden("replies/destinations", "".join(rows))
