"""HTML to plain text with Markdown headings, lists and table rows."""

from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aichatdesk.core.text import tidy
from aichatdesk.knowledge.domain import Unreadable

_UNSEEN = "script, style, noscript, iframe, template, svg, head > *:not(title), nav, footer, header"
_MAIN = ("main", "article", ".content", ".faq", "#content")
_DEEPEST = 400
_BLOCKS = frozenset(
    """
    p div section article main ul ol table blockquote pre figure form fieldset dl dd dt address
    details summary
    """.split()
)
_FRAMES = {"li": ("\n- ", ""), "tr": ("\n", ""), "td": ("", " | "), "th": ("", " | "), "br": ("\n", "")}
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}


def html_to_text(data: str) -> tuple[str, str]:
    """Return the page's title and its main text; headings are lines that begin with `#`.

    Raises:
        Unreadable: The nesting is deeper than any page needs.
    """
    tree = LexborHTMLParser(data)
    title_node = tree.css_first("title")
    title = title_node.text(strip=True) if title_node else ""
    for node in tree.css(_UNSEEN):
        node.decompose()
    candidates: list[Any] = [*(tree.css_first(place) for place in _MAIN), tree.body]
    root = next((node for node in candidates if node is not None), None)
    if root is None:
        return title, ""
    parts: list[str] = []
    _write(root, parts)
    return title, tidy("".join(parts))


def _write(root: LexborNode, parts: list[str]) -> None:
    """Walk the tree without recursion, so that no page can exhaust the stack."""
    stack: list[tuple[LexborNode | str, int]] = [(root, 0)]
    while stack:
        item, depth = stack.pop()
        if isinstance(item, str):
            parts.append(item)
            continue
        if depth > _DEEPEST:
            raise Unreadable("too_deep", "The page nests its elements too deeply; it was not read.")
        before, after = _frame(item)
        if before is None:
            continue
        parts.append(before)
        stack.append((after, depth))
        children = list(item.iter(include_text=True))
        stack.extend((child, depth + 1) for child in reversed(children))


def _frame(node: LexborNode) -> tuple[str | None, str]:
    """What stands before and after an element's children; None leaves the element out."""
    tag = node.tag or ""
    if tag == "-text":
        return (node.text_content or "").replace("\n", " "), ""
    if tag.startswith("-") or tag == "_comment":
        return None, ""
    if tag in _HEADINGS:
        return f"\n\n{_HEADINGS[tag]} ", "\n\n"
    inside = node.parent.tag if node.parent else ""
    if tag == "p" and inside in {"td", "th", "li"}:
        return "", " "
    return _FRAMES.get(tag, ("\n\n", "\n\n") if tag in _BLOCKS else ("", ""))
