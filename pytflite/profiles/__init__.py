"""Arithmetic profiles: which recipe each operator runs, as data."""

from pytflite.profiles.base import Profile
from pytflite.profiles.reference import REFERENCE

PROFILES = {profile.name: profile for profile in (REFERENCE,)}

__all__ = ["PROFILES", "REFERENCE", "Profile"]
