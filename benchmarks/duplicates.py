"""How near question-and-answer pairs are that say the same, and pairs that only sound alike, by the packaged models.

The limits in `inference/profiles.py` (`duplicate_from`) come from here.
"""

import argparse

from aichatdesk.inference.local.embedding_models import MODELS
from aichatdesk.inference.profiles import embedding_profile

Pair = tuple[str, str]
RETURN, NORWAY, RESET, INVOICE = (
    "Q: How long do I have to return a rack?\nA: You can return it within 30 days of delivery.",
    "Q: Do you ship to Norway?\nA: Yes, shipping to Norway takes 5 working days and costs 12 euros.",
    "Q: How do I reset the machine?\nA: Hold the button on the back for ten seconds until the light blinks.",
    "Q: Can I pay by invoice?\nA: Yes, companies can pay by invoice within 14 days.",
)
RETURN_DE, NORWAY_DE, RESET_DE, INVOICE_DE = (
    "Q: Wie lange kann ich ein Gestell zurückgeben?\nA: Sie können es innerhalb von 30 Tagen nach der Lieferung zurückgeben.",
    "Q: Liefern Sie nach Norwegen?\nA: Ja, die Lieferung nach Norwegen dauert 5 Werktage und kostet 12 Euro.",
    "Q: Wie setze ich das Gerät zurück?\nA: Halten Sie die Taste auf der Rückseite zehn Sekunden lang gedrückt, bis das Licht blinkt.",
    "Q: Kann ich auf Rechnung zahlen?\nA: Ja, Firmen können auf Rechnung zahlen, innerhalb von 14 Tagen.",
)
NORWAY_FR = (
    "Q: Livrez-vous en Norvège ?\nA: Oui, la livraison en Norvège prend 5 jours ouvrés et coûte 12 euros."
)
INVOICE_FR = (
    "Q: Puis-je payer sur facture ?\nA: Oui, les entreprises peuvent payer sur facture sous 14 jours."
)
NORWAY_ES = (
    "Q: ¿Hacen envíos a Noruega?\nA: Sí, el envío a Noruega tarda 5 días laborables y cuesta 12 euros."
)
RESET_ES = "Q: ¿Cómo reinicio el aparato?\nA: Mantenga pulsado el botón trasero diez segundos hasta que la luz parpadee."
RETURN_JA = "Q: 返品はいつまでできますか。\nA: 商品到着後30日以内に返品できます。"

SAME: tuple[Pair, ...] = (
    (RETURN, "Q: until when can i send the rack back?\nA: Within 30 days after you got it."),
    (NORWAY, "Q: is delivery to norway possible\nA: Yes. It takes five working days and costs 12 euros."),
    (
        RESET,
        "Q: My machine hangs, how can I reset it?\nA: Press and hold the back button for 10 seconds, until the light starts blinking.",
    ),
    (
        INVOICE,
        "Q: Is payment by invoice possible?\nA: Companies may pay by invoice, due in 14 days.",
    ),
    (
        RETURN_DE,
        "Q: bis wann kann ich das zurückschicken?\nA: Innerhalb von 30 Tagen, nachdem Sie es erhalten haben.",
    ),
    (
        NORWAY_DE,
        "Q: Ist eine Lieferung nach Norwegen möglich?\nA: Ja. Sie dauert fünf Werktage und kostet 12 Euro.",
    ),
    (
        RESET_DE,
        "Q: Mein Gerät hängt, wie kann ich es zurücksetzen?\nA: Drücken Sie die hintere Taste 10 Sekunden, bis die Leuchte blinkt.",
    ),
    (
        NORWAY_FR,
        "Q: La livraison en Norvège est-elle possible ?\nA: Oui. Elle prend cinq jours ouvrés et coûte 12 euros.",
    ),
    (
        INVOICE_FR,
        "Q: Le paiement sur facture est possible ?\nA: Les entreprises paient sur facture, à 14 jours.",
    ),
    (
        NORWAY_ES,
        "Q: ¿Se puede enviar a Noruega?\nA: Sí. Tarda cinco días laborables y cuesta 12 euros.",
    ),
    (
        RESET_ES,
        "Q: El aparato no responde, ¿cómo lo reinicio?\nA: Pulse el botón de atrás 10 segundos, hasta que parpadee la luz.",
    ),
    (RETURN_JA, "Q: 返品の期限を教えてください。\nA: お届けから30日以内です。"),
)
ANOTHER: tuple[Pair, ...] = (
    (RETURN, "Q: How long is the warranty on a rack?\nA: The warranty lasts three years from delivery."),
    (NORWAY, "Q: Do you ship to Spain?\nA: Yes, shipping to Spain takes 3 working days and costs 9 euros."),
    (RESET, "Q: How do I switch the machine off?\nA: Press the button on the front once."),
    (INVOICE, "Q: Can I pay by credit card?\nA: Yes, we take Visa and Mastercard."),
    (INVOICE, RESET),
    (
        "Q: Where is my order?\nA: It left our store yesterday.",
        "Q: Can I change my order?\nA: You can change it until it is packed.",
    ),
    (
        RETURN_DE,
        "Q: Wie lange habe ich Garantie auf ein Gestell?\nA: Die Garantie gilt drei Jahre ab Lieferung.",
    ),
    (
        NORWAY_DE,
        "Q: Liefern Sie nach Spanien?\nA: Ja, die Lieferung nach Spanien dauert 3 Werktage und kostet 9 Euro.",
    ),
    (
        RESET_DE,
        "Q: Wie schalte ich das Gerät aus?\nA: Drücken Sie einmal die Taste auf der Vorderseite.",
    ),
    (INVOICE_DE, RESET_DE),
    (
        NORWAY_FR,
        "Q: Livrez-vous en Espagne ?\nA: Oui, la livraison en Espagne prend 3 jours ouvrés et coûte 9 euros.",
    ),
    (INVOICE_FR, "Q: Puis-je payer par carte ?\nA: Oui, nous acceptons Visa et Mastercard."),
    (
        INVOICE_FR,
        "Q: Comment réinitialiser l'appareil ?\nA: Maintenez le bouton arrière enfoncé dix secondes.",
    ),
    (NORWAY_ES, "Q: ¿Cuánto dura la garantía?\nA: La garantía dura tres años."),
    (RESET_ES, "Q: ¿Cómo apago el aparato?\nA: Pulse una vez el botón delantero."),
    (RETURN_JA, "Q: 保証期間はどのくらいですか。\nA: お届けから3年間です。"),
    (NORWAY, NORWAY_DE),
)


def main() -> None:
    """Print the spread of both kinds, and what the profile's limit makes of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=list(MODELS))
    for name in parser.parse_args().models:
        model, limit = MODELS[name](), embedding_profile(name).duplicate_from
        same, another = (
            sorted(float(one @ other) for one, other in (model.embed(pair, "passage") for pair in pairs))
            for pairs in (SAME, ANOTHER)
        )
        print(
            f"{name:10} same {same[0]:.2f} to {same[-1]:.2f}, another {another[0]:.2f} to {another[-1]:.2f}; "
            f"from {limit}: {sum(cosine >= limit for cosine in same)} of {len(same)} found, "
            f"{sum(cosine >= limit for cosine in another)} of {len(another)} wrong"
        )


if __name__ == "__main__":
    main()
