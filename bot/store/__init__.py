"""Index snapshots: what is searched, built once, checked, and opened read-only."""
