"""Blast radius: what comes of the culprits, from three coupled runs of the same recipients."""
