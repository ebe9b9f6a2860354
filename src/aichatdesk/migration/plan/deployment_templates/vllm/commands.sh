#!/usr/bin/env bash
# Set up a DGX Spark for the desk: {{chat_model}} and {{embedding_model}} on vLLM.
#
# Run it as root in the folder of these files, or paste it step by step. It can be run again at any time.
set -euo pipefail
cd "$(dirname "$0")"

# 1. The machine: aarch64, a GPU, Docker. DGX OS has all of them.
uname -m
nvidia-smi
docker --version

# 2. The settings, and one key for both models. The key is made here and shown nowhere.
install -d -m 755 /etc/aichatdesk
install -d -m 700 /var/lib/aichatdesk
[ -e /etc/aichatdesk/spark.env ] || install -m 600 spark.env /etc/aichatdesk/spark.env
listen=$(ip -o route get {{desk_address}} | sed -n 's/.* src \([^ ]*\).*/\1/p')
key=$(openssl rand -hex 32)
settings=$(</etc/aichatdesk/spark.env)
settings=${settings//LISTEN_ADDRESS=CHANGE_ME/LISTEN_ADDRESS=$listen}
settings=${settings//VLLM_API_KEY=CHANGE_ME/VLLM_API_KEY=$key}
printf '%s\n' "$settings" >/etc/aichatdesk/spark.env
# shellcheck source=spark.env
. /etc/aichatdesk/spark.env

# 3. Images and weights: the only step that needs the internet. A model behind a licence needs HF_TOKEN.
#    What is downloaded here is what runs until this step is done again: the servers themselves look nothing up.
docker pull "$VLLM_IMAGE"
fetch() {
    docker run --rm --entrypoint hf --env HF_TOKEN --env HF_HUB_DISABLE_TELEMETRY=1 \
        --volume /var/lib/aichatdesk/huggingface:/root/.cache/huggingface "$VLLM_IMAGE" download "$@"
}
{{fetches}}
# Which revisions these are: keep the list, it names what you have tried.
find /var/lib/aichatdesk/huggingface/hub -path '*/refs/*' -type f -exec head -v -n 1 {} + | tee /var/lib/aichatdesk/revisions.txt

# 4. The firewall, before any port opens.
install -m 644 firewall.nft /etc/aichatdesk/firewall.nft
install -m 644 aichatdesk-firewall.service aichatdesk-embedding.service aichatdesk-chat.service /etc/systemd/system/
install -D -m 644 journald-aichatdesk.conf /etc/systemd/journald.conf.d/aichatdesk.conf
docker network inspect aichatdesk >/dev/null 2>&1 ||
    docker network create --opt com.docker.network.bridge.name=br-aichatdesk aichatdesk
systemctl daemon-reload
systemctl restart systemd-journald.service
systemctl enable aichatdesk-firewall.service aichatdesk-embedding.service aichatdesk-chat.service
systemctl reload-or-restart aichatdesk-firewall.service

# 5. The models, one after the other: each measures the memory that is free when it starts. Each command returns when its
#    model answers; the first start of a large model takes many minutes. To watch: journalctl --follow --unit aichatdesk-chat
systemctl stop aichatdesk-chat.service
systemctl restart aichatdesk-embedding.service
systemctl start aichatdesk-chat.service

#    What the units run inside their containers:
#
#     vllm {{embedding_by_hand}}
#
#     vllm {{chat_by_hand}}

# 6. Each knows its name and asks for the key.
for port in {{chat_port}} {{embedding_port}}; do
    curl -fsS --header @- "http://$LISTEN_ADDRESS:$port/v1/models" <<<"Authorization: Bearer $VLLM_API_KEY"
    echo
done
echo "Now, at the desk: copy VLLM_API_KEY from /etc/aichatdesk/spark.env into desk.env, and run: aichatdesk verify"
