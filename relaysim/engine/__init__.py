"""The engine: event loop, actors and runs. Only this package has simulated time."""
