#!/usr/bin/env bash
# Find a Chromium for the browser tests: CHROMIUM=path, one that is installed, or Debian's package as root.
set -euo pipefail
[ -n "${CHROMIUM:-}" ] && exit 0
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core >/dev/null
    exit 0
fi
echo "No Chromium found: install it, or set CHROMIUM to its path. Browser tests need it." >&2
[ -z "${CI:-}" ]
