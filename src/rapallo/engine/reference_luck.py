"""The same luck in plain Python integers: the twin that the compiled generator is tested against."""

from __future__ import annotations

import math

from rapallo.engine.luck import BASE, HIGHEST, STRIPS

_LOW = 0xFFFFFFFF
_ALL = 0xFFFFFFFFFFFFFFFF


def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Ten rounds of Philox4x32."""
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & _LOW, (p0 >> 32) ^ c3 ^ k1, p0 & _LOW
        k0, k1 = (k0 + 0x9E3779B9) & _LOW, (k1 + 0xBB67AE85) & _LOW
    return c0, c1, c2, c3


def mix(x: int) -> int:
    """Scatter 64 bits."""
    x = (x + 0x9E3779B97F4A7C15) & _ALL
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _ALL
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _ALL
    return x ^ (x >> 31)


def name_of(purpose: int, process: int, sender: int, receiver: int) -> int:
    """Name of a draw."""
    return mix(mix(mix(process ^ purpose) ^ sender) ^ receiver)


def words(seed: int, run: int, name: int, occurrence: int) -> tuple[int, int, int, int]:
    """Four 32-bit words of the draw of this name."""
    return philox(name & _LOW, name >> 32, occurrence & _LOW, run, seed & _LOW, seed >> 32)


def unit(high: int, low: int) -> float:
    """Make a float strictly between 0 and 1."""
    return min((float(high >> 5) * 67108864.0 + float(low >> 6) + 0.5) / 9007199254740992.0, HIGHEST)


def uniform(seed: int, run: int, name: int, occurrence: int) -> float:
    """Draw a uniform in (0, 1)."""
    x0, x1, _, _ = words(seed, run, name, occurrence)
    return unit(x0, x1)


def exponential(seed: int, run: int, name: int, occurrence: int) -> float:
    """Draw a unit-rate exponential."""
    return -math.log(uniform(seed, run, name, occurrence))


def gumbel(seed: int, run: int, name: int, occurrence: int) -> float:
    """Draw a standard Gumbel."""
    return -math.log(-math.log(uniform(seed, run, name, occurrence)))


def normal(seed: int, run: int, name: int, occurrence: int) -> float:
    """Draw a standard normal."""
    x0, x1, x2, x3 = words(seed, run, name, occurrence)
    return math.sqrt(-2.0 * math.log(unit(x0, x1))) * math.cos(2.0 * math.pi * unit(x2, x3))


def poisson_one(u: float) -> int:
    """Draw a Poisson count of mean one, by inversion."""
    p = total = 0.36787944117144233
    count = 0
    while u > total and count < 20:
        count += 1
        p /= count
        total += p
    return count


def strip_of(hazard: float) -> int:
    """Index of the highest strip that a hazard reaches into."""
    strip, top = 0, BASE
    while top < hazard and strip < STRIPS - 1:
        top, strip = top * 2.0, strip + 1
    return strip


def accepted_point(seed: int, run: int, name: int, hazard: float, now: float, until: float) -> tuple[float, float, int]:
    """Find the first point after ``now`` whose mark lies below ``hazard``, by listing every one."""
    best = (math.inf, 0.0, 0)
    for strip in range(strip_of(hazard) + 1):
        floor = 0.0 if strip == 0 else BASE * 2.0 ** (strip - 1)
        width = BASE if strip == 0 else floor
        length = 1.0 / width
        cell = math.floor(now * width)
        while cell * length < min(until, best[0]):
            place = mix(mix(name ^ strip) ^ ((cell + (1 << 40)) & _ALL))
            for k in range(poisson_one(uniform(seed, run, place, 0xFFFFFFFF))):
                x0, x1, x2, x3 = words(seed, run, place, k)
                time = cell * length + unit(x0, x1) * length
                mark = floor + unit(x2, x3) * width
                if now < time < min(until, best[0]) and mark < hazard:
                    best = (time, mark, mix(place ^ (k + 1)))
            cell += 1
    return best
