"""The rules of mail: plain data and pure functions; no clock, no chance."""
