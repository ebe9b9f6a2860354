"""One chat model as an OpenAI-compatible server; runs as a process of its own."""

import argparse
import threading

from aichatdesk.inference.local.lifeline import end_with_parent
from aichatdesk.inference.local.weights import CHAT_MODEL, chat_weights

_SLOTS = 2
_CONTEXT = 4096
_QUIET = 1


def main() -> None:
    """Serve until the parent ends."""
    import xllamacpp

    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    end_with_parent()
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(chat_weights())
    parameters.model_alias = {CHAT_MODEL}
    parameters.hostnames = [given.host]
    parameters.port = given.port
    parameters.n_parallel = _SLOTS
    parameters.n_ctx = _CONTEXT * _SLOTS
    parameters.cpuparams.n_threads = 2
    parameters.cpuparams_batch.n_threads = 2
    parameters.verbosity = _QUIET
    parameters.cache_ram_mib = 0
    server = xllamacpp.Server(parameters)
    threading.Event().wait()
    del server


if __name__ == "__main__":
    main()
