"""Statistics: pure functions of arrays, such as intervals, proportions and batch means."""
