#!/usr/bin/env bash
# Set up a DGX Spark for the desk: Qwen/Qwen3-30B-A3B-Instruct-2507-FP8 and nomic-ai/nomic-embed-text-v1.5 on vLLM.
#
# Run it as root in the folder of these files, or paste it step by step. It can be run again at any time.
# With two Sparks, name what runs on each: `bash commands.sh chat` on one, `bash commands.sh embedding` on the other.
set -euo pipefail
cd "$(dirname "$0")"
[ "$(id -u)" = 0 ] || { echo "Run this as root: sudo bash $(basename "$0")" >&2; exit 1; }
case "$*" in
"") models="embedding chat" ;;
chat | embedding) models=$1 ;;
*) echo "Say chat or embedding, or nothing for both." >&2 && exit 2 ;;
esac

# 1. The machine: aarch64, a GPU, Docker, nft (package `nftables`). DGX OS has the first three.
uname -m
nvidia-smi
docker --version
nft --version

# 2. The settings, and one key for both models. The key is made here and shown nowhere.
install -d -m 755 /etc/aichatdesk
install -d -m 700 /var/lib/aichatdesk
[ -e /etc/aichatdesk/spark.env ] || install -m 600 spark.env /etc/aichatdesk/spark.env
chmod 600 /etc/aichatdesk/spark.env
listen=$(ip -o route get 192.0.2.10 | sed -n 's/.* src \([^ ]*\).*/\1/p')
key=$(openssl rand -hex 32)
settings=$(</etc/aichatdesk/spark.env)
settings=${settings//LISTEN_ADDRESS=CHANGE_ME/LISTEN_ADDRESS=$listen}
settings=${settings//VLLM_API_KEY=CHANGE_ME/VLLM_API_KEY=$key}
printf '%s\n' "$settings" >/etc/aichatdesk/spark.env
# shellcheck source=spark.env
. /etc/aichatdesk/spark.env

# 3. Images and weights: the only step that needs the internet. A model behind a licence needs HF_TOKEN, which
#    sudo passes on if it is told so: sudo --preserve-env=HF_TOKEN bash commands.sh.
#    What is downloaded here is what runs until this step is done again: the servers themselves look nothing up.
docker pull "$VLLM_IMAGE"
fetch() {
    docker run --rm --entrypoint hf --env HF_TOKEN --env HF_HUB_DISABLE_TELEMETRY=1 \
        --volume /var/lib/aichatdesk/huggingface:/root/.cache/huggingface "$VLLM_IMAGE" download "$@"
}
if [[ $models == *embedding* ]]; then
    fetch nomic-ai/nomic-embed-text-v1.5 --exclude 'original/*' --exclude 'metal/*' --exclude 'onnx/*'
    # nomic-ai/nomic-embed-text-v1.5 is read by program text from nomic-ai/nomic-bert-2048, which runs in the container
    # (--trust-remote-code): look at it once. What is here now is what runs later, too.
    fetch nomic-ai/nomic-bert-2048 --include '*.py' --include '*.json'
fi
if [[ $models == *chat* ]]; then
    fetch Qwen/Qwen3-30B-A3B-Instruct-2507-FP8 --exclude 'original/*' --exclude 'metal/*' --exclude 'onnx/*'
fi
# Which revisions these are: the list grows, and names what you can go back to.
{ date && find /var/lib/aichatdesk/huggingface/hub -path '*/refs/*' -type f -exec head -v -n 1 {} + && echo; } |
    tee --append /var/lib/aichatdesk/revisions.txt

# 4. The firewall, before any port opens.
install -m 644 firewall.nft /etc/aichatdesk/firewall.nft
install -m 644 aichatdesk-firewall.service /etc/systemd/system/
for model in $models; do install -m 644 "aichatdesk-$model.service" /etc/systemd/system/; done
install -D -m 644 journald-aichatdesk.conf /etc/systemd/journald.conf.d/aichatdesk.conf
docker network inspect aichatdesk >/dev/null 2>&1 ||
    docker network create --opt com.docker.network.bridge.name=br-aichatdesk aichatdesk
systemctl daemon-reload
systemctl restart systemd-journald.service
systemctl enable aichatdesk-firewall.service
systemctl reload-or-restart aichatdesk-firewall.service

# 5. The models, one after the other: each measures the memory that is free when it starts. Each command returns when its
#    model answers; the first start of a large model takes many minutes. To watch: journalctl --follow --unit aichatdesk-chat
#    What ran here before is stopped first, also a model that now runs on another Spark.
for model in chat embedding; do
    [ ! -e "/etc/systemd/system/aichatdesk-$model.service" ] || systemctl disable --now "aichatdesk-$model.service"
done
for model in $models; do systemctl enable "aichatdesk-$model.service"; done
for model in $models; do systemctl start "aichatdesk-$model.service"; done

#    What the units run inside their containers:
#
#     vllm serve nomic-ai/nomic-embed-text-v1.5 \
#         --served-model-name nomic-embed-text-v1.5 \
#         --host 0.0.0.0 --port 8001 \
#         --gpu-memory-utilization 0.028 \
#         --max-model-len 2048 --max-num-seqs 64 \
#         --runner pooling \
#         --trust-remote-code
#
#     vllm serve Qwen/Qwen3-30B-A3B-Instruct-2507-FP8 \
#         --served-model-name qwen3-30b-a3b \
#         --host 0.0.0.0 --port 8000 \
#         --gpu-memory-utilization 0.335 \
#         --max-model-len 16384 --max-num-seqs 16

# 6. Each knows its name and asks for the key.
for model in $models; do
    case $model in chat) port=8000 ;; *) port=8001 ;; esac
    curl -fsS --header @- "http://$LISTEN_ADDRESS:$port/v1/models" <<<"Authorization: Bearer $VLLM_API_KEY"
    echo
done
echo "Now, at the desk: copy VLLM_API_KEY from /etc/aichatdesk/spark.env into desk.env, and run: aichatdesk verify"
