"""Answers written by a configured chat model, each statement checked against the passages it cites."""
