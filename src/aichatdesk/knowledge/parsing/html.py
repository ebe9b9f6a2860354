"""HTML to plain text with Markdown headings, lists, code blocks and table rows."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aichatdesk.core.text import tidy
from aichatdesk.knowledge.domain import Unreadable

_UNSEEN = frozenset("script style noscript iframe template svg head title nav footer".split())
_MAIN = ("main", "article", ".content", ".faq", "#content")
_MAIN_SHARE = 0.5
_NOTED = frozenset({*_MAIN, "pre"})
_DEEPEST = 400
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
    "pre": ("\n\n```\n", "\n```\n\n"),
}
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}


@dataclass(frozen=True, slots=True)
class _End:
    """Where an element's children are over: what follows them, and what the element was noted for."""

    after: str
    noted: frozenset[str]
    start: int


def html_to_text(data: str) -> tuple[str, str]:
    """Return the page's title and its main text; headings are lines that begin with `#`.

    Raises:
        Unreadable: The nesting is deeper than any page needs.
    """
    tree = LexborHTMLParser(data)
    title_node = tree.css_first("head > title")
    title = " ".join(tidy(title_node.text()).split()) if title_node else ""
    if tree.body is None:
        return title, ""
    parts, places = _written(tree.body)
    whole = tidy("".join(parts))
    mains = (tidy("\n\n".join("".join(parts[span]) for span in places[name])) for name in _MAIN)
    # A part that holds little of the page is one among others, such as a listing in a manual.
    return title, next((main for main in mains if len(main) >= _MAIN_SHARE * len(whole)), whole)


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
            raise Unreadable("too_deep", "The page nests its elements too deeply; it was not read.")
        noted = _names(item) & _NOTED - inside
        inside |= noted
        stack.append(_End(frame[1], noted, len(parts)))
        parts.append(frame[0])
        stack.extend(reversed(list(item.iter(include_text=True))))
    return parts, places


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
