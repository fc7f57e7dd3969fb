"""CI draws the same examples every time; elsewhere they are others on every run, and `golden/sweep.py` draws many."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
