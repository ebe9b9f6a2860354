"""Measurements; each module says what it measures."""

import os

# As the command line sets it, before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
