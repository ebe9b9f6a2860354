"""E-mail addresses, links that open something, and secrets: by their form, or by the word before them."""

import re
from collections.abc import Iterator

from aichatdesk.knowledge.personal_spans import PLAIN_LINK, Span

_LETTERS = r"A-Za-z0-9\u00c0-\u024f\u0370-\u04ff"
_LOCAL = rf"(?<![{_LETTERS}.+'’%_-])[{_LETTERS}.+'’%_-]+"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:[{_LETTERS}-]+\.)+[{_LETTERS}-]{{2,}}")
_AT = r"at|arroba|chiocciola|arobase|apenstaartje"
_DOT = r"dot|punkt|point|punto|ponto|punt"
# Written so that machines do not see it: ann (at) example (dot) org.
_SPELLED_DOT = rf"\s?[\[(]\s?(?:{_DOT}|\.)\s?[\])]\s?|\s(?:{_DOT})\s"
_SPELLED_ADDRESS = re.compile(
    rf"{_LOCAL}(?:\s?[\[(]\s?(?:{_AT}|@)\s?[\])]\s?[{_LETTERS}-]+(?:{_SPELLED_DOT}|\.)|\s(?:{_AT})\s[{_LETTERS}-]+(?:{_SPELLED_DOT}))"
    r"[A-Za-z]{2,12}(?:\.[A-Za-z]{2})?(?!\w)",
    re.IGNORECASE,
)

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"“”»\[\]{}]+", re.IGNORECASE)
_LINK_ENDS = ".,;:!?)'’"
_OPENS = re.compile(
    r"://[^/?#]*@|[?&#;/](?:[\w-]*token|session\w*|sid|sig|signature|auth\w*|[\w-]*secret|pass\w*|pwd|otp|jwt|e?-?mail|phone)="
    r"[^&\s]|[?&#](?:\w*code|\w*key|hash|reset|invite|ticket)=[^&\s]{6}|@\w",
    re.IGNORECASE,
)
_OPAQUE = re.compile(
    r"(?<=[/=])(?=[\w-]*\d[\w-]*\d[\w-]*\d)(?=[\w-]*[A-Za-z])(?:\w{20,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w-])"
)

_SECRET_FORMS = re.compile(
    r"(?<!\w)(?:[spr]k[-_][\w-]{16,}|gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|(?:AKIA|ASIA)[0-9A-Z]{16}(?!\w)"
    r"|xox[abeoprs]-[\w-]{10,}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|whsec_\w{16,}|hf_\w{20,}|npm_\w{20,}"
    r"|eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?|[0-9a-fA-F]{32,}(?!\w)"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,8000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?)"
)
_BEARER = re.compile(r"\b(?:Bearer|Basic) ([\w.~+/=-]{12,})")
_LONG_WORD = re.compile(r"(?<![\w+/=])[\w+/]{24,}={0,2}(?![\w+/=])", re.ASCII)

_NAMED = (
    r"(?:pass(?:word|wort|code|phrase|wd)|kennwort|mot de passe|contrase[ñn]a|clave|senha|palavra[- ]passe|wachtwoord"
    r"|pwd|pass|api[ _-]?(?:key|schlüssel|token)|access[ _-]?key|secret|token|key|schlüssel|clé|chiave|chave|sleutel)"
)
_MINE = r"(?P<mine>(?:my|our|mein|unser|mon|notre|mi|mia|nuestra|nostra|minha|nossa|mijn|onze)\s{1,3}(?:[\w-]+\s)?)?"
_IS = r"(?P<is>\s{0,3}(?:[:=]|->|→)\s{0,3}|\s{1,3}(?:is|was|ist|lautet|war|est|es|è|é|=)\s{1,3}:?\s{0,3}|\s{1,3})"
# "of the wifi", where the verb or a colon follows it.
_OF = (
    r"(?:\s(?:for|of|on|to|f[üu]r|zum|zur|vom|von|du|des|de|del|della|pour|para|per|do|da|van|voor)\s(?:[\w-]{1,30}\s){0,2}?"
    r"[\w-]{1,30}(?=\s{0,3}[:=]|\s(?:is|was|ist|lautet|war|est|es|è|é)\s))?"
)
_VALUE = r"(?:[\"“„'‘«](?P<quoted>[^\"”“'’»\n]{2,80})[\"”“'’»]|(?P<bare>[^\s\"“„«»,;]{3,100}))"
_SECRET = re.compile(rf"(?<!\w){_MINE}{_NAMED}{_OF}{_IS}{_VALUE}", re.IGNORECASE)
_NUMBER_IS = r"(?:\s+(?:is|ist|lautet|est|es|è|é)|\s*[:=])"
_PIN = re.compile(
    rf"(?<!\w)(?:(?:pin|tan|otp)(?:[- ]?code)?|code pin|pincode){_NUMBER_IS}?\s+?(\d{{4,8}})(?!\w)"
    rf"|(?<!\w)(?:cvv|cvc)2?(?:[- ]?code)?{_NUMBER_IS}?\s+?(\d{{3,4}})(?!\w)"
    rf"|(?<!error )(?<!status )(?<!zip )(?<!postal )(?<!product )(?<!\w)(?:code|c[óo]digo|codice){_OF}{_NUMBER_IS}\s+?(\d{{4,8}})(?!\w)",
    re.IGNORECASE,
)
_ENDS_SENTENCE = re.compile(r"[.!?]*\s*(?:$|\n)")
_NO_VALUES = frozenset(
    """wrong incorrect invalid expired lost missing gone forgotten reset changed refused rejected locked weak strong short
    long old new same correct right fine secure safe blocked unknown required optional needed empty hidden valid
    falsch ungültig abgelaufen weg vergessen gesperrt richtig korrekt gültig unbekannt nötig leer neu alt sicher
    faux incorrecte invalide expiré oublié perdu refusé bloqué bon valide requis vide nouveau
    incorrecta inválida caducada olvidada perdida bloqueada correcta válida nueva
    sbagliata errata scaduta dimenticata persa bloccata corretta valida nuova
    errada incorreta expirada esquecida correta nova
    onjuist fout verlopen vergeten kwijt geblokkeerd juist geldig nieuw""".split()
)


