"""The compiled engine: the same actors in C++, the same order of steps, the same trace."""
