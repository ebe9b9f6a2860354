#!/usr/bin/env bash
# Put TLS between the desk and the Spark: Caddy takes the ports on the network, the models move behind it.
#
# Run it as root in the folder of these files, after commands.sh. Needs Caddy (package `caddy`).
set -euo pipefail
cd "$(dirname "$0")"
[ "$(id -u)" = 0 ] || { echo "Run this as root: sudo bash $(basename "$0")" >&2; exit 1; }
command -v caddy >/dev/null || apt-get install --yes caddy

listen=$(ip -o route get 192.0.2.10 | sed -n 's/.* src \([^ ]*\).*/\1/p')
# What was there before is kept beside it.
install -d -m 755 /etc/caddy
if [ -e /etc/caddy/Caddyfile ] && ! grep -q "an authority of the Spark's own" /etc/caddy/Caddyfile; then
    cp --preserve /etc/caddy/Caddyfile /etc/caddy/Caddyfile.before
fi
sed "s/CHANGE_ME/$listen/" Caddyfile >/etc/caddy/Caddyfile
caddy adapt --adapter caddyfile --config /etc/caddy/Caddyfile >/dev/null
# The address may come a moment after the network when the machine starts.
install -d -m 755 /etc/systemd/system/caddy.service.d
printf '[Service]\nRestart=on-failure\nRestartSec=5\n' >/etc/systemd/system/caddy.service.d/aichatdesk.conf
systemctl daemon-reload
sed -i 's/^LISTEN_ADDRESS=.*/LISTEN_ADDRESS=127.0.0.1/' /etc/aichatdesk/spark.env

runs_here() {
    systemctl is-enabled --quiet "aichatdesk-$1.service" 2>/dev/null
}
for model in chat embedding; do ! runs_here $model || systemctl stop aichatdesk-$model.service; done
for model in embedding chat; do ! runs_here $model || systemctl start aichatdesk-$model.service; done
systemctl enable caddy.service
systemctl restart caddy.service

# The desk must know who certified the Spark. This file is public; nothing in it is secret.
authority=/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt
until [ -s "$authority" ]; do sleep 1; done
echo "Copy $authority to the desk as /etc/aichatdesk/spark-ca.crt, and follow the last lines of desk.env."
