"""Profiles: the defaults and properties of servers, hosts, destinations and blocklists, as data."""
