"""Measures: functions of a history, the record's or a run's."""

from rapallo.measures.actor import per_actor
from rapallo.measures.attribute import attribute_at
from rapallo.measures.knowledge import first_known
from rapallo.measures.measure import Measure, applies, apply_measure, get_measure, measure, measures, taken_of
from rapallo.measures.pair import pair_at
from rapallo.measures.result import from_long, long
from rapallo.measures.ties import tied_at
from rapallo.measures.yearly import acts_per_year, decimal_year, flow_per_year, yearly

__all__ = [
    "Measure",
    "acts_per_year",
    "applies",
    "apply_measure",
    "attribute_at",
    "decimal_year",
    "first_known",
    "flow_per_year",
    "from_long",
    "get_measure",
    "long",
    "measure",
    "measures",
    "pair_at",
    "per_actor",
    "taken_of",
    "tied_at",
    "yearly",
]
