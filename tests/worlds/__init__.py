"""Small scenarios, traces made by hand, and other material that several tests share."""
