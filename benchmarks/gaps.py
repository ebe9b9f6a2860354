"""How near two questions are that mean the same, and two that do not, by the packaged embedding models.

The limits in `inference/profiles.py` (`same_question_from`) come from here. The questions are those of the demo that
its documents do not answer, each alone, and other ways to ask some of them. They are grouped as the desk does it,
in several random orders.
"""

import argparse
import json
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aichatdesk.inference.local.embedding_models import MODELS
from aichatdesk.inference.profiles import embedding_profile
from aichatdesk.knowledge.gap_groups import nearest_group

DATA = Path(__file__).parent.parent / "tests" / "data"
SETS = ("demo_questions.jsonl", "held_out_questions.jsonl")
ORDERS = 20
# Each line is one meaning; the first question of most is in the sets too.
MEANINGS = tuple(
    tuple(question.strip() for question in line.split("|"))
    for line in """
Do you sell gift cards? | can i buy a gift voucher | Hi, I am looking for a gift card for my brother, do you have those?
Is there a discount for students? | do students get a reduced price? | I study at the university, can I get a student discount
Can I trade in my old computer? | do you take old computers in part exchange? | Would you take my old PC back against the price of a new one?
Are there any open jobs at your company? | are you hiring at the moment | I would like to apply for a job with you, are there vacancies?
Can I lease a machine instead of buying it? | is leasing possible? | Do you offer leasing contracts for companies?
Do you offer gift wrapping? | could you wrap it as a present please | Can my order be gift wrapped?
Which colours does the Fernhill Mini come in? | is the mini available in black? | what colors can i get the Mini in
Is there a mobile app for the dashboard? | do you have an iphone or android app | Can our agents use the dashboard in an app on the phone?
Do you have a price list for resellers? | what are your reseller prices | We resell hardware, could you send us your dealer prices?
Is the Fernhill Headset waterproof? | can i wear the headset in the rain | Does the headset survive water?
Does the Fernhill Studio have an HDMI port? | is there hdmi on the studio | Can I connect the Studio to a monitor by HDMI?
Can I run Windows on the Fernhill Rack? | does windows server work on the rack | Is it possible to install Windows on a Rack?
Do you have a shop in Madrid? | is there a store of yours in madrid | Can I visit you somewhere in Madrid?
Do you sell printers? | looking for a laser printer, do you have any? | Are there printers in your range?
Can I insure my machine against theft? | do you offer theft insurance? | What if my machine is stolen, can I buy an insurance for that?
Is there a coupon code that I can use? | do you have a promo code | Any voucher code for first orders?
Does the headset support noise cancelling? | has the headset got active noise cancellation? | how good is the noise cancelling of the headset
how heavy is the headset? | what does the headset weigh | Weight of the Fernhill Headset?
Can I export all chats to an Excel sheet? | export conversations as xlsx? | How do I get all our chats into a spreadsheet?
Are you ISO 27001 certified? Our security officer insists on it. | do you have an iso 27001 certificate | Is Fernhill certified for information security, ISO 27001?
can i split the payment over two credit cards | Is it possible to pay half with one card and half with another? | paying with two cards
Does the Rack have a TPM chip? | is there a tpm 2.0 in the rack server | TPM in the Fernhill Rack?
Can I place an order over the phone? | can i order by telephone? | I would rather order by phone, what number do I call?
are dogs allowed in the showroom | may i bring my dog to your showroom? | Is it ok to come to the showroom with a dog
Do you sell refurbished units? | are there used or refurbished machines? | looking for a second-hand mini, do you sell refurbished ones
Gibt es einen Rabatt für Studierende? | bekommen studenten rabatt | Ich studiere noch, gibt es da einen günstigeren Preis?
Verkauft ihr auch Geschenkgutscheine? | kann ich einen gutschein kaufen | Ich möchte einen Gutschein verschenken, habt ihr so etwas?
Welcher Paketdienst liefert bei euch aus? | mit welchem paketdienst versendet ihr | Kommt das Paket mit DHL oder mit wem?
Habt ihr auch Lautsprecher im Sortiment? | verkauft ihr lautsprecher | Ich suche Lautsprecher, gibt es die bei euch?
Wir wollen 20 Minis kaufen. Gibt es da Mengenrabatt auf die Geräte? | gibt es mengenrabatt | Was kostet ein Mini, wenn wir zwanzig Stück abnehmen, gibt es Nachlass?
¿Venden tarjetas de regalo? | se pueden comprar tarjetas regalo | Busco una tarjeta de regalo para mi hermano, ¿tienen?
¿La Mini trae altavoz incorporado? | tiene altavoces la mini? | ¿Lleva la Mini un altavoz dentro?
¿Tienen un canal de Telegram? | estáis en telegram | ¿Puedo seguiros en Telegram?
¿El manual impreso viene en español? | hay manual en español? | ¿El manual que viene en la caja está en español?
""".strip().splitlines()
)
Vectors = NDArray[np.float32]


