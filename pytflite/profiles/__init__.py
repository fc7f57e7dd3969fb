"""Arithmetic profiles: which recipe each operator runs, as data."""

from pytflite.profiles.base import Profile, Recipe, requantize, run
from pytflite.profiles.optimized import OPTIMIZED
from pytflite.profiles.reference import REFERENCE
from pytflite.profiles.tflm import TFLM

PROFILES = {profile.name: profile for profile in (REFERENCE, OPTIMIZED, TFLM)}

__all__ = ["OPTIMIZED", "PROFILES", "REFERENCE", "TFLM", "Profile", "Recipe", "requantize", "run"]
