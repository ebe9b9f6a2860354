"""Whether anything answers at an address, whom it trusts, and which release it is."""

import re
import ssl

from aichatdesk.core.errors import Unavailable
from aichatdesk.inference.profiles import ProviderProfile, provider_profile
from aichatdesk.migration.verify.bench import Bench
from aichatdesk.migration.verify.findings import Check, Finding, Side, fail, ok, skipped, warn
from aichatdesk.migration.verify.raw import NoReply, Reply
from aichatdesk.migration.verify.server_kind import find_kind

# Before it, an address in a request could make vLLM fetch from inside the network (CVE-2026-24779).
_OLDEST_VLLM = (0, 14, 1)
_EXPIRED, _WRONG_HOST = 10, frozenset({62, 64})  # OpenSSL's numbers; 64 is of an IP address
_WRONG_KEY = "aichatdesk-verify-wrong-key"
_BAD_REQUEST, _NO_ENTRY = 400, frozenset({401, 403})


def connection_checks(side: str) -> tuple[Check[Bench], ...]:
    """The checks of the way to one side's server."""
    return (
        Check(f"{side}.tls", "The certificate can be trusted", "GET /models", check_tls),
        Check(
            f"{side}.reachable",
            "A server answers at the address",
            "GET /models",
            check_reachable,
            needs=(f"{side}.tls",),
        ),
        Check(
            f"{side}.version",
            "The server's release is not one with known holes",
            "GET /version, /api/version, /props",
            check_version,
            needs=(f"{side}.reachable",),
        ),
        Check(
            f"{side}.key",
            "The key is accepted, and nobody gets in without one",
            "the smallest request with the key, without one, and with a wrong one",
            check_key,
            needs=(f"{side}.reachable",),
            seconds=45,
        ),
        Check(
            f"{side}.provider",
            "The desk knows which kind of server it speaks to",
            "nothing more",
            check_provider,
            needs=(f"{side}.reachable",),
        ),
    )


async def check_tls(bench: Bench) -> Finding:
    """Ask once; what is wrong with the connection is kept for the next check."""
    try:
        bench.listing = await bench.raw.get(bench.raw.base_url + "/models", seconds=8)
    except NoReply as error:
        bench.connection_fault = error
        if error.certificate is not None:
            return _certificate_fault(bench, error.certificate)
        return skipped("no connection was made")
    if not bench.target.base_url.startswith("https:"):
        return skipped("plain HTTP is used: whoever can listen on this network can read along")
    return ok("the certificate is valid for this host")


def _certificate_fault(bench: Bench, error: ssl.SSLError) -> Finding:
    host = bench.target.base_url.split("/")[2].rpartition("@")[2]
    if not isinstance(error, ssl.SSLCertVerificationError):
        return fail(
            f"the port does not speak TLS ({error.reason or error})",
            f"Write http:// in {bench.settings}_BASE_URL, or put a TLS proxy before the model server.",
        )
    seen = f"the certificate is refused: {error.verify_message}"
    if error.verify_code == _EXPIRED:
        return fail(seen, "Renew the certificate on the model server; check the clocks of both machines too.")
    if error.verify_code in _WRONG_HOST:
        return fail(
            seen,
            f"Write a name that the certificate holds into {bench.settings}_BASE_URL, or make a certificate for {host}.",
        )
    return fail(
        seen,
        "Put the certificate of the authority that signed it into a file and name that in LLM_CA_FILE "
        "(here: --ca-file).",
    )


async def check_reachable(bench: Bench) -> Finding:
    """Judge what `check_tls` has seen."""
    if bench.listing is None:
        if bench.connection_fault is not None and bench.connection_fault.is_other:
            return fail(
                f"{_shown(bench)}: something is there, but it does not speak HTTP ({bench.connection_fault})",
                f"Correct the port in {bench.settings}_BASE_URL; if the server speaks TLS there, write https://.",
            )
        return fail(
            f"{_shown(bench)}: {bench.connection_fault}",
            f"Start the model server, let the firewall pass this machine, or correct {bench.settings}_BASE_URL. "
            "vLLM listens on port 8000 unless told otherwise, Ollama on 11434; both on 127.0.0.1 or all addresses "
            "as `--host` and OLLAMA_HOST say.",
        )
    if bench.listing.is_redirect:
        return redirected(bench, bench.listing)
    if bench.listing.status == _BAD_REQUEST and "https" in bench.listing.words.lower():
        return fail(
            f"{bench.listing.status}: {bench.listing.words}",
            f"The port speaks TLS: write https:// in {bench.settings}_BASE_URL.",
        )
    bench.kind = await find_kind(bench.raw, bench.listing, bench.target.model)
    return ok(f"it answers {bench.listing.status} after {bench.listing.seconds * 1000:.0f} ms")


def redirected(bench: Bench, reply: Reply) -> Finding:
    """What to say of a reply that sends the desk elsewhere."""
    return fail(
        f"it redirects ({reply.status}) to {reply.headers.get('location', 'nowhere')[:200]}",
        f"The desk follows no redirects: write the final address into {bench.settings}_BASE_URL.",
    )


