"""Frozen nouns: requirements, components, catalog facts, the plan."""
