"""CI draws the same examples every time; elsewhere they are others on every run, and `golden/sweep.py` draws many."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("default", suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault of ours
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")