async def check_version(bench: Bench) -> Finding:
    """Only vLLM's advisories are known here by release."""
    kind = bench.kind
    if kind.provider != "vllm":
        return skipped(f"only releases of vLLM are judged; this is {_kind_name(bench)}")
    numbers = tuple(int(part) for part in re.findall(r"\d{1,9}", kind.version)[:3])
    if numbers and numbers < _OLDEST_VLLM:
        return warn(
            f"vLLM {kind.version}",
            f"Update vLLM to {'.'.join(map(str, _OLDEST_VLLM))} or later (CVE-2026-24779), best to the newest release, "
            "and let no machine but the desk reach the port.",
        )
    return ok(f"vLLM {kind.version}")


async def check_key(bench: Bench) -> Finding:
    """Compare the answers with the key, with none, and with a wrong one."""
    variable = f"{bench.settings}_API_KEY"
    try:
        mine = await bench.first_reply()
    except Unavailable as error:
        return skipped(f"the model gave no answer: {error}")
    if mine.status in _NO_ENTRY:
        given = "is refused" if bench.target.api_key else "is required, and none was given"
        return fail(
            f"{mine.status}: a key {given}; {mine.words}",
            f"Set {variable} to the key that the server was started with (vLLM: `--api-key` or VLLM_API_KEY). If a proxy "
            "before it says this, let it pass this machine.",
        )
    if not mine.is_success:
        return skipped(f"the model's first answer was {mine.status}, so nothing can be said about keys")
    if bench.target.api_key:
        return await _with_other_keys(bench)
    if bench.on_this_machine:
        return ok("no key is asked for, and the server is on this machine")
    return warn(
        "no key is asked for: anybody who reaches the port may ask",
        f"Start the server with a key (vLLM: `--api-key`) and set {variable}; with Ollama, which has no keys, let the "
        "firewall pass only the desk.",
    )


async def _with_other_keys(bench: Bench) -> Finding:
    for key, how in (("", "without any key"), (_WRONG_KEY, "with a wrong key")):
        reply = await bench.raw.post(bench.path, bench.smallest(), seconds=15, key=key)
        if reply.status not in _NO_ENTRY:
            return warn(
                f"it also answers {how} ({reply.status}): anybody who reaches the port may ask",
                "Start the server with the key (vLLM: `--api-key`), or put a proxy that asks for it before the server "
                "(Ollama has no keys), and let the firewall pass only the desk.",
            )
    return await _side_entrance(bench)


async def _side_entrance(bench: Bench) -> Finding:
    """vLLM asks for the key under /v1 alone, and gives the same answers at a route of another name."""
    seen = "the key is accepted; without it and with a wrong one there is no answer"
    if bench.kind.provider != "vllm":
        return ok(seen)
    route = "/invocations"
    reply = await bench.raw.post(bench.raw.root + route, bench.smallest(), seconds=15, key="")
    if not reply.is_success:
        return ok(seen)
    seen = f"the key is asked for under /v1, but {route} answers without one"
    if bench.on_this_machine:
        return ok(f"{seen}; the server is on this machine")
    return warn(
        f"{seen}: anybody who reaches the port may ask",
        "vLLM's key guards /v1 only. Let the firewall pass only the desk, or put a proxy before vLLM that passes nothing "
        "but /v1.",
    )


async def check_provider(bench: Bench) -> Finding:
    """Compare the provider that is set with the server that was found."""
    variable, given, found = f"{bench.settings}_PROVIDER", bench.target.provider, bench.kind.provider
    if not found:
        return skipped("the server does not show which kind it is")
    told = {"concurrency": bench.target.concurrency, "context_tokens": bench.target.context_tokens}
    seen = f"this is {_kind_name(bench)}"
    fitting, used = provider_profile(found, **told), provider_profile(given, **told)
    if {used.name, found} <= {"local", "llamacpp"} or used.name == found:
        return ok(seen)
    alike, keeps = _difference(bench.side, fitting, used)
    if not alike and (given or bench.target.is_set):
        return warn(
            f"{seen}, and {variable} is {given or 'not set'}",
            f"Set {variable}={found}: the desk then {keeps}.",
        )
    return ok(f"{seen}; {variable}={found} fits it")


def _difference(side: Side, fitting: ProviderProfile, used: ProviderProfile) -> tuple[bool, str]:
    """Whether two kinds of server are spoken to alike at this side, and what the desk does at the fitting one."""
    if side == "chat":
        return (
            (fitting.context_tokens, fitting.concurrency) == (used.context_tokens, used.concurrency),
            f"keeps to {fitting.concurrency} requests at once and {fitting.context_tokens} tokens in a prompt",
        )
    cuts = ", and has longer ones cut where the server would refuse them" if fitting.embedding_options else ""
    return (
        (fitting.embedding_batch_size, fitting.embedding_options)
        == (used.embedding_batch_size, used.embedding_options),
        f"sends {fitting.embedding_batch_size} texts at once{cuts}",
    )


def _kind_name(bench: Bench) -> str:
    names = {
        "vllm": "vLLM",
        "ollama": "Ollama",
        "llamacpp": "llama.cpp",
        "local": "a packaged model",
        "": "none known",
    }
    return f"{names[bench.kind.provider]} {bench.kind.version}".strip()


def _shown(bench: Bench) -> str:
    """The address without a password in it."""
    scheme, _, rest = bench.target.base_url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
