"""The commands that a plan prints, read by the real vLLM's own parser; no model is loaded."""

import json
import os
import subprocess
import textwrap
from collections.abc import Iterator

import pytest
import yaml

from aichatdesk.core.errors import Invalid
from aichatdesk.inference.catalogue.catalogue import load_catalogue
from aichatdesk.migration.plan.make_plan import make_plan
from aichatdesk.migration.plan.question import PlanQuestion
from peers.real_vllm import HOME, require_installed

pytestmark = [pytest.mark.long, pytest.mark.vllm, pytest.mark.timeout(300)]
_READS = """
    import json, sys
    from vllm.entrypoints.launchers.cli_args import make_arg_parser, validate_parsed_serve_args
    from vllm.reasoning import ReasoningParserManager
    from vllm.utils.argparse_utils import FlexibleArgumentParser

    parser = make_arg_parser(FlexibleArgumentParser())
    parser.error = lambda fault: (_ for _ in ()).throw(ValueError(fault))
    known = {"", *ReasoningParserManager.list_registered()}
    faults = {}
    for name, words in json.load(sys.stdin).items():
        try:
            read = parser.parse_args(words)
            validate_parsed_serve_args(read)
            if read.reasoning_parser not in known:
                faults[name] = f"no reasoning parser is called {read.reasoning_parser}"
        except (ValueError, TypeError) as fault:
            faults[name] = str(fault)
    print("FAULTS" + json.dumps(faults))
"""


def commands() -> Iterator[tuple[str, list[str]]]:
    """What follows `vllm serve`, for each model of the catalogue that a plan serves with vLLM."""
    catalogue = load_catalogue()
    questions = [PlanQuestion(model=one.id, engine="vllm") for one in catalogue.chat]
    questions += [PlanQuestion(engine="vllm", embedder=one.id) for one in catalogue.embedders]
    for question in questions:
        try:
            files = make_plan(question).files
        except Invalid:
            continue  # it says that vLLM does not serve it
        if not files:
            continue  # it does not fit
        services = yaml.safe_load(files["compose.yaml"])["services"]
        for side, model in (("chat", question.model), ("embedding", question.embedder)):
            words = [word.replace("$$", "$") for word in services[side]["command"]]
            yield f"{side} {model}", words[words.index("serve") + 1 :]


def test_vllm_understands_every_command_that_a_plan_prints():
    require_installed()
    given = dict(commands())
    assert len(given) >= 20
    done = subprocess.run(
        [str(HOME / "bin/python"), "-c", textwrap.dedent(_READS)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"VLLM_TARGET_DEVICE": "cpu", "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"},
    )
    assert "FAULTS" in done.stdout, done.stderr[-2000:]
    assert json.loads(done.stdout.partition("FAULTS")[2]) == {}
