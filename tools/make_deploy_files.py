#!/usr/bin/env python3
"""Write the files of `deploy/spark` for the recommended models; `--check` changes nothing and names what differs."""

import argparse
import sys
from pathlib import Path

from aichatdesk.migration.plan.deployment import Deployment, Service, deployment_files

ROOT = Path(__file__).resolve().parent.parent
SPARK = ROOT / "deploy" / "spark"

_EMBEDDING = Service(
    model="nomic-ai/nomic-embed-text-v1.5",
    served_name="nomic-embed-text-v1.5",
    port=8001,
    context_tokens=2048,
    slots=64,
    memory_share=0.05,
    flags=("--runner pooling", "--trust-remote-code"),
    width=768,
)
RECOMMENDED = {
    "vllm": Deployment(
        "vllm",
        chat=Service(
            model="Qwen/Qwen3-30B-A3B-Instruct-2507-FP8",
            served_name="qwen3-30b-a3b-instruct",
            port=8000,
            context_tokens=16_384,
            slots=16,
            memory_share=0.5,
        ),
        embedding=_EMBEDDING,
    ),
    "ollama": Deployment(
        "ollama",
        chat=Service(
            model="qwen3:30b-a3b-instruct-2507-q4_K_M",
            served_name="qwen3-30b-a3b-instruct",
            port=11_434,
            context_tokens=16_384,
            slots=8,
            memory_share=0.5,
        ),
        embedding=Service(
            model="nomic-embed-text:v1.5",
            served_name="nomic-embed-text:v1.5",
            port=11_434,
            context_tokens=2048,
            slots=8,
            memory_share=0.05,
            width=768,
        ),
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
    for engine, deployment in RECOMMENDED.items():
        for name, text in deployment_files(deployment).items():
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
