"""How sure we are: replications, comparisons."""
