"""Messages that need no knowledge: a greeting, thanks, a farewell, or the wish to talk to a person."""

import re
from enum import Enum


class SmallTalk(Enum):
    """What a message without a question in it is about."""

    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    WANTS_PERSON = "wants_person"


_MOST_WORDS = 6
_GREETINGS = """hi|hello|hey|hiya|greetings|good (?:morning|afternoon|evening|day)|hi there|hello there|hey there
    |hallo|guten (?:tag|morgen|abend)|moin|servus|grüß gott|bonjour|bonsoir|salut|coucou|hola|buenos días|buenas tardes
    |buenas|buenas noches|ciao|salve|buongiorno|buonasera|olá|oi|bom dia|boa tarde|boa noite|hoi|goedemorgen|goedemiddag|goedendag
    |dzień dobry|cześć|dobrý den|ahoj|hej|god dag|hejsan|merhaba|selam|günaydın|привет|здравствуйте|добрый день
    |مرحبا|السلام عليكم|你好|您好|こんにちは|おはようございます|안녕하세요|how are you|how's it going|what's up"""
_THANKS = """thanks?|thank you|thank you (?:so|very) much|thanks a lot|many thanks|cheers|thx|ty|great thanks|ok thanks|perfect thanks|that helped|that helps
    |danke|danke schön|dankeschön|vielen dank|merci|merci beaucoup|gracias|muchas gracias|grazie|grazie mille|obrigad[oa]|muito obrigad[oa]
    |dank je|dank u|bedankt|dziękuję|děkuji|tack|tack så mycket|teşekkürler|teşekkür ederim|спасибо|شكرا|谢谢|ありがとう|ありがとうございます|감사합니다"""
_GOODBYES = """bye|goodbye|bye bye|see you|see you later|have a nice day|tschüss|auf wiedersehen|au revoir|adiós|hasta luego|arrivederci|tchau|adeus
    |tot ziens|do widzenia|na shledanou|hej då|hoşça kal|до свидания|مع السلامة|再见|さようなら|안녕히 계세요"""
# Words of approval, alone or before the rest.
_APPROVALS = """ok(?:ay)?|great|perfect|super|cool|nice|fine|good|excellent|wonderful|awesome|got it|all right|alright|prima|toll
    |klasse|alles klar|gut|parfait|génial|d'accord|perfecto|genial|vale|perfetto|va bene|perfeito|ótimo|fijn|świetnie|好的|わかりました"""
_PERSON = re.compile(
    r"\b(?:talk|speak|chat with|connect me|put me through|transfer me|get me)\b.{0,25}\b(?:person|human|agent|someone|somebody|representative|operator|colleague|people)\b"
    r"|\b(?:human|real person|live agent)(?: please)?\s*[.!?]*$|\b(?:i want|i need|can i have|give me) an? (?:human|agent|(?:real )?person)\b"
    r"|\bmit (?:einem|einer) (?:menschen|mitarbeiter|mitarbeiterin|person|echten \w+)\b.{0,20}(?:sprechen|reden|chatten)?"
    r"|\bparler (?:à|avec) (?:une? )?(?:personne|humain|conseiller|agent|quelqu)"
    r"|\bhablar con (?:una? )?(?:persona|humano|agente|alguien)|\bparlare con (?:una? )?(?:persona|operatore|umano|qualcuno)"
    r"|\bfalar com (?:uma? )?(?:pessoa|atendente|humano|alguém)|\bmet een (?:mens|medewerker)\b"
    r"|人工客服|转人工|担当者(?:と|に)|オペレーター|상담원",
    re.IGNORECASE,
)
_FILLER = r"(?:\s+(?:there|everyone|all|team|again|you|sir|madam|zusammen|à tous|a todos|please))?"


def _pattern(words: str) -> re.Pattern[str]:
    choices = "|".join(word.strip() for word in words.split("|"))
    return re.compile(rf"(?:{choices}){_FILLER}", re.IGNORECASE)


_ALONE = (
    (SmallTalk.GREETING, _pattern(_GREETINGS)),
    (SmallTalk.THANKS, _pattern(_THANKS)),
    (SmallTalk.GOODBYE, _pattern(_GOODBYES)),
)
_APPROVAL = re.compile(
    rf"(?:(?:{'|'.join(word.strip() for word in _APPROVALS.split('|'))})(?!\w)\s*)+", re.IGNORECASE
)
_BETWEEN = re.compile(r"[\s,.!?;:¡¿。！？、،؟…🙂😊👋🙏-]+")


def small_talk(message: str) -> SmallTalk | None:
    """What kind of small talk a message is, if it is nothing else."""
    if _PERSON.search(message):
        return SmallTalk.WANTS_PERSON
    bare = _BETWEEN.sub(" ", message).strip()
    if not bare or len(bare.split()) > _MOST_WORDS:
        return None
    return _kind_of(bare) or _kind_of_parts(message)


def _kind_of(text: str) -> SmallTalk | None:
    """The kind of one phrase; approval counts as thanks, and before another phrase as nothing."""
    if _APPROVAL.fullmatch(text):
        return SmallTalk.THANKS
    for kind, pattern in _ALONE:
        if pattern.fullmatch(text):
            return kind
    approved = _APPROVAL.match(text)
    return _kind_of(text[approved.end() :]) if approved and approved.end() else None


def _kind_of_parts(message: str) -> SmallTalk | None:
    """The kind of the last phrase, if every one of several is small talk."""
    parts = [part.strip() for part in re.split(r"[,.!?;:。！？、]+", message) if part.strip()]
    kinds = [_kind_of(part) for part in parts]
    return kinds[-1] if len(kinds) > 1 and all(kinds) else None
