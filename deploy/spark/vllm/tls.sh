#!/usr/bin/env bash
# Put TLS between the desk and the Spark: Caddy takes the ports on the network, the models move behind it.
#
# Run it as root in the folder of these files, after commands.sh. Needs Caddy (package `caddy`).
set -euo pipefail
cd "$(dirname "$0")"
command -v caddy >/dev/null || apt-get install --yes caddy

listen=$(ip -o route get 192.0.2.10 | sed -n 's/.* src \([^ ]*\).*/\1/p')
sed "s/CHANGE_ME/$listen/" Caddyfile >/etc/caddy/Caddyfile
caddy validate --adapter caddyfile --config /etc/caddy/Caddyfile
sed -i 's/^LISTEN_ADDRESS=.*/LISTEN_ADDRESS=127.0.0.1/' /etc/aichatdesk/spark.env

systemctl stop aichatdesk-chat.service
systemctl restart aichatdesk-embedding.service
systemctl start aichatdesk-chat.service
systemctl enable caddy.service
systemctl restart caddy.service

# The desk must know who certified the Spark. This file is public; nothing in it is secret.
authority=/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt
until [ -s "$authority" ]; do sleep 1; done
echo "Copy $authority to the desk as /etc/aichatdesk/spark-ca.crt, and follow the last lines of desk.env."
