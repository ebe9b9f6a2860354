"""`aichatdesk verify` against servers with one fault each: the fault is named, and nothing else is blamed."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import trustme

from aichatdesk.migration.verify.report import VerifyReport
from aichatdesk.migration.verify.run import verify_endpoints
from aichatdesk.migration.verify.target import Options, Target
from peers import faulty_model_servers as faulty
from peers import odd_model_servers as odd
from peers.healthy_model_server import CHAT_MODEL, EMBEDDING_MODEL, HealthyModelServer

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# Each server, and all that may be said of it.
Faults = list[tuple[type[HealthyModelServer], dict[str, str]]]
CHAT_FAULTS: Faults = [
    (faulty.OtherModel, {"chat.model": "warn"}),
    (faulty.EmbeddingsOnly, {"chat.route": "fail"}),
    (faulty.Redirecting, {"chat.reachable": "fail"}),
    (faulty.WebPage, {"chat.model": "fail"}),
    (faulty.OldVLLM, {"chat.version": "warn"}),
    (faulty.Buffering, {"chat.stream": "fail"}),
    (faulty.NotStreaming, {"chat.stream": "fail"}),
    (faulty.Endless, {"chat.ends": "fail"}),
    (faulty.BreakingOff, {"chat.ends": "fail"}),
    (faulty.WithoutUsage, {"chat.usage": "fail"}),
    (faulty.OverTheLimit, {"chat.stop_reason": "fail"}),
    (faulty.AlwaysStop, {"chat.stop_reason": "fail"}),
    (faulty.DeafToStop, {"chat.stop_words": "fail"}),
    (faulty.ThinkingAloud, {"chat.thoughts": "fail"}),
    (faulty.ThinkingAtOnce, {"chat.thoughts": "fail"}),
    (faulty.WithoutSystem, {"chat.system_prompt": "fail"}),
    (faulty.HeedlessOfSystem, {"chat.system_prompt": "warn"}),
    # A system prompt is among the turns that the desk sends.
    (faulty.RefusingSystem, {"chat.system_prompt": "fail", "chat.roles": "fail"}),
    (faulty.Forgetful, {"chat.memory": "fail"}),
    (faulty.OneTurnOnly, {"chat.roles": "fail"}),
    # What is cut below the desk's prompts is cut beyond them too.
    (faulty.Cutting, {"chat.context": "fail", "chat.overlong": "fail"}),
    (faulty.CuttingLate, {"chat.overlong": "fail"}),
    (faulty.BreakingOnLength, {"chat.overlong": "fail"}),
    (faulty.SmallWindow, {"chat.window": "warn"}),
    (faulty.LooseJson, {"chat.json": "fail"}),
    (faulty.NoJson, {"chat.json": "fail"}),
    (faulty.Mojibake, {"chat.unicode": "fail"}),
    (faulty.Whimsical, {"chat.repeatable": "warn"}),
    (odd.ErrorAsAnswer, {"chat.model": "fail"}),
    (odd.RedirectingQuestions, {"chat.route": "fail"}),
    (odd.Bomb, {"chat.model": "fail"}),
    (odd.RefusingStreams, {"chat.stream": "fail"}),
    (odd.DeadEngine, {"chat.stream": "fail"}),
    (odd.OneLate, {"chat.own_answer": "fail"}),
    (odd.Swapping, {"chat.own_answer": "fail"}),
]
LOAD_FAULTS: Faults = [
    (faulty.Cold, {"chat.cold_start": "warn"}),
    (faulty.SlowSlot, {"chat.slots": "fail"}),
    (faulty.FewSlots, {"chat.slots": "warn"}),
    (faulty.Overwhelmed, {"chat.slots": "fail"}),
    (faulty.Stubborn, {"chat.cancel": "fail"}),
]
EMBEDDING_FAULTS: Faults = [
    (faulty.ChatOnly, {"embedding.route": "fail"}),
    (faulty.OtherModel, {"embedding.model": "warn"}),
    (faulty.QuarterWidth, {"embedding.width": "fail"}),
    (faulty.ZeroQuarter, {"embedding.width": "fail", "embedding.vectors": "fail"}),
    (faulty.AlwaysBase64, {"embedding.vectors": "fail"}),
    (faulty.NeverBase64, {"embedding.base64": "warn"}),
    (faulty.WrongBase64, {"embedding.base64": "warn"}),
    (faulty.NotANumber, {"embedding.finite": "fail"}),
    (faulty.Unnormalised, {"embedding.normalised": "warn"}),
    (faulty.Constant, {"embedding.distinct": "fail"}),
    (faulty.Shuffling, {"embedding.order": "fail"}),
    (faulty.Unnumbered, {"embedding.order": "fail"}),
    (faulty.Noisy, {"embedding.repeatable": "fail"}),
    (faulty.Leaning, {"embedding.single": "warn"}),
    (faulty.UnequalTwins, {"embedding.duplicates": "fail"}),
    (faulty.Confusing, {"embedding.at_once": "fail"}),
    (faulty.WithoutPrefix, {"embedding.prefix": "warn"}),
    (faulty.AsciiOnly, {"embedding.unicode": "fail"}),
    (faulty.ShortSighted, {"embedding.whole": "fail"}),
    (faulty.BreakingOnLongTexts, {"embedding.overlong": "fail"}),
    (faulty.SmallBatches, {"embedding.batch": "fail"}),
    (odd.ErrorAsAnswer, {"embedding.model": "fail"}),
    (odd.RedirectingQuestions, {"embedding.route": "fail"}),
    (odd.Bomb, {"embedding.model": "fail"}),
    (odd.LateVectors, {"embedding.base64": "warn", "embedding.repeatable": "fail"}),
    (odd.MixedWidths, {"embedding.order": "fail"}),
    (odd.NothingButNull, {"embedding.vectors": "fail"}),
]
LOAD = frozenset({"chat.slots", "chat.cancel", "chat.cold_start", "embedding.cold_start"})
CONTENT = frozenset({"chat.thoughts", "chat.context", "chat.overlong"})
QUIET = Options(leave_out=LOAD)
HASTY = Options(leave_out=LOAD, patience=0.1)


def chat_target(server: HealthyModelServer, **how: Any) -> Target:
    return Target(server.base_url, how.pop("model", CHAT_MODEL), **how)


def embedding_target(server: HealthyModelServer, **how: Any) -> Target:
    return Target(server.base_url, how.pop("model", EMBEDDING_MODEL), **how)


def found(report: VerifyReport, verdict: str) -> set[str]:
    return {result.id for result in report.results if result.finding.verdict == verdict}


def troubles(report: VerifyReport) -> dict[str, str]:
    """All that is not well, and the verdict on it; each says what to change."""
    bad = [result for result in report.results if result.finding.verdict in {"warn", "fail"}]
    assert all(result.finding.remedy and result.finding.seen for result in bad)
    return {result.id: result.finding.verdict for result in bad}


async def said_of(
    kind: type[HealthyModelServer],
    expected: dict[str, str],
    verify: Callable[[HealthyModelServer], Awaitable[VerifyReport]],
) -> dict[str, str]:
    """What is said of a server, at up to three looks: what only a busy machine shows is gone at the next."""
    for _ in range(3):
        async with kind() as server:
            said = troubles(await verify(server))
        if said == expected:
            break
    return said


async def misjudged(
    faults: Faults, verify: Callable[[HealthyModelServer], Awaitable[VerifyReport]]
) -> dict[str, dict[str, str]]:
    """What is said of those of whom anything else should be said; several are asked at a time."""
    turn = asyncio.Semaphore(6)

    async def one(kind: type[HealthyModelServer], expected: dict[str, str]) -> dict[str, str]:
        async with turn:
            return await said_of(kind, expected, verify)

    seen = await asyncio.gather(*(one(*fault) for fault in faults))
    return {
        kind.__name__: said for (kind, expected), said in zip(faults, seen, strict=True) if said != expected
    }


@pytest.fixture
async def healthy() -> AsyncIterator[HealthyModelServer]:
    async with HealthyModelServer() as server:
        yield server


async def test_nothing_is_wrong_with_a_healthy_server(healthy: HealthyModelServer):
    for _ in range(3):  # what only a busy machine shows is gone at the next look
        report = await verify_endpoints(chat_target(healthy), embedding_target(healthy))
        if not troubles(report):
            break
    assert troubles(report) == {}
    # What a server on the loopback without TLS cannot show; all else is looked at.
    assert found(report, "skipped") == {
        *("chat.tls", "chat.version", "chat.provider", "chat.window"),
        *("embedding.tls", "embedding.version", "embedding.provider", "embedding.dimensions"),
    }
    assert len(report.results) - len(found(report, "skipped")) >= 25


@pytest.mark.parametrize("kind", [faulty.ThinkingApart, faulty.Alternating, odd.Peculiar, odd.BehindPath])
async def test_what_is_only_unusual_is_no_fault(kind: type[HealthyModelServer]):
    async with kind() as server:
        report = await verify_endpoints(chat_target(server), embedding_target(server), QUIET)
    assert troubles(report) == {}


@pytest.mark.parametrize(
    ("kind", "expected"), [(odd.ThinkingInSilence, {}), (odd.OnePlace, {"chat.slots": "warn"})]
)
async def test_who_thinks_in_silence_or_answers_one_after_the_other_does_not_ignore_those_who_leave(
    kind: type[HealthyModelServer], expected: dict[str, str]
):
    async with kind() as server:
        report = await verify_endpoints(
            chat_target(server), None, Options(at_once=3, leave_out=CONTENT | {"chat.system_prompt"})
        )
    assert troubles(report) == expected


@pytest.mark.long
async def test_a_slow_server_is_judged_whole_and_nothing_is_wrong_with_it():
    async with odd.Slow() as server:
        report = await verify_endpoints(chat_target(server), embedding_target(server))
    assert troubles(report) == {}
    assert report.complete
    assert {"chat.slots", "chat.cancel", "chat.context", "embedding.overlong"} <= found(report, "ok")


async def test_every_fault_of_a_chat_server_is_named_and_nothing_else():
    def verify(server: HealthyModelServer) -> Awaitable[VerifyReport]:
        return verify_endpoints(chat_target(server), None, QUIET)

    assert await misjudged(CHAT_FAULTS, verify) == {}


async def test_every_fault_of_an_embedding_server_is_named_and_nothing_else():
    def verify(server: HealthyModelServer) -> Awaitable[VerifyReport]:
        return verify_endpoints(None, embedding_target(server, provider="ollama"), QUIET)  # smaller batches

    assert await misjudged(EMBEDDING_FAULTS, verify) == {}


@pytest.mark.parametrize(("kind", "expected"), LOAD_FAULTS)
async def test_a_fault_that_only_time_shows_is_named(
    kind: type[HealthyModelServer], expected: dict[str, str]
):
    options = Options(leave_out=(LOAD | CONTENT) - set(expected), patience=0.4)

    def verify(server: HealthyModelServer) -> Awaitable[VerifyReport]:
        return verify_endpoints(chat_target(server), None, options)

    assert await said_of(kind, expected, verify) == expected


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "expected"), [*CHAT_FAULTS, *LOAD_FAULTS, (faulty.LateSlot, {"chat.slots": "fail"})]
)
async def test_a_fault_is_named_and_nothing_else_with_all_checks(
    kind: type[HealthyModelServer], expected: dict[str, str]
):
    async with kind() as server:
        assert troubles(await verify_endpoints(chat_target(server), None)) == expected


async def test_a_name_that_is_not_served_is_told_with_those_that_are(healthy: HealthyModelServer):
    report = await verify_endpoints(
        chat_target(healthy, model="llama3.1:70b"), embedding_target(healthy, model="nomic-ai/nomic-embed")
    )
    assert troubles(report) == {"chat.model": "fail", "embedding.model": "fail"}
    remedies = [result.finding.remedy for result in report.failed]
    assert all("--served-model-name" in remedy for remedy in remedies)
    assert CHAT_MODEL in remedies[0]


@pytest.mark.parametrize(
    ("end", "words"), [("", "Add /v1 to the end of"), ("/v1/embeddings", "Take /embeddings off the end of")]
)
async def test_an_address_with_another_end_is_told_with_what_to_change_in_it(
    healthy: HealthyModelServer, end: str, words: str
):
    address = healthy.base_url.removesuffix("/v1") + end
    report = await verify_endpoints(None, Target(address, EMBEDDING_MODEL))
    assert troubles(report) == {"embedding.route": "fail"}
    assert report.failed[0].finding.remedy.startswith(f"{words} EMBEDDING_BASE_URL")
    # What is to be done is not lost among all that was skipped for it.
    lines = [line for line in report.lines() if "embedding.route failed" in line]
    assert [line.partition("(")[2] for line in lines] == ["and so 18 more, to embedding.overlong)"]


async def test_both_addresses_at_a_port_that_serves_one_model_are_told():
    async with faulty.ChatOnly() as server:
        report = await verify_endpoints(chat_target(server), embedding_target(server), QUIET)
    assert troubles(report) == {"embedding.route": "fail", "endpoints.ports": "fail"}
    assert all("8001" in result.finding.remedy for result in report.failed)


async def test_a_width_that_the_model_does_not_have_is_told(healthy: HealthyModelServer):
    report = await verify_endpoints(None, embedding_target(healthy, dimensions=512))
    assert troubles(report) == {"embedding.width": "fail", "embedding.dimensions": "fail"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [("secret", {}), ("", {"chat.key": "fail"}), ("another", {"chat.key": "fail"})],
)
async def test_a_key_that_is_missing_or_wrong_is_told(given: str, expected: dict[str, str]):
    async with HealthyModelServer(key="secret") as server:
        report = await verify_endpoints(chat_target(server, api_key=given), None, QUIET)
        assert troubles(report) == expected
        assert "secret" not in str(report.to_json())


async def test_a_key_that_nobody_asks_for_is_told(healthy: HealthyModelServer):
    report = await verify_endpoints(chat_target(healthy, api_key="secret"), None, QUIET)
    assert troubles(report) == {"chat.key": "warn"}


@pytest.mark.parametrize(
    ("host", "trusted", "expired", "words"),
    [
        ("127.0.0.1", True, False, None),
        ("127.0.0.1", False, False, "LLM_CA_FILE"),
        ("spark.lan", True, False, "Write a name that the certificate holds"),
        ("127.0.0.1", True, True, "Renew the certificate"),
    ],
)
async def test_each_trouble_with_a_certificate_is_told_apart(
    tmp_path: Any, host: str, trusted: bool, expired: bool, words: str | None
):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    certificate = authority.issue_cert(host, **({"not_after": LONG_AGO} if expired else {}))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    async with HealthyModelServer(certificate=context) as server:
        target = chat_target(server, ca_file=tmp_path / "authority.pem" if trusted else None)
        report = await verify_endpoints(target, None, QUIET)
    if words is None:
        assert troubles(report) == {}
        return
    assert troubles(report) == {"chat.tls": "fail"}
    assert words in report.failed[0].finding.remedy
    assert not report.nothing_answers


async def test_https_at_a_port_without_it_is_told(healthy: HealthyModelServer):
    target = Target(healthy.base_url.replace("http:", "https:"), CHAT_MODEL)
    assert troubles(await verify_endpoints(target, None)) == {"chat.tls": "fail"}


async def test_an_address_where_nothing_is_is_told_as_such():
    target = Target("http://127.0.0.1:9/v1", "any")
    report = await verify_endpoints(target, target)
    assert troubles(report) == {"chat.reachable": "fail", "embedding.reachable": "fail"}
    assert report.nothing_answers


@pytest.mark.parametrize(
    "speaking",
    [odd.endless_headers, odd.dripping_headers, odd.another_protocol, odd.slammed_door, odd.broken_chunks],
)
async def test_what_speaks_no_http_is_told_and_given_up(speaking: odd.Speaking):
    never_ends = speaking is odd.dripping_headers
    async with odd.spoken(speaking) as address:
        report = await verify_endpoints(Target(address, "any"), None, HASTY if never_ends else QUIET)
    assert troubles(report) == {"chat.reachable": "fail"}
    if not never_ends:
        assert "write https://" in report.failed[0].finding.remedy


async def test_too_many_requests_are_blamed_for_whatever_they_broke():
    async with odd.Limited() as server:
        report = await verify_endpoints(chat_target(server), embedding_target(server), QUIET)
    assert {result.id.partition(".")[0] for result in report.failed} == {"chat", "embedding"}
    for result in report.results:
        if result.finding.verdict in {"warn", "fail"}:
            assert "limits how often it may be asked" in result.finding.remedy, result


async def test_numbers_that_no_machine_can_reckon_with_end_nothing():
    async with odd.Absurd() as server:
        report = await verify_endpoints(chat_target(server), embedding_target(server), QUIET)
    assert troubles(report) == {}
    assert {"chat.window", "chat.context", "chat.unicode"} <= found(report, "skipped")


async def test_a_hostile_server_never_holds_the_command_up():
    async def fail_somewhere(kind: type[HealthyModelServer]) -> dict[str, str]:
        async with kind() as server:
            # The one that only drips embeds like a healthy server, which nobody should be hasty with.
            embedding = None if kind is faulty.Dripping else embedding_target(server)
            report = await verify_endpoints(chat_target(server), embedding, HASTY)
        assert report.failed
        assert len({result.id for result in report.results}) == len(report.results) > 45
        return troubles(report)

    hostile = (faulty.Silent, faulty.Dripping, faulty.Huge, faulty.Nonsense)
    silent, dripping, *_ = await asyncio.gather(*map(fail_somewhere, hostile))
    assert silent == {"chat.route": "fail", "embedding.route": "fail", "endpoints.ports": "fail"}
    assert dripping == {"chat.ends": "fail"}
