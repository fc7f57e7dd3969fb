"""Arithmetic profiles: which recipe each operator runs, as data."""

from pytflite.profiles.base import Profile, Recipe, requantize, run
from pytflite.profiles.optimized import OPTIMIZED
from pytflite.profiles.reference import REFERENCE

PROFILES = {profile.name: profile for profile in (REFERENCE, OPTIMIZED)}

__all__ = ["OPTIMIZED", "PROFILES", "REFERENCE", "Profile", "Recipe", "requantize", "run"]
