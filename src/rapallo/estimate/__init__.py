"""Estimation: the likelihood of dated acts, and what comes out of it."""
