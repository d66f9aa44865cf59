"""Blast radius: harm by culprits, from three coupled runs of the same recipients."""
