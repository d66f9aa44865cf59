import re
from functools import partial
from pathlib import Path

import pytest
from worlds.golden_sections import Golden

from relaysim.mail import reply
from relaysim.mail.remote_reply import (
    ACCEPTED,
    TOO_MANY_CONNECTIONS,
    TRY_AGAIN_LATER,
    Replies,
    blocked,
    cold,
    deferral,
    refusal,
    throttled,
    unknown_user,
)
from relaysim.mail.reply import Reply
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import Kind


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
    for replies in Replies:
        assert 400 <= deferral(replies).code < 500
        for zone in ("zen.spamhaus.org", "bl.spamcop.net", "my.own.list", ""):
            assert refusal(replies, zone, "reject").code >= 500
            assert 400 <= refusal(replies, zone, "defer").code < 500
            assert refusal(replies, zone, "score") is ACCEPTED


@pytest.mark.parametrize(
    ("replies", "zone", "action", "codes", "named"),
    [
        (Replies.GREYLISTING, "zen.spamhaus.org", "reject", "554 5.7.1", "zen.spamhaus.org"),
        (Replies.POSTFIX, "bl.spamcop.net", "defer", "450 4.7.1", "bl.spamcop.net"),
        (Replies.POSTFIX, "", "reject", "554 5.7.1", "blocked"),
        (
            Replies.OUTLOOK,
            "zen.spamhaus.org",
            "reject",
            "550 5.7.1",
            "https://www.spamhaus.org/query/ip/",
        ),
        (Replies.YAHOO, "zen.spamhaus.org", "reject", "553 5.7.1", "[BL21]"),
        (
            Replies.MICROSOFT_365,
            "b.barracudacentral.org",
            "reject",
            "550 5.7.606",
            "https://sender.office.com/",
        ),
        (Replies.OUTLOOK, "zen.spamhaus.org", "defer", "451 4.7.650", "(S775)"),
    ],
)
def test_the_refusals(replies: Replies, zone: str, action: str, codes: str, named: str) -> None:
    text = str(refusal(replies, zone, action).filled(ip="192.0.2.1"))
    assert text.startswith(f"{codes} ")
    assert named in text
    assert "192.0.2.1" in text


def test_most_destinations_defer_in_the_words_of_postfix() -> None:
    assert deferral(Replies.POSTFIX) is TRY_AGAIN_LATER


def test_a_provider_slows_down_with_4xx_and_blocks_with_5xx() -> None:
    for replies in Replies:
        for reply_to in (throttled, cold):
            assert 400 <= reply_to(replies).code < 500
        for reply_to in (blocked, unknown_user):
            assert reply_to(replies).code >= 500
        assert str(unknown_user(replies)).startswith("550 5.1.1 ")


def test_providers_block_in_their_own_words_and_name_the_address() -> None:
    providers = (Replies.GMAIL, Replies.OUTLOOK, Replies.YAHOO, Replies.MICROSOFT_365)
    unnamed = blocked(Replies.POSTFIX)
    assert str(unnamed.filled(ip="192.0.2.1")).startswith("550 5.7.1 ")
    assert "192.0.2.1" in str(unnamed.filled(ip="192.0.2.1"))
    assert unnamed not in {blocked(each) for each in providers}
    assert len({blocked(each) for each in providers}) == len(providers)


@pytest.mark.parametrize(
    ("given", "codes", "named"),
    [
        (throttled(Replies.GMAIL), "421 4.7.28", "UnsolicitedRateLimitError"),
        (throttled(Replies.OUTLOOK), "421 RP-001", "reputation"),
        (cold(Replies.OUTLOOK), "451 4.7.650", "(S775)"),
        (cold(Replies.YAHOO), "421 4.7.0", "[TSS04]"),
        (cold(Replies.MICROSOFT_365), "451 4.7.500", "192.0.2.1"),
        (blocked(Replies.OUTLOOK), "550 5.7.1", "(S3140)"),
        (blocked(Replies.GMAIL), "550 5.7.1", "answer/188131"),
        (unknown_user(Replies.POSTFIX), "550 5.1.1", "User unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.code),
)
def test_replies_of_providers_to_a_bad_or_new_ip(given: Reply, codes: str, named: str) -> None:
    text = str(given.filled(ip="192.0.2.1"))
    assert text.startswith(f"{codes} ")
    assert named in text


def test_all_replies_of_a_hub(golden: Golden) -> None:
    rows = [f"{name}: {each}" for name, each in vars(reply).items() if isinstance(each, Reply)]
    golden("replies/hub", "".join(f"{row}\n" for row in rows))


def test_all_replies_of_destinations(golden: Golden) -> None:
    """Each text with the cases that get it; of blocklists one for each zone, which replies name."""
    known = [BUILT_IN.profile(Kind.BLOCKLIST, name) for name in BUILT_IN.names(Kind.BLOCKLIST)]
    lists = {each.properties.zone: each.name for each in reversed(known)}
    domains = {each.name for each in known if "lists" in each.table("blocklist")}
    cases = [
        *((each.__name__, each) for each in (deferral, throttled, cold, blocked, unknown_user)),
        *(
            (
                f"{action} for {lists[zone]}",
                partial(refusal, zone=zone, action=action, of_domain=lists[zone] in domains),
            )
            for action in ("reject", "defer")
            for zone in sorted(lists, key=lists.__getitem__)
        ),
    ]
    rows = [f"{ACCEPTED}\n", f"{TOO_MANY_CONNECTIONS}\n"]
    uses: dict[Reply, dict[str, list[str]]] = {}
    for case, answer in cases:
        for name in BUILT_IN.names(Kind.DESTINATION):
            replies = BUILT_IN.profile(Kind.DESTINATION, name).properties.replies
            uses.setdefault(answer(replies), {}).setdefault(case, []).append(name)
    for text, receivers in uses.items():
        rows.append(f"{text}\n")
        rows += [f"  {case}: {', '.join(names)}\n" for case, names in receivers.items()]
    golden("replies/destinations", "".join(rows))
