"""What all checks together say, as JSON that stays the same and as lines for people."""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aichatdesk.migration.verify.findings import NO_CHAT, NO_EMBEDDING, OUT_OF_TIME, Result, Verdict
from aichatdesk.migration.verify.target import Target

_SIGNS: dict[Verdict, str] = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL", "skipped": "-   "}


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """All results, in the order in which they were found."""

    chat: Target | None
    embedding: Target | None
    results: tuple[Result, ...]
    seconds: float

    @property
    def failed(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.finding.verdict == "fail")

    @property
    def nothing_answers(self) -> bool:
        """Whether no server that was given could be reached."""
        verdicts = {result.id: result.finding.verdict for result in self.results}
        sides = [
            side
            for side, target in (("chat", self.chat), ("embedding", self.embedding))
            if target is not None
        ]
        return all(
            verdicts[f"{side}.reachable"] == "fail" and verdicts[f"{side}.tls"] == "skipped" for side in sides
        )

    @property
    def complete(self) -> bool:
        """Whether there was time for all checks."""
        return not any(result.finding == OUT_OF_TIME for result in self.results)

    def counts(self) -> dict[Verdict, int]:
        """How many there are of each verdict."""
        found = Counter(result.finding.verdict for result in self.results)
        return {verdict: found[verdict] for verdict in _SIGNS}

    def to_json(self) -> dict[str, Any]:
        """Names and meanings stay; new ones may come."""
        return {
            "version": 1,
            "ok": not self.failed,
            "complete": self.complete,
            "chat": _shown(self.chat),
            "embedding": _shown(self.embedding),
            "seconds": round(self.seconds, 2),
            "counts": self.counts(),
            "checks": [
                {
                    "id": result.id,
                    "title": result.title,
                    "sent": result.sent,
                    "seen": result.finding.seen,
                    "verdict": result.finding.verdict,
                    "remedy": result.finding.remedy,
                    "facts": result.finding.facts,
                    "seconds": round(result.seconds, 3),
                }
                for result in self.results
            ],
        }

    def lines(self) -> Iterator[str]:
        """One line a check, and below it what to change; of a side that was not given, nothing.

        Checks that follow each other and are skipped for the same reason share a line.
        """
        shown = [result for result in self.results if result.finding not in (NO_CHAT, NO_EMBEDDING)]
        for finding, alike in itertools.groupby(shown, key=lambda result: result.finding):
            first, *others = alike
            more = ""
            if finding.verdict == "skipped" and others:
                others, more = [], f" (and so {len(others)} more, to {others[-1].id})"
            for result in (first, *others):
                yield f"{_SIGNS[finding.verdict]}  {result.id:<23} {_printable(finding.seen)}{more}"
                if finding.remedy:
                    yield f"      → {_printable(finding.remedy)}"
        counts = self.counts()
        yield ""
        yield (
            f"{len(self.results)} checks in {self.seconds:.1f} s: {counts['ok']} ok, {counts['warn']} warned, "
            f"{counts['fail']} failed, {counts['skipped']} skipped."
        )


def _shown(target: Target | None) -> dict[str, object] | None:
    """The target without its key, and without a password in the address."""
    if target is None:
        return None
    scheme, _, rest = target.base_url.partition("://")
    host, slash, path = rest.partition("/")
    return {
        "base_url": f"{scheme}://{host.rpartition('@')[2]}{slash}{path}",
        "model": target.model,
        "provider": target.provider,
        "dimensions": target.dimensions,
    }


def _printable(text: str) -> str:
    """One line without what a terminal would obey; some of it was written by the server."""
    return "".join(letter if letter.isprintable() else "�" for letter in " ".join(text.split()))
