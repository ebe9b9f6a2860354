#!/usr/bin/env bash
# Stands in, under the name by which it is called, for a program that only a DGX Spark has or that would change a machine.
# Each call goes to $CALLS, one a line. What it remembers is in $STATE. The word in $REFUSES is what it fails at.
set -euo pipefail
name=$(basename "$0")
echo "$name $*" >>"$CALLS"
[ -z "${REFUSES:-}" ] || [[ "$name $*" != *"$REFUSES"* ]] || exit 1
case "$name $*" in
"systemctl enable "*) touch "$STATE/$2" ;;
"systemctl disable "*) rm -f "$STATE/${!#}" ;;
"systemctl is-enabled "*) [ -e "$STATE/${!#}" ] ;;
"systemctl restart caddy.service")
    made=/var/lib/caddy/.local/share/caddy/pki/authorities/local
    mkdir -p "$made" && echo certificate >"$made/root.crt"
    ;;
"docker network inspect "*) [ -e "$STATE/network" ] ;;
"docker network create "*) touch "$STATE/network" ;;
"docker run "*" download "*)
    kept=/var/lib/aichatdesk/huggingface/hub/models--one/refs
    mkdir -p "$kept" && echo revision >"$kept/main"
    ;;
"ip "*) echo "192.0.2.10 dev eth0 src 192.0.2.20 uid 0" ;;
esac
