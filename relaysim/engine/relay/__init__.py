"""The reference model on SimPy: hosts, receive connectors, hubs, delivery queues, connections."""
