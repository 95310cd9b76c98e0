"""The likelihood of dated acts in plain Python, from its definition: every option of every act, evaluated anew."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np

from rapallo.effects import get_effect


class Plain:
    """A small history, kept as lists; ``terms`` are (effect, bindings, settings, transform)."""

    def __init__(self, actors, directed, initial, changes, attributes, attribute_changes, present, presence):
        self.n = actors
        self.directed, self.initial, self.changes = directed, initial, changes
        self.attributes, self.attribute_changes = attributes, attribute_changes
        self.present, self.presence = present, presence

    def state(self, time):
        """What is so just before a moment; entries at the moment itself count, for presence."""
        nets = {name: matrix.copy() for name, matrix in self.initial.items()}
        for when, name, s, r, value, adds in sorted(self.changes, key=lambda each: each[0]):
            if when < time:
                for a, b in ((s, r),) if self.directed[name] else ((s, r), (r, s)):
                    nets[name][a, b] = nets[name][a, b] + value if adds else value
        values = {name: column.copy() for name, column in self.attributes.items()}
        for when, name, node, value in sorted(self.attribute_changes, key=lambda each: each[0]):
            if when < time:
                values[name][node] = value
        here = self.present.copy()
        for when, node, value in sorted(self.presence, key=lambda each: each[0]):
            if when <= time:
                here[node] = value
        return nets, values, here

    def row(self, terms, first, second, nets, values):
        """The statistics of one pair."""
        found = []
        for effect, reads in terms:
            made = get_effect(effect)
            arrays = {slot: nets.get(name, values.get(name)) for slot, name in reads.items()}
            view = SimpleNamespace(actors=self.n, now=0.0, **arrays, **dict(made.settings))
            found.append(float(made(view, first, second)))
        return np.array(found)

    def options(self, model, sender, nets, here, change, default):
        """What could have been done instead."""
        present = [k for k in range(self.n) if here[k]]
        if model == "rate":
            return [(k, k) for k in present]
        senders = [sender] if model == "choice" else present
        pairs = [(a, b) for a in senders for b in present if a != b]
        if model == "intensity" and not self.directed[default]:
            pairs = [(a, b) for a, b in pairs if a < b]
        if change == "form":
            pairs = [(a, b) for a, b in pairs if nets[default][a, b] <= 0]
        if change == "end":
            pairs = [(a, b) for a, b in pairs if nets[default][a, b] > 0]
        return pairs

    def ordered(self, model, acts, terms, theta, default, change=None):
        """Log-likelihood of the order of acts."""
        total = 0.0
        for time, sender, receiver in acts:
            nets, values, here = self.state(time)
            pairs = self.options(model, sender, nets, here, change, default)
            weights = {pair: float(theta @ self.row(terms, *pair, nets, values)) for pair in pairs}
            picked = (sender, sender) if model == "rate" else (sender, receiver)
            if model == "intensity" and not self.directed[default]:
                picked = (min(picked), max(picked))
            total += weights[picked] - math.log(sum(math.exp(each) for each in weights.values()))
        return total

    def timed(self, model, acts, terms, theta, default, start, end, change=None):
        """Log-likelihood of acts and waiting times; presence cuts exposure where it changes."""
        moments = {time for time, *_ in acts} | {each[0] for each in self.changes}
        moments |= {each[0] for each in self.attribute_changes} | {each[0] for each in self.presence} | {end}
        total, before = 0.0, start
        for moment in sorted(each for each in moments if start < each <= end):
            nets, values, _ = self.state(moment)
            _, _, here = self.state(math.nextafter(moment, -math.inf))
            pairs = self.options(model, -1, nets, here, change, default)
            total -= (moment - before) * sum(math.exp(theta @ self.row(terms, *pair, nets, values)) for pair in pairs)
            before = moment
        for time, sender, receiver in acts:
            nets, values, _ = self.state(time)
            picked = (sender, sender) if model == "rate" else (sender, receiver)
            total += float(theta @ self.row(terms, *picked, nets, values))
        return total

    def coordination(self, acts, terms, theta, default):
        """Log-likelihood of which pair tied itself, both choosing."""
        total = 0.0
        for time, sender, receiver in acts:
            nets, values, here = self.state(time)
            present = [k for k in range(self.n) if here[k]]
            share = {}
            for a in present:
                weights = {b: math.exp(theta @ self.row(terms, a, b, nets, values)) for b in present if b != a}
                whole = sum(weights.values())
                share |= {(a, b): weight / whole for b, weight in weights.items()}
            both = {(a, b): share[a, b] * share[b, a] for a, b in share if a < b}
            total += math.log(both[min(sender, receiver), max(sender, receiver)] / sum(both.values()))
        return total
