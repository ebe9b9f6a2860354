#!/usr/bin/env bash
# Compile the locks from pyproject.toml, with hashes and without registry addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
    "${UV:-.venv/bin/uv}" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-annotate --no-header "$@"
}
compile pyproject.toml --extra local --extra graph --group dev --group build -o requirements/dev.txt
compile pyproject.toml --extra local --group build -c requirements/dev.txt -o requirements/demo.txt
compile pyproject.toml -c requirements/dev.txt -o requirements/base.txt
compile pyproject.toml --extra graph -c requirements/dev.txt -o requirements/desk.txt
compile --no-deps requirements/local.in -o requirements/local.txt
left_out=$(sed -nE 's/^([a-z-]+) ;.*/--no-emit-package \1/p' requirements/vllm-left-out.in)
# shellcheck disable=SC2086 # one word for each name
compile requirements/vllm.in --overrides requirements/vllm-left-out.in $left_out -o requirements/vllm.txt
if grep -nE '://|file:' requirements/*.txt; then
    echo "A lock file carries an address; remove it." >&2
    exit 1
fi
