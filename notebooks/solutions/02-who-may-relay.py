# Solution of lesson 02, to run after its last cell: %load solutions/02-who-may-relay.py
#
# Both machines belong on the list of `internalrelay`. The gateway's domain becomes an accepted domain of
# type ExternalRelay, so the connector needs no right to relay. `externalrelay` would work too, and would
# let the monitoring system write to every address.
GATEWAY = "sms.example.net"
MORE = '"192.168.168.50", "192.168.168.100", "192.168.168.120", "192.168.168.130"'
ADDED = """
[hosts.backup]
kind = "backup"
address = "192.168.168.120"
server = "internalrelay"

[hosts.monitoring]
kind = "monitoring"
address = "192.168.168.130"
server = "internalrelay"
"""
solved = relaysim.loads(
    THREE.replace(LISTED, MORE).replace(
        f'"{COMPANY}" = "Authoritative"',
        f'"{COMPANY}" = "Authoritative"\n"{GATEWAY}" = "ExternalRelay"',
    )
    + EXTERNAL.format(ranges='"192.168.168.60"')
    + ADDED
)


def answers(host, to, **how):
    """The connector that answers, and the reply for the recipient."""
    (attempt,) = relaysim.explain(solved, host, to, **how).attempts
    return attempt.connector.name, str(attempt.outcomes[0].reply)


OK, RELAY_DENIED = "250 2.1.5 Recipient OK", "550 5.7.1 Unable to relay"
for host, to, reply in (
    ("backup", f"hakan@{COMPANY}", OK),
    ("backup", "ayse@hotmail.com", RELAY_DENIED),
    ("monitoring", f"hakan@{COMPANY}", OK),
    ("monitoring", f"+905551234567@{GATEWAY}", OK),
    ("monitoring", "ayse@hotmail.com", RELAY_DENIED),
):
    found = answers(host, to, sender=f"{host}@{COMPANY}")
    print(f"{host:10} to {to:30} {found[0]}: {found[1]}")
    assert found == ("internalrelay", reply)
assert [each for each in relaysim.check(solved) if each.severity.value == "error"] == []

# The cost: every client may write to an accepted domain, the backup server and the Internet included.
strangers = answers(None, f"+905551234567@{GATEWAY}", **stranger)
print(f"a stranger to the gateway: {strangers[0]}: {strangers[1]}")
assert strangers == ("Default HUB01", OK)