def questions() -> list[tuple[str, int]]:
    """Every question with the number of its meaning; those of the sets that nobody asks twice are alone."""
    told = [(question, number) for number, asked in enumerate(MEANINGS) for question in asked]
    known = {question.casefold() for question, _ in told}
    for line in (line for name in SETS for line in (DATA / name).read_text("utf-8").splitlines()):
        question = json.loads(line)
        if question.get("out_of_scope") and question["question"].casefold() not in known:
            told.append((question["question"], len(told)))
    return told


def grouped(vectors: Vectors, order: NDArray[np.intp], limit: float) -> NDArray[np.intp]:
    """For each question, the number of its group."""
    sums: list[Vectors] = []
    group = np.zeros(len(vectors), np.intp)
    for place in order:
        found = nearest_group(vectors[place], sums, limit)
        if found is None:
            found = len(sums)
            sums.append(np.zeros_like(vectors[place]))
        sums[found] = sums[found] + vectors[place]
        group[place] = found
    return group


def rates(vectors: Vectors, meanings: list[int], limit: float) -> tuple[float, float, float]:
    """Of pairs that mean the same, the share in one group; of pairs in one group, the share that do not; groups."""
    chance = np.random.default_rng(0)
    pairs = list(combinations(range(len(meanings)), 2))
    together = wrong = groups = same = 0
    for _ in range(ORDERS):
        group = grouped(vectors, chance.permutation(len(meanings)), limit)
        groups += int(group.max()) + 1
        for one, other in pairs:
            alike = meanings[one] == meanings[other]
            same += alike
            if group[one] == group[other]:
                together, wrong = together + alike, wrong + (not alike)
    return together / same, wrong / max(together + wrong, 1), groups / ORDERS


def main() -> None:
    """Print for each model and side the spread of both kinds of pairs, and what limits make of the questions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--side", choices=["query", "passage"], default="query")
    parser.add_argument("--limits", nargs="+", type=float)
    given = parser.parse_args()
    told = questions()
    meanings = [meaning for _, meaning in told]
    print(f"{len(told)} questions, {len(set(meanings))} meanings")
    for name in given.models:
        model, limit = MODELS[name](), embedding_profile(name).same_question_from
        vectors = model.embed([question for question, _ in told], given.side)
        cosines = vectors @ vectors.T
        same, another = [], []
        for one, other in combinations(range(len(told)), 2):
            (same if meanings[one] == meanings[other] else another).append(float(cosines[one, other]))
        print(
            f"{name} ({given.side}): same {np.percentile(same, 5):.3f} to {max(same):.3f} (median {np.median(same):.3f}), "
            f"another {np.median(another):.3f} (99 %: {np.percentile(another, 99):.3f}, most {max(another):.3f})"
        )
        for tried in given.limits or [limit]:
            found, wrong, groups = rates(vectors, meanings, tried)
            print(f"  from {tried:.3f}: {found:.2f} together, {wrong:.3f} wrong, {groups:.0f} groups")


if __name__ == "__main__":
    main()
