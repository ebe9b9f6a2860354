#!/usr/bin/env python3
"""Write the files of `deploy/spark` as the planner does for the recommended models.

`--check` changes nothing and names what differs.
"""

import argparse
import sys
from pathlib import Path

from aichatdesk.migration.plan.make_plan import make_plan
from aichatdesk.migration.plan.question import PlanQuestion

ROOT = Path(__file__).resolve().parent.parent
SPARK = ROOT / "deploy" / "spark"

RECOMMENDED = {
    "vllm": PlanQuestion(
        model="qwen3-30b-a3b", quant="fp8-block", engine="vllm", context_tokens=16_384, concurrency=16
    ),
    "ollama": PlanQuestion(
        model="qwen3-30b-a3b", quant="q4_k_m", engine="ollama", context_tokens=16_384, concurrency=8
    ),
}


def main() -> int:
    """Write what differs, or with `--check` name it; 1 if anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit with 1 if something differs"
    )
    check = parser.parse_args().check
    stale = []
    for engine, question in RECOMMENDED.items():
        for name, text in make_plan(question).files.items():
            target = SPARK / engine / name
            if target.exists() and target.read_text(encoding="utf-8") == text:
                continue
            stale.append(f"{engine}/{name}")
            if not check:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
    for name in stale:
        sys.stdout.write(f"deploy/spark/{name} {'is out of date' if check else 'written'}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
