"""Run every benchmark, one after the other, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

NAMES = (
    "retrieval",
    "vector_search",
    "turn_without_model",
    "added_latency",
    "delivery",
    "analytics",
    "reliability",
    "long_chat",
    "simulation_agreement",
    "grounding",
    "answers",
)


def main() -> int:
    """Run them all; a failure does not stop the others."""
    root = Path(__file__).parent.parent
    environment = os.environ | {"PYTHONPATH": f"{root}{os.pathsep}{root / 'tests'}"}
    failed = []
    for name in NAMES:
        print(f"== {name}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"], cwd=root, env=environment, check=False
        )
        if done.returncode:
            failed.append(name)
    print("failed: " + ", ".join(failed) if failed else "all done")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
