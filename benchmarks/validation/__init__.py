"""relaysim against a real Postfix on loopback: `make validate`."""
