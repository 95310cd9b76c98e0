"""The record: sourced facts, with their uncertain dates and rival readings."""
