"""Words that say nothing about what is asked: articles, pronouns, auxiliaries, question words."""

_WORDS = {
    "en": """a about after all also am an and any are as at be because been before being but by can could did do does
        doing for from get got had has have having he her here him his how i if in into is it its just let like many
        may me might more most much must my need no not of on once one only or other our out over own please shall she
        should so some such tell than that the their them then there these they this those to too under until up us
        use used using very want was we were what when where which while who whom why will with would you your""",
    "de": """aber alle als also am an auch auf aus bei bin bis bist da damit das dass dein dem den der des die dies
        diese dieser doch du durch ein eine einem einen einer eines er es für gibt hab habe haben hat hatte hier ich
        ihr ihre im in ist ja kann kein keine können könnte man mein meine mich mir mit muss nach nicht noch nur oder
        ohne sehr sein seine sich sie sind so soll um und uns unser unter vom von vor wann war warum was wenn wer wie
        viel viele wir wird wo wurde zu zum zur über""",
    "es": """a al algo como con cual cuando cuanto cuantos cuánto cuántos de del desde donde dónde el ella en entre era
        es esa ese eso esta está están este esto estos fue ha hacer hay la las le les lo los me mi mis muy más no nos o
        para pero por porque puede puedo que quien qué quiero se ser si sin sobre son su sus también te tengo tiene
        tienen tu un una uno unos y ya yo cómo""",
    "fr": """a ai au aux avec avez c ce ces cet cette comme comment d dans de des du elle en est et être eu faire fait il
        ils j je l la le les leur lui ma mais me mes mon n ne nos notre nous on ont ou où par pas peut peux plus pour
        pourquoi qu quand que quel quelle quels qui s sa sans se ses si son sont sur ta te tes ton tout très tu un une
        vos votre vous y à""",
    "it": """a ai al alla anche che chi ci come con cosa cui da dal dalla dei del della delle di dove e ed era essere fa
        gli ha ho i il in io la le lo loro ma mi mia mio nei nel nella no noi non o per perché più posso può quale
        quando quanti quanto questa questo se sei si sono su sua suo tra tu un una uno voi è""",
    "pt": """a ao aos as até com como da das de do dos e ela ele em entre era essa esse esta este eu foi há isso já lhe
        mais mas me meu minha muito na nas no nos nós não o os ou para pela pelo pode por porque posso quais qual quando
        quantos que quem se sem ser seu sua são também te tem tenho um uma você é""",
    "nl": """aan al als bij dan dat de deze die dit doe door dus een en er had heb hebben heeft het hier hoe hoeveel ik
        in is je jij kan kun maar me meer met mij mijn moet na naar niet nog nu of om onder ons ook op over te tot u uit
        uw van veel voor waar waarom wanneer was wat we wel welke werd wie wij wil worden ze zich zij zijn zo zou""",
}
_SETS = {language: frozenset(words.split()) for language, words in _WORDS.items()}


def stop_words(language: str) -> frozenset[str]:
    """The empty words of a language, in lower case; English ones where we have no list."""
    return _SETS.get(language, _SETS["en"])
