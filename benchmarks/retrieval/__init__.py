"""Measures retrieval and answers against the usual alternatives: `python -m benchmarks.retrieval` (`make bench`).

It writes benchmarks/results.md: one table over the development questions and over SweQUAD-MC, and what each stage of
the search is worth.
"""
