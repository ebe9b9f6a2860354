"""The process that reads one untrusted file: bytes in, JSON out."""

import json
import sys

from aichatdesk.core.errors import DeskError
from aichatdesk.knowledge.parsing.readers import parse
from aichatdesk.platform.sandbox.run_limited import confine


def main() -> None:
    """Read standard input as the kind of file that the first argument names, perhaps in the charset of the second."""
    confine()
    try:
        parsed = parse(sys.argv[1], sys.stdin.buffer.read(), charset=sys.argv[2])
        result: dict[str, object] = {
            "text": parsed.text,
            "title": parsed.title,
            "sections": [[section.start, section.title] for section in parsed.sections],
        }
    except DeskError as error:
        result = {"refused": error.facts.get("reason", "unreadable"), "sentence": error.message}
    except MemoryError:
        result = {"refused": "too_big", "sentence": "Reading the file takes more memory than is allowed."}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
