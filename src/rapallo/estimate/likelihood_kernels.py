"""Compiled: log-likelihood, score and information over cases whose options are counted by distinct vector.

Every kernel takes the log weight of each distinct vector and its gradient, so that whatever turns
statistics into weights is stated once, outside.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from rapallo.engine.compiled_cache import cached_here


def _choices(vectors, counts, ends, chosen, log_weight, gradient, each, mass, expected, information):
    """Cases that list their options: sum the log-probability of what was chosen."""
    width = gradient.shape[1]
    mean = np.empty(width)
    total = 0.0
    for case in range(chosen.shape[0]):
        if chosen[case] < 0:
            each[case] = np.nan
            continue
        largest = -np.inf
        for k in range(ends[case], ends[case + 1]):
            if log_weight[vectors[k]] > largest:
                largest = log_weight[vectors[k]]
        whole = 0.0
        mean[:] = 0.0
        for k in range(ends[case], ends[case + 1]):
            vector = vectors[k]
            weight = counts[k] * np.exp(log_weight[vector] - largest)
            whole += weight
            for p in range(width):
                mean[p] += weight * gradient[vector, p]
        for k in range(ends[case], ends[case + 1]):
            mass[vectors[k]] += counts[k] * np.exp(log_weight[vectors[k]] - largest) / whole
        for p in range(width):
            mean[p] /= whole
            expected[p] += mean[p]
        for p in range(width):
            for q in range(p + 1):
                information[p, q] -= mean[p] * mean[q]
        each[case] = log_weight[chosen[case]] - largest - np.log(whole)
        total += each[case]
    return total


def _quick_choices(vectors, counts, ends, chosen, log_weight, gradient, each, mass, expected, information):
    """Do the same with one exponential for each distinct vector; the log weights must lie near each other."""
    width = gradient.shape[1]
    mean = np.empty(width)
    weights = np.exp(log_weight)
    total = 0.0
    for case in range(chosen.shape[0]):
        if chosen[case] < 0:
            each[case] = np.nan
            continue
        whole = 0.0
        mean[:] = 0.0
        for k in range(ends[case], ends[case + 1]):
            vector = vectors[k]
            weight = counts[k] * weights[vector]
            whole += weight
            for p in range(width):
                mean[p] += weight * gradient[vector, p]
        share = 1.0 / whole
        for k in range(ends[case], ends[case + 1]):
            mass[vectors[k]] += counts[k] * share
        for p in range(width):
            mean[p] *= share
            expected[p] += mean[p]
        for p in range(width):
            for q in range(p + 1):
                information[p, q] -= mean[p] * mean[q]
        each[case] = log_weight[chosen[case]] - np.log(whole)
        total += each[case]
    for vector in range(mass.shape[0]):
        mass[vector] *= weights[vector]
    return total


def _running(vectors, changes, ends, chosen, log_weight, gradient, each, mass, expected, information, counts, place):
    """Cases whose options change little from one to the next: keep the sums, and mend them.

    The sums are formed anew once as many terms have been added as there are options of different
    kind, or once the whole has fallen to a thousandth of what it was: rounding never builds up.
    """
    width = gradient.shape[1]
    weights = np.exp(log_weight)
    active = np.empty(weights.shape[0], np.int64)
    since = np.zeros(weights.shape[0])
    mean = np.zeros(width)
    sums = np.zeros(width)
    counts[:] = 0
    place[:] = -1
    kinds = 0
    whole = 0.0
    peak = 0.0
    mended = 0
    passed = 0.0
    total = 0.0
    for case in range(chosen.shape[0]):
        for k in range(ends[case], ends[case + 1]):
            vector = vectors[k]
            mass[vector] += counts[vector] * (passed - since[vector])
            since[vector] = passed
            if counts[vector] == 0:
                active[kinds] = vector
                place[vector] = kinds
                kinds += 1
            counts[vector] += changes[k]
            if counts[vector] == 0:
                kinds -= 1
                active[place[vector]] = active[kinds]
                place[active[kinds]] = place[vector]
                place[vector] = -1
            weight = changes[k] * weights[vector]
            whole += weight
            for p in range(width):
                sums[p] += weight * gradient[vector, p]
        mended += ends[case + 1] - ends[case]
        if whole > peak:
            peak = whole
        if mended > kinds or whole < 1e-3 * peak:
            whole = 0.0
            sums[:] = 0.0
            for k in range(kinds):
                vector = active[k]
                weight = counts[vector] * weights[vector]
                whole += weight
                for p in range(width):
                    sums[p] += weight * gradient[vector, p]
            peak = whole
            mended = 0
        if chosen[case] < 0:
            each[case] = np.nan
            continue
        passed += 1.0 / whole
        for p in range(width):
            mean[p] = sums[p] / whole
            expected[p] += mean[p]
        for p in range(width):
            for q in range(p + 1):
                information[p, q] -= mean[p] * mean[q]
        each[case] = log_weight[chosen[case]] - np.log(whole)
        total += each[case]
    for vector in range(mass.shape[0]):
        mass[vector] += counts[vector] * (passed - since[vector])
        mass[vector] *= weights[vector]
    return total


def _coordination(
    actors, places, vectors, ends, chosen, log_weight, gradient, each, score, information, bend, parts, logs
):
    """Both sides choose each other: P(k, l) in proportion to p(k → l) p(l → k), over pairs counted once.

    ``information`` becomes the expected information; ``bend`` what the observed one has above it.
    Where they have room, ``parts`` takes each act's score and ``logs`` mean and variance of the
    log-probability of what comes.
    """
    n = actors
    width = gradient.shape[1]
    held = np.full(n * n, -1, np.int64)
    share = np.zeros(n * n)
    expected = np.zeros((n, width))
    motion = np.zeros(width)
    mean = np.zeros(width)
    part = np.zeros(n)
    total = 0.0
    for case in range(chosen.shape[0]):
        for k in range(ends[case], ends[case + 1]):
            held[places[k]] = vectors[k]
        if chosen[case] < 0:
            each[case] = np.nan
            continue
        for first in range(n):
            largest = -np.inf
            for second in range(n):
                vector = held[first * n + second]
                if first != second and vector >= 0 and log_weight[vector] > largest:
                    largest = log_weight[vector]
            whole = 0.0
            for second in range(n):
                vector = held[first * n + second]
                weight = 0.0
                if first != second and vector >= 0:
                    weight = np.exp(log_weight[vector] - largest)
                share[first * n + second] = weight
                whole += weight
            expected[first, :] = 0.0
            if whole > 0.0:
                for second in range(n):
                    share[first * n + second] /= whole
                    if share[first * n + second] > 0.0:
                        vector = held[first * n + second]
                        for p in range(width):
                            expected[first, p] += share[first * n + second] * gradient[vector, p]
        whole = 0.0
        for first in range(n):
            for second in range(first + 1, n):
                whole += share[first * n + second] * share[second * n + first]
        mean[:] = 0.0
        part[:] = 0.0
        once = 0.0
        twice = 0.0
        for first in range(n):
            for second in range(first + 1, n):
                chance = share[first * n + second] * share[second * n + first] / whole
                if chance <= 0.0:
                    continue
                part[first] += chance
                part[second] += chance
                once += chance * np.log(chance)
                twice += chance * np.log(chance) ** 2
                there = held[first * n + second]
                back = held[second * n + first]
                for p in range(width):
                    motion[p] = gradient[there, p] + gradient[back, p] - expected[first, p] - expected[second, p]
                    mean[p] += chance * motion[p]
                for p in range(width):
                    for q in range(p + 1):
                        information[p, q] += chance * motion[p] * motion[q]
        if logs.shape[0] > 0:
            logs[case, 0] = once
            logs[case, 1] = twice - once**2
        first = chosen[case] // n
        second = chosen[case] % n
        there = held[first * n + second]
        back = held[second * n + first]
        for p in range(width):
            away = gradient[there, p] + gradient[back, p] - expected[first, p] - expected[second, p] - mean[p]
            score[p] += away
            if parts.shape[0] > 0:
                parts[case, p] = away
            for q in range(p + 1):
                information[p, q] -= mean[p] * mean[q]
        each[case] = np.log(share[first * n + second] * share[second * n + first] / whole)
        part[first] -= 1.0
        part[second] -= 1.0
        for first in range(n):
            if part[first] == 0.0:
                continue
            for second in range(n):
                chance = share[first * n + second]
                if chance > 0.0:
                    vector = held[first * n + second]
                    for p in range(width):
                        motion[p] = gradient[vector, p] - expected[first, p]
                    for p in range(width):
                        for q in range(p + 1):
                            bend[p, q] -= part[first] * chance * motion[p] * motion[q]
        total += each[case]
    return total


def _moments(is_running, vectors, counts, ends, chosen, log_weight, gradient, mean, about, held, place):
    """Give for each case the mean gradient, the sum of weights, and mean and variance of the log-probability.

    Options that only change from case to case are summed anew as in ``running``.
    """
    width = gradient.shape[1]
    weights = np.exp(log_weight)
    active = np.empty(weights.shape[0], np.int64)
    sums = np.zeros(width)
    held[:] = 0
    place[:] = -1
    kinds = 0
    whole = 0.0
    once = 0.0
    twice = 0.0
    peak = 0.0
    mended = 0
    for case in range(chosen.shape[0]):
        if not is_running:
            kinds = 0
            whole = 0.0
            once = 0.0
            twice = 0.0
            sums[:] = 0.0
        for k in range(ends[case], ends[case + 1]):
            vector = vectors[k]
            if is_running:
                if held[vector] == 0:
                    active[kinds] = vector
                    place[vector] = kinds
                    kinds += 1
                held[vector] += counts[k]
                if held[vector] == 0:
                    kinds -= 1
                    active[place[vector]] = active[kinds]
                    place[active[kinds]] = place[vector]
                    place[vector] = -1
            weight = counts[k] * weights[vector]
            whole += weight
            once += weight * log_weight[vector]
            twice += weight * log_weight[vector] ** 2
            for p in range(width):
                sums[p] += weight * gradient[vector, p]
        mended += ends[case + 1] - ends[case]
        if whole > peak:
            peak = whole
        if is_running and (mended > kinds or whole < 1e-3 * peak):
            whole = 0.0
            once = 0.0
            twice = 0.0
            sums[:] = 0.0
            for k in range(kinds):
                vector = active[k]
                weight = held[vector] * weights[vector]
                whole += weight
                once += weight * log_weight[vector]
                twice += weight * log_weight[vector] ** 2
                for p in range(width):
                    sums[p] += weight * gradient[vector, p]
            peak = whole
            mended = 0
        about[case, 0] = whole
        if whole > 0.0:
            about[case, 1] = once / whole - np.log(whole)
            about[case, 2] = max(twice / whole - (once / whole) ** 2, 0.0)
        for p in range(width):
            mean[case, p] = sums[p] / whole if whole > 0.0 else 0.0


_I, _F, _M = "int64[::1]", "float64[::1]", "float64[:,::1]"
_CASES = f"{_I},{_I},{_I},{_I},{_F},{_M},{_F},{_F},{_F},{_M}"
_SWITCHES = {"cache": True, "nogil": True, "error_model": "numpy"}
with cached_here("estimate", __file__):
    choices = njit(f"float64({_CASES})", **_SWITCHES)(_choices)
    quick_choices = njit(f"float64({_CASES})", **_SWITCHES)(_quick_choices)
    running = njit(f"float64({_CASES},{_I},{_I})", **_SWITCHES)(_running)
    coordination = njit(f"float64(int64,{_I},{_I},{_I},{_I},{_F},{_M},{_F},{_F},{_M},{_M},{_M},{_M})", **_SWITCHES)(
        _coordination
    )
    moments = njit(f"void(boolean,{_I},{_I},{_I},{_I},{_F},{_M},{_M},{_M},{_I},{_I})", **_SWITCHES)(_moments)
