"""What happened: everything a reader sees, computed from traces."""
