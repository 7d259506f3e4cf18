"""Invented athletes whose truth is known: for the sample squad, for tests, and for trying things out."""
