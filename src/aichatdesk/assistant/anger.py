"""Whether a message sounds angry: by words of the desk's languages, capitals and exclamation marks."""

import re

_WORDS = """
    angry furious outrageous ridiculous unacceptable disgusting scam scammers fraud ripoff useless worst horrible terrible
    pathetic disgrace incompetent lawyer sue nightmare appalling bullshit fuck fucking shit damn
    wütend sauer unverschämt unverschämtheit frechheit unfassbar inakzeptabel betrug betrüger abzocke katastrophe
    saftladen anwalt schlimmste miserabel scheiße verdammt skandal
    furieux furieuse colère inacceptable scandaleux honteux honte arnaque escroquerie escrocs inadmissible avocat
    merde putain catastrophique
    furioso furiosa enfadado enfadada enojado indignado indignada inaceptable vergüenza estafa estafadores timo fraude
    pésimo pésima abogado mierda ridículo
    furibondo arrabbiato arrabbiata inaccettabile vergogna vergognoso truffa truffatori pessimo pessima schifo avvocato
    merda ridicolo scandaloso
    irritado irritada inaceitável vergonha burla péssimo péssima advogado lixo revoltado
    woedend boos kwaad schandalig onacceptabel oplichting oplichters waardeloos belachelijk advocaat verschrikkelijk
    klote verdomme
"""
_ANGRY = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(set(_WORDS.split())))})(?!\w)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SHOUTED = re.compile(r"!{3,}|[!?]{4,}")
_FEWEST_LOUD_WORDS = 4
_LOUD_SHARE = 0.7


def sounds_angry(message: str) -> bool:
    """Told by whole words; one word in capitals or one exclamation mark is no anger."""
    return bool(_ANGRY.search(message) or _SHOUTED.search(message)) or _is_loud(message)


def _is_loud(message: str) -> bool:
    """Most of several words are in capitals, of a script that has them."""
    words = _WORD.findall(message)
    loud = [word for word in words if word.isupper()]
    return len(loud) >= _FEWEST_LOUD_WORDS and len(loud) >= _LOUD_SHARE * len(words)
