"""Addressable luck: every draw has a name, and its value is a function of seed, run and name alone.

The generator is Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy
as 1, 2, 3"). Its key is the seed, its counter the draw's name (64 bits, from stable ids), the
occurrence and the run. The functions here are compiled; ``reference_luck`` says the same in plain
Python, and the published known answers are tested on both.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

from rapallo.engine.compiled import compiled

CLOCK, PICK, VOTE, NOISE, SHOCK, PROPOSE = 1, 2, 3, 4, 5, 6
STRIPS = 44
BASE = 2.0**-16
"""Height of the lowest strip of ``date`` luck, in acts per day."""

HIGHEST = 1.0 - 2.0**-53
"""The highest uniform."""

ROUNDED_UP = 1.0 + 1e-9
"""One, and more than rounding can make of it."""

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)
_MIX1, _MIX2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_GOLD = np.uint64(0x9E3779B97F4A7C15)


def stable_hash(name: str) -> int:
    """Give 64 bits that depend on a name alone.

    Examples
    --------
    >>> stable_hash("actor:USSR") == stable_hash("actor:USSR")
    True
    """
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


@compiled
def philox(c0, c1, c2, c3, k0, k1):
    """Ten rounds of Philox4x32; all arguments and results are 32-bit words held in uint64."""
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (
            (p1 >> _32) ^ c1 ^ k0,
            p1 & _LOW,
            (p0 >> _32) ^ c3 ^ k1,
            p0 & _LOW,
        )
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@compiled
def mix(x):
    """Scatter 64 bits (the finaliser of SplitMix64; Steele, Lea & Flood 2014)."""
    x = x + _GOLD
    x = (x ^ (x >> _30)) * _MIX1
    x = (x ^ (x >> _27)) * _MIX2
    return x ^ (x >> _31)


@compiled
def name_of(purpose, process, sender, receiver):
    """Name of a draw, from the hashes of the process with its organ, the sender and the receiver."""
    return mix(mix(mix(process ^ np.uint64(purpose)) ^ sender) ^ receiver)


@compiled
def words(seed, run, name, occurrence):
    """Four 32-bit words of the draw of this name."""
    return philox(name & _LOW, name >> _32, np.uint64(occurrence) & _LOW, np.uint64(run), seed & _LOW, seed >> _32)


@compiled
def unit(high, low):
    """Make a float strictly between 0 and 1, from two 32-bit words (53 bits)."""
    u = (np.float64(high >> np.uint64(5)) * 67108864.0 + np.float64(low >> np.uint64(6)) + 0.5) / 9007199254740992.0
    return u if u < 1.0 else HIGHEST  # the last of 2**53 steps would round to one


@compiled
def uniform(seed, run, name, occurrence):
    """Draw a uniform in (0, 1)."""
    x0, x1, _, _ = words(seed, run, name, occurrence)
    return unit(x0, x1)


@compiled
def exponential(seed, run, name, occurrence):
    """Draw a unit-rate exponential."""
    return -math.log(uniform(seed, run, name, occurrence))


@compiled
def gumbel(seed, run, name, occurrence):
    """Draw a standard Gumbel."""
    return -math.log(-math.log(uniform(seed, run, name, occurrence)))


@compiled
def gumbel_over(seed, run, name, occurrence, needed):
    """Draw a standard Gumbel; -inf where it is surely below ``needed``, which is known before two logarithms are taken.

    With u the uniform it is at most -log(1 - u); and e**x is at least (1 + x/4)**4.
    """
    u = uniform(seed, run, name, occurrence)
    if needed > 0.0:
        least = 1.0 + 0.25 * needed
        least *= least
        if (1.0 - u) * least * least > ROUNDED_UP:
            return -math.inf
    return -math.log(-math.log(u))


@compiled
def normal(seed, run, name, occurrence):
    """Draw a standard normal (Box & Muller 1958, one of the pair)."""
    x0, x1, x2, x3 = words(seed, run, name, occurrence)
    return math.sqrt(-2.0 * math.log(unit(x0, x1))) * math.cos(2.0 * math.pi * unit(x2, x3))


@compiled
def strip_of(hazard):
    """Index of the highest strip that a hazard (per day, above zero) reaches into."""
    strip = 0
    top = BASE
    while top < hazard and strip < STRIPS - 1:
        top *= 2.0
        strip += 1
    return strip


@compiled
def poisson_one(u):
    """Draw a Poisson count of mean one, by inversion of a uniform."""
    p = 0.36787944117144233
    total = p
    count = 0
    while u > total and count < 20:
        count += 1
        p /= count
        total += p
    return count


@compiled
def next_point(seed, run, name, top, now, until, bottom=0):
    """Find the first point of ``date`` luck after ``now`` in the strips from ``bottom`` up to ``top``.

    Each strip is a unit-rate Poisson process on the plane of calendar and mark, cut into cells of
    mean count one, so that the points near any date can be had without drawing those before it.

    Returns
    -------
    tuple
        Time (``inf`` if none before ``until``), mark (acts per day) and the point's own 64 bits.
    """
    best = math.inf
    best_mark = 0.0
    best_name = np.uint64(0)
    for strip in range(bottom, top + 1):
        floor = 0.0 if strip == 0 else BASE * 2.0 ** (strip - 1)
        width = BASE if strip == 0 else floor
        length = 1.0 / width
        cell = math.floor(now * width)
        found = False
        while not found:
            start = cell * length
            if start >= until or start >= best:
                break
            place = mix(mix(name ^ np.uint64(strip)) ^ np.uint64(np.int64(cell) + np.int64(1 << 40)))
            count = poisson_one(uniform(seed, run, place, np.uint64(0xFFFFFFFF)))
            for k in range(count):
                x0, x1, x2, x3 = words(seed, run, place, np.uint64(k))
                time = start + unit(x0, x1) * length
                if time > now and time < until and time < best:
                    best = time
                    best_mark = floor + unit(x2, x3) * width
                    best_name = mix(place ^ np.uint64(k + 1))
                    found = True
            cell += 1
    return best, best_mark, best_name
