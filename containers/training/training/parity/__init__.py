"""Proof that the graph answers what the fitted model answers."""
