"""The sentences that are ours and not the model's, in the visitor's language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """`quote` frames a verbatim quotation that follows it, `unsure` one that may not answer the question.

    `refusal` says that we do not know, `offer` offers a person.
    """

    greeting: str
    thanks: str
    goodbye: str
    refusal: str
    offer: str
    quote: str
    unsure: str
    handed_over: str

    @property
    def refused(self) -> str:
        """The refusal with its offer."""
        return f"{self.refusal}{'' if self.refusal.endswith('。') else ' '}{self.offer}"


_PHRASES = {
    "en": Phrases(
        "Hello! I am the AI assistant. What would you like to know?",
        "You are welcome. Is there anything else?",
        "Goodbye, and thank you for writing.",
        "I do not have that information.",
        "Would you like to talk to a person?",
        "This is what our documents say:",
        "I am not sure that this answers your question:",
        "I am passing you on to a person, who will answer here.",
    ),
    "de": Phrases(
        "Hallo! Ich bin der KI-Assistent. Was möchten Sie wissen?",
        "Gern geschehen. Kann ich sonst noch helfen?",
        "Auf Wiedersehen und danke für Ihre Nachricht.",
        "Dazu habe ich keine Information.",
        "Möchten Sie mit einem Menschen sprechen?",
        "Das steht dazu in unseren Unterlagen:",
        "Ich bin nicht sicher, ob das Ihre Frage beantwortet:",
        "Ich gebe an einen Menschen weiter, der Ihnen hier antwortet.",
    ),
    "fr": Phrases(
        "Bonjour ! Je suis l'assistant IA. Que souhaitez-vous savoir ?",
        "Avec plaisir. Puis-je vous aider pour autre chose ?",
        "Au revoir et merci de votre message.",
        "Je n'ai pas cette information.",
        "Souhaitez-vous parler à une personne ?",
        "Voici ce que disent nos documents :",
        "Je ne suis pas sûr que ceci réponde à votre question :",
        "Je vous passe une personne, qui vous répondra ici.",
    ),
    "es": Phrases(
        "¡Hola! Soy el asistente de IA. ¿Qué desea saber?",
        "De nada. ¿Puedo ayudarle en algo más?",
        "Hasta luego y gracias por escribir.",
        "No tengo esa información.",
        "¿Quiere hablar con una persona?",
        "Esto dicen nuestros documentos:",
        "No estoy seguro de que esto responda a su pregunta:",
        "Le paso con una persona, que le responderá aquí.",
    ),
    "it": Phrases(
        "Salve! Sono l'assistente IA. Che cosa desidera sapere?",
        "Prego. Posso aiutarla in altro?",
        "Arrivederci e grazie per averci scritto.",
        "Non ho questa informazione.",
        "Vuole parlare con una persona?",
        "Ecco che cosa dicono i nostri documenti:",
        "Non sono sicuro che questo risponda alla sua domanda:",
        "La passo a una persona, che le risponderà qui.",
    ),
    "pt": Phrases(
        "Olá! Sou o assistente de IA. O que gostaria de saber?",
        "De nada. Posso ajudar em mais alguma coisa?",
        "Até logo e obrigado por escrever.",
        "Não tenho essa informação.",
        "Deseja falar com uma pessoa?",
        "Isto é o que dizem os nossos documentos:",
        "Não tenho a certeza de que isto responda à sua pergunta:",
        "Vou passar a conversa a uma pessoa, que responderá aqui.",
    ),
    "nl": Phrases(
        "Hallo! Ik ben de AI-assistent. Wat wilt u weten?",
        "Graag gedaan. Kan ik nog iets voor u doen?",
        "Tot ziens en bedankt voor uw bericht.",
        "Die informatie heb ik niet.",
        "Wilt u met een mens praten?",
        "Dit staat in onze documenten:",
        "Ik weet niet zeker of dit uw vraag beantwoordt:",
        "Ik geef u door aan een mens, die u hier antwoordt.",
    ),
    "pl": Phrases(
        "Dzień dobry! Jestem asystentem AI. Czego chcą się Państwo dowiedzieć?",
        "Proszę bardzo. Czy mogę jeszcze w czymś pomóc?",
        "Do widzenia i dziękuję za wiadomość.",
        "Nie mam takiej informacji.",
        "Czy chcą Państwo porozmawiać z człowiekiem?",
        "Tak mówią nasze dokumenty:",
        "Nie mam pewności, czy to odpowiada na pytanie:",
        "Przekazuję rozmowę człowiekowi, który odpowie tutaj.",
    ),
    "cs": Phrases(
        "Dobrý den! Jsem asistent AI. Co byste rádi věděli?",
        "Není zač. Mohu ještě s něčím pomoci?",
        "Na shledanou a děkuji za zprávu.",
        "Tuto informaci nemám.",
        "Přejete si mluvit s člověkem?",
        "Toto říkají naše dokumenty:",
        "Nejsem si jistý, zda toto odpovídá na vaši otázku:",
        "Předávám vás člověku, který vám odpoví zde.",
    ),
    "sv": Phrases(
        "Hej! Jag är AI-assistenten. Vad vill du veta?",
        "Varsågod. Kan jag hjälpa till med något mer?",
        "Hej då och tack för ditt meddelande.",
        "Den informationen har jag inte.",
        "Vill du prata med en människa?",
        "Så här står det i våra dokument:",
        "Jag är inte säker på att detta svarar på din fråga:",
        "Jag lämnar över till en människa, som svarar dig här.",
    ),
    "tr": Phrases(
        "Merhaba! Ben yapay zekâ asistanıyım. Ne öğrenmek istersiniz?",
        "Rica ederim. Başka bir konuda yardımcı olabilir miyim?",
        "Hoşça kalın, yazdığınız için teşekkürler.",
        "Bu bilgiye sahip değilim.",
        "Bir kişiyle görüşmek ister misiniz?",
        "Belgelerimizde şöyle yazıyor:",
        "Bunun sorunuzu yanıtladığından emin değilim:",
        "Sizi bir kişiye aktarıyorum; size buradan yanıt verecek.",
    ),
    "ru": Phrases(
        "Здравствуйте! Я ИИ-ассистент. Что вы хотите узнать?",
        "Пожалуйста. Могу ли я помочь ещё чем-нибудь?",
        "До свидания и спасибо за сообщение.",
        "У меня нет этой информации.",
        "Хотите поговорить с человеком?",
        "Вот что говорится в наших документах:",
        "Я не уверен, что это отвечает на ваш вопрос:",
        "Передаю вас человеку, он ответит здесь.",
    ),
    "ar": Phrases(
        "مرحبًا! أنا المساعد الذكي. ماذا تريد أن تعرف؟",
        "على الرحب والسعة. هل من شيء آخر؟",
        "إلى اللقاء وشكرًا على رسالتك.",
        "ليست لدي هذه المعلومة.",
        "هل تود التحدث إلى شخص؟",
        "هذا ما تقوله وثائقنا:",
        "لست متأكدًا من أن هذا يجيب عن سؤالك:",
        "سأحوّلك إلى شخص سيجيبك هنا.",
    ),
    "zh": Phrases(
        "您好！我是 AI 助手。您想了解什么？",
        "不客气。还有其他问题吗？",
        "再见，感谢您的来信。",
        "我没有这方面的信息。",
        "您想与人工客服交谈吗？",
        "我们的文档是这样说的：",
        "我不确定这是否回答了您的问题：",
        "我将为您转接人工客服，他们会在这里回复您。",
    ),
    "ja": Phrases(
        "こんにちは。AIアシスタントです。何をお知りになりたいですか。",
        "どういたしまして。ほかにご質問はありますか。",
        "さようなら。ご連絡ありがとうございました。",
        "その情報は持ち合わせておりません。",
        "担当者とお話しになりますか。",
        "資料には次のように書かれています：",
        "ご質問への答えになっているか確かではありませんが、資料には次のようにあります：",
        "担当者におつなぎします。こちらで返信いたします。",
    ),
    "ko": Phrases(
        "안녕하세요! AI 어시스턴트입니다. 무엇이 궁금하신가요?",
        "천만에요. 더 도와드릴 것이 있을까요?",
        "안녕히 가세요. 연락 주셔서 감사합니다.",
        "그 정보는 가지고 있지 않습니다.",
        "상담원과 이야기하시겠습니까?",
        "저희 문서에는 다음과 같이 쓰여 있습니다:",
        "이것이 질문에 대한 답인지 확실하지 않습니다:",
        "상담원에게 연결해 드리겠습니다. 여기에서 답변드립니다.",
    ),
}
LANGUAGES = tuple(_PHRASES)


def phrases(language: str) -> Phrases:
    """Our sentences in a language, English ones where we have none."""
    return _PHRASES.get(language, _PHRASES["en"])
