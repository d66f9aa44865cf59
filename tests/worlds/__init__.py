"""Small scenarios, traces told by hand, and other material that several tests share."""
