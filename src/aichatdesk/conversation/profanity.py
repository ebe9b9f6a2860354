"""Tell swear words in what visitors write, so that people at the desk are warned; nothing is refused for it."""

import re
import unicodedata

# Unmistakable words only: a mild one, or one that is a name or a place somewhere, warns of nothing.
_WORDS = frozenset(
    "fuck fucks fucked fucker fuckers fucking motherfucker motherfuckers motherfucking fuckwit fuckup stfu gtfo "
    "shit shits shitty bullshit shithead asshole assholes arsehole arseholes bitch bitches bastard bastards "
    "cunt cunts wanker wankers twat dickhead dickheads douchebag prick slut whore fck fuk fuq cocksucker "
    "scheisse scheiße arschloch wichser fotze hurensohn ficken missgeburt merde connard connasse salope enculé "
    "putain mierda cabrón puta gilipollas hijoputa coño cazzo stronzo vaffanculo puttana merda caralho foda "
    "fodasse kut klootzak hoer".split()
)
_LOOKS_LIKE = str.maketrans(
    {"1": "i", "!": "i", "3": "e", "4": "a", "@": "a", "0": "o", "$": "s", "5": "s", "*": "u"}
)
_WORD = re.compile(r"[^\W_]+(?:[@$!*]+[^\W_]+)*[$!]?")
_STRETCHED = re.compile(r"(.)\1{2,}")


def is_profane(text: str) -> bool:
    """Whether a word of the text, read as people read disguised spellings, is a swear word."""
    return any(_is_swear_word(match) for match in _WORD.findall(unicodedata.normalize("NFC", text.lower())))


def _is_swear_word(word: str) -> bool:
    plain = _STRETCHED.sub(r"\1", word)
    return bool(
        {word, plain, plain.translate(_LOOKS_LIKE).rstrip("i"), plain.translate(_LOOKS_LIKE)} & _WORDS
    )
