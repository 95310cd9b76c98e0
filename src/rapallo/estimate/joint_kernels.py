"""Compiled: log-likelihood, score and information where sender, choice and consent are told together.

What a sender weighs stands in one row of pairs. A row is summed anew only once one of its pairs has changed.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from rapallo.engine.compiled_cache import cached_here

_SWITCHES = {"cache": True, "nogil": True, "error_model": "numpy"}


def _sum_row(row, n, rate, consent, held, log_rate, log_choice, log_agrees, agrees, design, sums, mean, outer, curve):
    """Sum one sender's row.

    ``sums[row]`` takes the row's hazard and, with ``q`` the odds of a receiver given that an act comes, the means
    under ``q`` of the log-probability ``log q`` and of its square; ``mean[row]`` takes the mean under ``q`` of the
    gradient of the log weight, ``outer[row]`` that of its outer product, ``curve[row]`` that of its second derivative.
    """
    width = design.shape[1]
    sums[row, :] = 0.0
    mean[row, :] = 0.0
    outer[row, :, :] = 0.0
    curve[row, :, :] = 0.0
    expected = np.zeros(width)
    motion = np.zeros(width)
    largest = -np.inf
    best = -np.inf
    some = -1
    for other in range(n):
        vector = held[row * n + other]
        if vector >= 0:
            some = vector
            largest = max(largest, log_choice[vector])
            best = max(best, log_choice[vector] + log_agrees[vector])
    if some < 0:
        return
    whole = 0.0
    agreed = 0.0
    for other in range(n):
        vector = held[row * n + other]
        if vector >= 0:
            weight = np.exp(log_choice[vector] - largest)
            whole += weight
            agreed += np.exp(log_choice[vector] + log_agrees[vector] - best)
            for p in range(rate, consent):
                expected[p] += weight * design[vector, p]
    for p in range(rate, consent):
        expected[p] /= whole
    sums[row, 0] = np.exp(log_rate[some] + best - largest) * agreed / whole
    for other in range(n):
        vector = held[row * n + other]
        if vector < 0:
            continue
        chosen = np.exp(log_choice[vector] - largest) / whole
        log_odds = log_choice[vector] + log_agrees[vector] - best - np.log(agreed)
        odds = np.exp(log_odds)
        sums[row, 1] += odds * log_odds
        sums[row, 2] += odds * log_odds**2
        for p in range(rate):
            motion[p] = design[vector, p]
        for p in range(rate, consent):
            motion[p] = design[vector, p] - expected[p]
        for p in range(consent, width):
            motion[p] = (1.0 - agrees[vector]) * design[vector, p]
        bent = odds * agrees[vector] * (1.0 - agrees[vector])
        for p in range(width):
            mean[row, p] += odds * motion[p]
            for q in range(p + 1):
                outer[row, p, q] += odds * motion[p] * motion[q]
        for p in range(rate, consent):
            for q in range(rate, p + 1):
                curve[row, p, q] -= chosen * motion[p] * motion[q]
        for p in range(consent, width):
            for q in range(consent, p + 1):
                curve[row, p, q] -= bent * design[vector, p] * design[vector, q]


_I, _F, _M, _C = "int64[::1]", "float64[::1]", "float64[:,::1]", "float64[:,:,::1]"
with cached_here("estimate", __file__):
    _row = njit(f"void(int64,int64,int64,int64,{_I},{_F},{_F},{_F},{_F},{_M},{_M},{_M},{_C},{_C})", **_SWITCHES)(
        _sum_row
    )


def _joint(
    n,
    timed,
    rate,
    consent,
    places,
    vectors,
    ends,
    chosen,
    spent,
    log_rate,
    log_choice,
    log_agrees,
    agrees,
    design,
    each,
    score,
    information,
    bend,
    parts,
    expected,
    about,
    exposure,
):
    """Who acted, whom it chose, and whether that one agreed.

    ``information`` becomes the expected information, ``bend`` what the observed one has above it. Where they have
    room, ``parts`` takes what was chosen less what was expected, ``expected`` what was, and ``about`` the sum of the
    weights, and mean and variance of the log-probability of what comes. ``exposure`` takes how long senders that
    could act were there, all together.
    """
    width = design.shape[1]
    held = np.full(n * n, -1, np.int64)
    soiled = np.zeros(n, np.bool_)
    since = np.zeros(n)
    some = np.full(n, -1, np.int64)
    sums, mean = np.zeros((n, 3)), np.zeros((n, width))
    outer, curve = np.zeros((n, width, width)), np.zeros((n, width, width))
    motion, whole_mean = np.zeros(width), np.zeros(width)
    now = 0.0
    total = 0.0
    told = about.shape[0] > 0
    for case in range(chosen.shape[0] + 1):
        last = case == chosen.shape[0]
        if not last:
            for k in range(ends[case], ends[case + 1]):
                soiled[places[k] // n] = True
        for row in range(n):  # what a row stood at counts for the time since it changed
            passed = now - since[row]
            if (soiled[row] or last) and passed > 0.0:
                since[row] = now
                mass = passed * sums[row, 0]
                if some[row] >= 0:
                    exposure[0] += passed
                if timed and mass > 0.0:
                    total -= mass
                    for p in range(width):
                        score[p] -= mass * mean[row, p]
                        for q in range(p + 1):
                            information[p, q] += mass * outer[row, p, q]
                            bend[p, q] += mass * curve[row, p, q]
            elif soiled[row]:
                since[row] = now
        if last:
            break
        for k in range(ends[case], ends[case + 1]):
            held[places[k]] = vectors[k]
        for row in range(n):
            if soiled[row]:
                soiled[row] = False
                some[row] = -1
                for other in range(n):
                    if held[row * n + other] >= 0:
                        some[row] = held[row * n + other]
                _row(
                    row, n, rate, consent, held, log_rate, log_choice, log_agrees, agrees, design,
                    sums, mean, outer, curve,
                )  # fmt: skip
        now += spent[case]
        act = chosen[case] >= 0
        if not act and not told:
            each[case] = np.nan
            continue
        weight = 0.0
        whole_mean[:] = 0.0
        for row in range(n):
            weight += sums[row, 0]
            for p in range(width):
                whole_mean[p] += sums[row, 0] * mean[row, p]
        if weight > 0.0:
            for p in range(width):
                whole_mean[p] /= weight
        if told:
            once = 0.0
            twice = 0.0
            for row in range(n):
                share = sums[row, 0] / weight
                if share > 0.0:
                    once += share * (sums[row, 1] + np.log(share))
                    twice += share * (sums[row, 2] + 2.0 * np.log(share) * sums[row, 1] + np.log(share) ** 2)
            about[case, 0], about[case, 1], about[case, 2] = weight, once, max(twice - once**2, 0.0)
            for p in range(width):
                expected[case, p] = whole_mean[p]
        if not act:
            each[case] = np.nan
            continue
        sender = chosen[case] // n
        picked = held[chosen[case]]
        largest = -np.inf
        for other in range(n):
            if held[sender * n + other] >= 0:
                largest = max(largest, log_choice[held[sender * n + other]])
        whole = 0.0
        for p in range(rate, consent):
            motion[p] = 0.0
        for other in range(n):
            vector = held[sender * n + other]
            if vector >= 0:
                chance = np.exp(log_choice[vector] - largest)
                whole += chance
                for p in range(rate, consent):
                    motion[p] -= chance * design[vector, p]
        for p in range(rate):
            motion[p] = design[picked, p]
        for p in range(rate, consent):
            motion[p] = design[picked, p] + motion[p] / whole
        for p in range(consent, width):
            motion[p] = (1.0 - agrees[picked]) * design[picked, p]
        log_weight = log_rate[picked] + log_choice[picked] - largest - np.log(whole) + log_agrees[picked]
        each[case] = log_weight - np.log(weight)
        total += log_weight
        bent = agrees[picked] * (1.0 - agrees[picked])
        for p in range(width):
            score[p] += motion[p]
            if told:
                parts[case, p] = motion[p] - whole_mean[p]
        for p in range(rate, consent):
            for q in range(rate, p + 1):
                bend[p, q] -= curve[sender, p, q]
        for p in range(consent, width):
            for q in range(consent, p + 1):
                bend[p, q] += bent * design[picked, p] * design[picked, q]
        if timed:
            continue
        total -= np.log(weight)
        for p in range(width):
            score[p] -= whole_mean[p]
            for q in range(p + 1):
                information[p, q] -= whole_mean[p] * whole_mean[q]
        for row in range(n):
            share = sums[row, 0] / weight
            if share > 0.0:
                for p in range(width):
                    for q in range(p + 1):
                        information[p, q] += share * outer[row, p, q]
                        bend[p, q] += share * curve[row, p, q]
    return total


_CASES = f"int64,boolean,int64,int64,{_I},{_I},{_I},{_I},{_F},{_F},{_F},{_F},{_F},{_M}"
with cached_here("estimate", __file__):
    joint = njit(f"float64({_CASES},{_F},{_F},{_M},{_M},{_M},{_M},{_M},{_F})", **_SWITCHES)(_joint)
