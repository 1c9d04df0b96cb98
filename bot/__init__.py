"""Grundlag answers questions about pedagogical foundation documents with exact, cited passages."""

__version__ = "0.1.0"
