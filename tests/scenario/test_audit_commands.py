"""Commands of the Exchange Management Shell: only for servers that have it."""

from worlds.relay_designs import found, one_hub, two_hubs

OPEN = 'hubs.HUB01.receive_connectors.relay.remote_ip_ranges=["0.0.0.0-255.255.255.255"]'


def test_a_hub_of_postfix_gets_the_words_of_a_fix_and_no_command() -> None:
    for mta, commanded in (("exchange-2010", True), ("postfix", False)):
        (finding,) = found(one_hub(OPEN, f"hubs.HUB01.mta={mta}"), "open_relay")
        assert finding.fix
        assert (finding.command is not None) is commanded


def test_of_two_hubs_only_that_of_exchange_gets_a_command() -> None:
    design = two_hubs("hubs.HUB02.mta=postfix", "hosts.erp.streams.invoices.recipients=2000")
    commands = [finding.command or "" for finding in found(design, "recipient_limit")]
    assert any("HUB01" in command for command in commands)
    assert not any("HUB02" in command for command in commands)
