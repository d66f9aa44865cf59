"""relaysim: a discrete-event simulator of corporate mail relay."""

__version__ = "0.1.0"
