#!/usr/bin/env bash
# Set up a DGX Spark for the desk: qwen3:30b-a3b-instruct-2507-q4_K_M and nomic-embed-text:v1.5 on Ollama.
#
# Run it as root in the folder of these files, or paste it step by step. It can be run again at any time.
set -euo pipefail
cd "$(dirname "$0")"
[ "$(id -u)" = 0 ] || { echo "Run this as root: sudo bash $(basename "$0")" >&2; exit 1; }

# 1. The machine: aarch64, a GPU, nft (package `nftables`), and Ollama, installed as its makers describe with a service
#    of its own.
uname -m
nvidia-smi
nft --version
ollama --version
systemctl cat ollama.service >/dev/null

# 2. The settings.
install -d -m 755 /etc/aichatdesk
install -d -m 700 /var/lib/aichatdesk
[ -e /etc/aichatdesk/spark.env ] || install -m 600 spark.env /etc/aichatdesk/spark.env
chmod 600 /etc/aichatdesk/spark.env
listen=$(ip -o route get 192.0.2.10 | sed -n 's/.* src \([^ ]*\).*/\1/p')
sed -i "s/^LISTEN_ADDRESS=CHANGE_ME$/LISTEN_ADDRESS=$listen/" /etc/aichatdesk/spark.env
# shellcheck source=spark.env
. /etc/aichatdesk/spark.env

# 3. The weights: the only step that needs the internet. Done without the drop-in, which closes the way out. If it fails,
#    what was served before is served again.
drop_in=/etc/systemd/system/ollama.service.d/aichatdesk.conf
if [ -e "$drop_in" ]; then
    mv "$drop_in" "$drop_in.before"
    trap 'mv "$drop_in.before" "$drop_in" && systemctl daemon-reload && systemctl restart ollama.service' EXIT
fi
systemctl daemon-reload
systemctl restart ollama.service
for _ in {1..60}; do ! ollama list >/dev/null 2>&1 || break; sleep 1; done
ollama list
ollama pull qwen3:30b-a3b-instruct-2507-q4_K_M
ollama pull nomic-embed-text:v1.5
ollama create qwen3-30b-a3b --file Modelfile

# 4. The firewall, before the port opens to the network.
install -m 644 firewall.nft /etc/aichatdesk/firewall.nft
install -m 644 aichatdesk-firewall.service /etc/systemd/system/
install -D -m 644 journald-aichatdesk.conf /etc/systemd/journald.conf.d/aichatdesk.conf
systemctl daemon-reload
systemctl restart systemd-journald.service
systemctl enable aichatdesk-firewall.service
systemctl reload-or-restart aichatdesk-firewall.service

# 5. How it serves. The command returns when both models are loaded.
install -d -m 755 /etc/systemd/system/ollama.service.d
sed "s/CHANGE_ME/$LISTEN_ADDRESS/" ollama.service.d-aichatdesk.conf >"$drop_in"
trap - EXIT
rm -f "$drop_in.before"
systemctl daemon-reload
systemctl enable ollama.service
systemctl restart ollama.service

# 6. Both are there, on the GPU, for ever, and with the context that was asked for (columns PROCESSOR, CONTEXT and UNTIL).
OLLAMA_HOST="$LISTEN_ADDRESS:11434" ollama ps
echo "Now, at the desk: take desk.env, and run: aichatdesk verify"
