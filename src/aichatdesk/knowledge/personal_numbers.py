"""Numbers that belong to one person: accounts and cards by their check digits, telephones by form and company.

Order numbers, dates, prices and the like have other forms, or a word before them that says what they are.
"""

import re
from collections.abc import Iterator, Sequence

from aichatdesk.knowledge.personal_spans import Span

# Length by country. Source: the IBAN registry of SWIFT (ISO 13616).
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL", 19: "MK SI", 20: "AT BA EE KZ LT LU XK", 21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU", 31: "MT SC",
    }.items()
    for country in countries.split()
}  # fmt: skip
_IBAN_BEGINS = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d{2}(?=[ \u00a0-]?[A-Za-z0-9])")
_BETWEEN = " \u00a0-"

# Digits in groups with up to three separators between two of them.
_RUN = re.compile(r"(?<![A-Za-z0-9_\u00c0-\u024f])\(?\+?\(?\d+(?:[ .\-/()\u00a0\u2011]{1,3}\d+)*")
_GROUP = re.compile(r"\d+")
_MOST_GROUPS = 8

# Which numbers cards begin with, and how many digits those have.
# Source: ISO/IEC 7812 ranges as the card schemes publish them.
_CARDS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|(?:6011|65\d\d|64[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}"
    r"|(?:5[06-8]|6\d)\d{11,17}"
)
_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d(?!\d)|(?:19|20)\d\d([./-])\d{1,2}\2\d{1,2}(?!\d)")
_MONEY = re.compile(r"\s?(?:€|\$|£|EUR\b|USD\b|GBP\b|CHF\b|euros?\b|dollars?\b|%)", re.IGNORECASE)
_NOT_AFTER = re.compile(r"[A-Za-z0-9_\u00c0-\u024f€$£]|,\d|:\d")
_LOOKED_BACK = 40
_PHONE_WORDS = re.compile(
    r"\b(?:tel|phone|mobile|cell|call|ring|text me|whats\s?app|fax|telefon\w*|fon|handy\w*|mobil\w*|ruf\w*|anruf\w*"
    r"|t[ée]l[ée]phon\w*|tél|portable|appel\w*|joignable|tel[ée]fon\w*|móvil|ll[aá]m\w*|cellular\w*|chiam\w*"
    r"|telemóvel|celular|lig\w+|telefoon\w*|bel(?:len)?|erreichbar|nr\.? mobil"
    r"|landline|festnetz\w*|fixe|fijo|fisso|fixo|vaste? lijn|my number|meine nummer|mon num[ée]ro|mi n[úu]mero|mio numero|meu n[úu]mero|mijn nummer)(?!\w)|電話|电话",
    re.IGNORECASE,
)
_ORDER_WORDS = re.compile(
    r"\b(?:order|invoice|ticket|tracking|article|item|part|serial|customer|case|reference|parcel|isbn|ean|sku|model|version"
    r"|bestell\w*|auftrag\w*|rechnung\w*|kunden\w*|sendung\w*|artikel\w*|serien\w*|vorgang\w*|paket\w*|modell"
    r"|commande|facture|suivi|colis|r[ée]f[ée]rence|article|client|dossier|mod[eè]le"
    r"|pedido|factura|seguimiento|env[ií]o|art[ií]culo|referencia|cliente|modelo"
    r"|ordine|fattura|spedizione|articolo|riferimento|pacco|modello"
    r"|encomenda|fatura|rastre\w*|refer[êe]ncia|artigo"
    r"|bestel\w*|factuur\w*|zending\w*|pakket\w*|klant\w*|artikelnummer|kenmerk)(?!\w)|#|注文|订单",
    re.IGNORECASE,
)


def find_ibans(text: str) -> Iterator[Span]:
    """Account numbers of the right length whose check digits fit."""
    for begins in _IBAN_BEGINS.finditer(text):
        length = _IBAN_LENGTHS.get(text[begins.start() : begins.start() + 2].upper())
        if length is None:
            continue
        end, told = _read(text, begins.start(), length)
        if len(told) == length and not text[end : end + 1].isalnum() and _fits_mod_97(told):
            yield Span(begins.start(), end, "IBAN")