def find_links(text: str) -> Iterator[Span]:
    """Links; those that carry a name, a token or another key to something are personal, the others plain."""
    for match in _LINK.finditer(text):
        link = match[0].rstrip(_LINK_ENDS)
        opens = _OPENS.search(link) or _OPAQUE.search(link)
        yield Span(match.start(), match.start() + len(link), "link" if opens else PLAIN_LINK)


def find_addresses(text: str) -> Iterator[Span]:
    """E-mail addresses, spelled-out ones too."""
    for pattern in (_ADDRESS, _SPELLED_ADDRESS):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), "e-mail")


def find_secrets(text: str) -> Iterator[Span]:
    """Keys by their form; passwords, tokens and PINs by the word before them."""
    for match in _SECRET_FORMS.finditer(text):
        yield Span(match.start(), match.end(), "secret")
    for match in _BEARER.finditer(text):
        yield Span(*match.span(1), "secret")
    for match in _LONG_WORD.finditer(text):
        if _is_random(match[0]):
            yield Span(match.start(), match.end(), "secret")
    for match in _PIN.finditer(text):
        yield Span(*match.span(match.lastindex or 0), "secret")
    yield from _named_secrets(text)


def _named_secrets(text: str) -> Iterator[Span]:
    place = 0
    while match := _SECRET.search(text, place):
        name = "quoted" if match["quoted"] else "bare"
        start, end = match.span(name)
        if name == "bare":
            end -= len(match["bare"]) - len(match["bare"].rstrip(".,;:?)"))
        if _is_secret(text, match, text[start:end], end):
            yield Span(start, end, "secret")
            place = end
        else:
            # The value may itself be the word that names one: "the password token: x".
            place = max(match.start(name), match.start() + 1)


def _is_secret(text: str, match: re.Match[str], value: str, end: int) -> bool:
    is_word = match["is"].strip() != ""
    if match["quoted"]:
        return is_word
    if _looks_random(value):
        return True
    if not is_word or value.lower() in _NO_VALUES or not value.isalnum():
        return False
    if value.isdigit():
        return len(value) >= 4
    # A plain word is one only where nothing follows it and it is said to be somebody's, or stands after a colon.
    alone = _ENDS_SENTENCE.match(text, end) is not None
    return alone and (match["mine"] is not None or match["is"].strip() in {":", "="})


def _looks_random(value: str) -> bool:
    letters = any(sign.isalpha() for sign in value)
    digits = any(sign.isdigit() for sign in value)
    signs = any(sign in "!@#$%^&*_+=~?§" for sign in value.rstrip("!?"))
    mixed = any(sign.isupper() for sign in value[1:]) and any(sign.islower() for sign in value)
    return len(value) >= 4 and letters and (digits or signs or mixed)


def _is_random(word: str) -> bool:
    """Upper and lower case with several digits: no word of a language, and no tracking number."""
    return (
        any(sign.isupper() for sign in word)
        and any(sign.islower() for sign in word)
        and sum(sign.isdigit() for sign in word) >= 3
    )
