"""HTML to plain text with Markdown headings, lists, code blocks and table rows."""

import re
from dataclasses import dataclass
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aichatdesk.knowledge.domain import Unreadable
from aichatdesk.knowledge.parsing.legible import legible

_UNSEEN = frozenset("script style noscript iframe template svg head title nav footer".split())
_MAIN = ("main", "article", ".content", ".faq", "#content")
_MAIN_SHARE = 0.5
_NOTED = frozenset({*_MAIN, "pre"})
_DEEPEST = 400
# The parser's time grows with the square of the depth, so it never sees what is far beyond any page.
_DEEPEST_UNPARSED = 5000
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^<>]*?(/?)>", re.IGNORECASE)
_NEVER_CLOSED = frozenset(
    """
    area base br col embed hr img input link meta param source track wbr
    body colgroup dd dt head html li optgroup option p rp rt tbody td tfoot th thead tr
    """.split()
)
_BLOCKS = frozenset(
    """
    p div section article main ul ol table blockquote figure form fieldset dl dd dt address
    details summary
    """.split()
)
_FRAMES = {
    "li": ("\n- ", ""),
    "tr": ("\n", ""),
    "td": ("", " | "),
    "th": ("", " | "),
    "br": ("\n", ""),
    "option": (" ", " "),
    "button": (" ", " "),
    "pre": ("\n\n```\n", "\n```\n\n"),
}
_CELLS = frozenset({"td", "th"})
_LONGEST_LINE_OF_CELL = 300
_IN_LINES = re.compile(r"^#|^```| \| $", re.MULTILINE)
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}


@dataclass(frozen=True, slots=True)
class _End:
    """Where an element's children are over: what follows them, and what the element was noted for."""

    tag: str
    after: str
    noted: frozenset[str]
    start: int


def html_to_text(data: str) -> tuple[str, str]:
    """Return the page's title and its main text; headings are lines that begin with `#`.

    Raises:
        Unreadable: The nesting is deeper than any page needs.
    """
    if _open_at_once(data) > _DEEPEST_UNPARSED:
        raise _too_deep()
    tree = LexborHTMLParser(data)
    title_node = tree.css_first("head > title")
    title = " ".join(legible(title_node.text()).split()) if title_node else ""
    if tree.body is None:
        return title, ""
    parts, places = _written(tree.body)
    whole = legible("".join(parts))
    mains = (legible("\n\n".join("".join(parts[span]) for span in places[name])) for name in _MAIN)
    # A part that holds little of the page is one among others, such as a listing in a manual.
    return title, next((main for main in mains if len(main) >= _MAIN_SHARE * len(whole)), whole)


def _open_at_once(data: str) -> int:
    """About how many elements are open at once; those that need no end are left out, closed or not."""
    steps = (
        -1 if closes else 1
        for closes, name, closes_itself in _TAG.findall(data)
        if not closes_itself and name.lower() not in _NEVER_CLOSED
    )
    return max(accumulate(steps), default=0)


def _too_deep() -> Unreadable:
    return Unreadable("too_deep", "The page nests its elements too deeply; it was not read.")


def _written(root: LexborNode) -> tuple[list[str], dict[str, list[slice]]]:
    """The text in parts, and which of them are inside the outermost elements of each noted name.

    It walks the tree without recursion, so that no page can exhaust the stack.
    """
    parts: list[str] = []
    places: dict[str, list[slice]] = {name: [] for name in _NOTED}
    inside: frozenset[str] = frozenset()
    stack: list[LexborNode | _End] = [root]
    depth = 0
    while stack:
        item = stack.pop()
        if isinstance(item, _End):
            depth -= 1
            if item.tag in _HEADINGS or item.tag in _CELLS:
                _put_in_one_line(parts, item)
            parts.append(item.after)
            inside -= item.noted
            for name in item.noted:
                places[name].append(slice(item.start, len(parts)))
            continue
        frame = _frame(item, inside)
        if frame is None:
            continue
        depth += 1
        if depth > _DEEPEST:
            raise _too_deep()
        noted = _names(item) & _NOTED - inside
        inside |= noted
        stack.append(_End(item.tag or "", frame[1], noted, len(parts)))
        parts.append(frame[0])
        stack.extend(reversed(list(item.iter(include_text=True))))
    return parts, places


def _put_in_one_line(parts: list[str], element: _End) -> None:
    """A heading, or a cell that holds no more than a line; the number of parts stays as it is."""
    before, *inner = parts[element.start :]
    text = "".join(inner)
    line = " ".join(text.split())
    if element.tag in _CELLS and (len(line) > _LONGEST_LINE_OF_CELL or _IN_LINES.search(text)):
        return
    kept = before + line if line or element.tag in _CELLS else ""
    parts[element.start :] = [kept, *[""] * len(inner)]


def _names(node: LexborNode) -> frozenset[str]:
    """By what a style sheet could select an element: its tag, classes and id."""
    attributes = node.attributes
    classes = (attributes.get("class") or "").split()
    return frozenset({node.tag or "", f"#{attributes.get('id')}", *(f".{name}" for name in classes)})


def _frame(node: LexborNode, inside: frozenset[str]) -> tuple[str, str] | None:
    """What stands before and after an element's children; None leaves the element out."""
    tag = node.tag or ""
    if tag == "-text":
        text = node.text_content or ""
        return (text if "pre" in inside else text.replace("\n", " ")), ""
    if tag in _UNSEEN or tag.startswith(("-", "_")):
        return None
    if tag == "header":
        # A page's header names the site, an article's header its own subject.
        return ("\n\n", "\n\n") if inside & {"main", "article"} else None
    if tag in _HEADINGS:
        return f"\n\n{_HEADINGS[tag]} ", "\n\n"
    above = node.parent.tag if node.parent else ""
    if tag == "p" and above in {"td", "th", "li"}:
        return "", " "
    return _FRAMES.get(tag, ("\n\n", "\n\n") if tag in _BLOCKS else ("", ""))
