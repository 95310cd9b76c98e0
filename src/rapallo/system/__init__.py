"""Layers, organs, views, institutions, calendar; the state at a moment; histories."""