def find_numbers(text: str) -> Iterator[Span]:
    """Card and telephone numbers."""
    for run in _RUN.finditer(text):
        groups = [(run.start() + one.start(), run.start() + one.end()) for one in _GROUP.finditer(run[0])]
        first = 0
        while first < len(groups):
            span = _longest(text, groups, first, run.start())
            if span is not None:
                yield span
                first = next((n for n, group in enumerate(groups) if group[0] >= span.end), len(groups))
            else:
                first += 1


def _longest(text: str, groups: Sequence[tuple[int, int]], first: int, run_starts: int) -> Span | None:
    """The longest personal number that begins with this group."""
    start = run_starts if first == 0 else groups[first][0]
    if first and text[start - 1] == "(":
        start -= 1
    for last in range(min(len(groups), first + _MOST_GROUPS) - 1, first - 1, -1):
        end = groups[last][1]
        if _NOT_AFTER.match(text, end):
            continue
        parts = [text[one:other] for one, other in groups[first : last + 1]]
        if _is_card("".join(parts)):
            return Span(groups[first][0], end, "card")
        if _is_phone(text, start, end, parts, is_whole=first == 0 and last == len(groups) - 1):
            return Span(start, end, "phone")
    return None


def _is_card(digits: str) -> bool:
    return bool(_CARDS.fullmatch(digits)) and _fits_luhn(digits)


def _is_phone(text: str, start: int, end: int, parts: Sequence[str], *, is_whole: bool) -> bool:
    told, digits = text[start:end], sum(map(len, parts))
    if not 6 <= digits <= 16 or _DATE.match(told.lstrip("(")) or _MONEY.match(text, end):
        return False
    if "+" in told[:2]:
        return digits >= 8
    has_form = _has_form_of_phone(told, parts, digits)
    may_be = is_whole and "." not in told[:2] and (digits >= 7 or len(parts) > 1)
    if not has_form and not may_be:
        return False
    company = _company(text, start)
    return may_be if company is _PHONE_WORDS else has_form and company is not _ORDER_WORDS


def _has_form_of_phone(told: str, parts: Sequence[str], digits: int) -> bool:
    lengths = tuple(map(len, parts))
    first = parts[0]
    if first.startswith("00"):
        return 10 <= digits <= 15 and first[2:3] != "0"
    if first.startswith("0") and len(first) > 1:
        return (9 if len(parts) > 1 else 10) <= digits <= 12 and (len(first) <= 5 or len(parts) == 1)
    if lengths in {(3, 3, 4), (1, 3, 3, 4)}:
        return parts[-3][0] in "23456789" and (len(parts) == 3 or first == "1")
    if lengths in {(3, 3, 3), (3, 2, 2, 2), (2, 3, 2, 2)}:
        return first[0] in "6789"
    if lengths in {(2, 5, 4), (2, 4, 4)}:
        return told.startswith("(")
    return lengths in {(3, 6), (3, 7)} and first[0] == "3"


def _company(text: str, start: int) -> re.Pattern[str] | None:
    """Which of both kinds of words stands closer before a number, with no other number between."""
    before = text[max(0, start - _LOOKED_BACK) : start]
    places = {
        words: max((one.end() for one in words.finditer(before)), default=-1)
        for words in (_PHONE_WORDS, _ORDER_WORDS)
    }
    closest = max(places, key=lambda words: places[words])
    if places[closest] < 0 or any(sign.isdigit() for sign in before[places[closest] :]):
        return None
    return closest


def _read(text: str, start: int, length: int) -> tuple[int, str]:
    """So many letters and digits, with single separators between them, and where they end."""
    told: list[str] = []
    place = start
    while place < len(text) and len(told) < length:
        sign = text[place]
        if sign.isascii() and sign.isalnum():
            told.append(sign.upper())
        elif sign not in _BETWEEN or text[place - 1] in _BETWEEN:
            break
        place += 1
    return place, "".join(told)


def _fits_mod_97(iban: str) -> bool:
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def _fits_luhn(digits: str) -> bool:
    doubled = [int(one) * (2 if place % 2 else 1) for place, one in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0
