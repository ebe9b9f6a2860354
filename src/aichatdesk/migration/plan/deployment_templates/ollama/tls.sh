#!/usr/bin/env bash
# Put TLS and a key before Ollama, which has neither: Caddy takes the port on the network, Ollama moves behind it.
#
# Run it as root in the folder of these files, after commands.sh. Needs Caddy (package `caddy`).
set -euo pipefail
cd "$(dirname "$0")"
[ "$(id -u)" = 0 ] || { echo "Run this as root: sudo bash $(basename "$0")" >&2; exit 1; }
command -v caddy >/dev/null || apt-get install --yes caddy

key=$(openssl rand -hex 32)
settings=$(</etc/aichatdesk/spark.env)
settings=${settings//OLLAMA_PROXY_KEY=CHANGE_ME/OLLAMA_PROXY_KEY=$key}
printf '%s\n' "$settings" >/etc/aichatdesk/spark.env
sed -i 's/^LISTEN_ADDRESS=.*/LISTEN_ADDRESS=127.0.0.1/' /etc/aichatdesk/spark.env

listen=$(ip -o route get {{desk_address}} | sed -n 's/.* src \([^ ]*\).*/\1/p')
# What was there before is kept beside it.
install -d -m 755 /etc/caddy
if [ -e /etc/caddy/Caddyfile ] && ! grep -q "an authority of the Spark's own" /etc/caddy/Caddyfile; then
    cp --preserve /etc/caddy/Caddyfile /etc/caddy/Caddyfile.before
fi
sed "s/CHANGE_ME/$listen/" Caddyfile >/etc/caddy/Caddyfile
caddy adapt --adapter caddyfile --config /etc/caddy/Caddyfile >/dev/null
install -d -m 755 /etc/systemd/system/caddy.service.d
cat >/etc/systemd/system/caddy.service.d/aichatdesk.conf <<EOF
[Service]
EnvironmentFile=/etc/aichatdesk/spark.env
# As the package has it but without --environ, which writes the environment, and so the key, to the journal.
ExecStart=
ExecStart=$(command -v caddy) run --config /etc/caddy/Caddyfile
# The address may come a moment after the network when the machine starts.
Restart=on-failure
RestartSec=5
EOF
sed "s/CHANGE_ME/127.0.0.1/" ollama.service.d-aichatdesk.conf >/etc/systemd/system/ollama.service.d/aichatdesk.conf

systemctl daemon-reload
systemctl restart ollama.service
systemctl enable caddy.service
systemctl restart caddy.service

# The desk must know who certified the Spark. This file is public; nothing in it is secret.
authority=/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt
until [ -s "$authority" ]; do sleep 1; done
echo "Copy $authority to the desk as /etc/aichatdesk/spark-ca.crt, and follow the last lines of desk.env."
