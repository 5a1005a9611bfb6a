"""Loaded before Django's settings: each worker of a parallel run has its own state folder and so its own services.

A database, a broker, caches and media that nobody else touches: tests may flush, lock and kill what they like.
"""

import os
from pathlib import Path

if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["ALTAZION_STATE"] = str(Path(os.environ["ALTAZION_STATE"]) / worker)
