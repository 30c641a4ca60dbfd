"""Chance by address: the same key and index give the same number, whatever was asked before.

A signal must not depend on when the fleet was started or which sensor was asked first, so noise is counter-based:
a hash of (key of the sensor, index in time), as numpy's Philox does it, but over whole arrays of keys at once.
"""

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]

# Finaliser of SplitMix64 (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195).
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11, _S16, _S32, _S48 = (np.uint64(n) for n in (30, 27, 31, 11, 16, 32, 48))
_LOW = np.uint64(0xFFFF)


def key(seed: int, name: str) -> np.uint64:
    """Return the key of a named stream of chance."""
    return np.uint64(int.from_bytes(blake2b(f"{seed}/{name}".encode(), digest_size=8).digest(), "big"))


def generator(seed: int, name: str) -> np.random.Generator:
    """Return a numpy generator of a named stream, for what is drawn once."""
    return np.random.Generator(np.random.Philox(key=int(key(seed, name))))


def uniform(keys: Keys, index: NDArray[np.int64]) -> Floats:
    """Return numbers in [0, 1) for keys and indices that broadcast."""
    return np.asarray((_bits(keys, index) >> _S11).astype(np.float64) * 2.0**-53)


def bell(keys: Keys, index: NDArray[np.int64]) -> Floats:
    """Return numbers of mean 0 and variance 1 that never exceed 3.47: the sum of four uniforms.

    Bounded on purpose: a quiet day stays inside its limits for certain, not only nearly always.
    """
    bits = _bits(keys, index)
    total = (bits & _LOW) + ((bits >> _S16) & _LOW) + ((bits >> _S32) & _LOW) + (bits >> _S48)
    return np.asarray((total.astype(np.float64) * (1.0 / 65536.0) - 2.0) * np.sqrt(3.0))


def wander(keys: Keys, time_s: Floats, memory_s: Floats | float) -> Floats:
    """Return noise of about variance 1 that forgets itself within ``memory_s`` [s]; bounded by 3.47.

    Two layers of bell numbers on a lattice in time, joined linearly: close to an AR(1) process, but without a state.
    """
    slow = _lattice(keys, time_s, np.asarray(memory_s, np.float64))
    fast = _lattice(keys ^ _GOLDEN, time_s, np.asarray(memory_s, np.float64) / 5.0)
    return np.asarray(0.8 * slow + 0.2 * fast)


def _lattice(keys: Keys, time_s: Floats, step_s: Floats) -> Floats:
    place = time_s / step_s
    left = np.floor(place)
    share = place - left
    index = left.astype(np.int64)
    return np.asarray(bell(keys, index) * (1.0 - share) + bell(keys, index + 1) * share)


def _bits(keys: Keys, index: NDArray[np.int64]) -> Keys:
    with np.errstate(over="ignore"):
        mixed = keys + index.astype(np.uint64) * _GOLDEN
        mixed = (mixed ^ (mixed >> _S30)) * _MIX_1
        mixed = (mixed ^ (mixed >> _S27)) * _MIX_2
    return np.asarray(mixed ^ (mixed >> _S31))
