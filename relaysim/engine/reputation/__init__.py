"""Reputation: receivers, mailbox providers, blocklists, escalation, administrator."""
