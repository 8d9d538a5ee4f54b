"""Engines run a graph."""
