"""Does a question lean on the ones before it? Told by its words, in the languages people ask in."""

from __future__ import annotations

import re

# What a follow-up begins with: "and ...", "what about ...", "hvad så med ...".
OPENINGS = re.compile(
    r"""^\W*(?:
        (?:og|men|så|eller|hvad\ så|hvad\ med|hva\ med|hva\ så|hva\ da\ med|endnu|ogsaa|også)\b
      | (?:och|men|så|eller|hur\ är\ det\ med|hur\ blir\ det\ med|vad\ gäller\ för|då)\b
      | (?:and|but|or|so|then|what\ about|how\ about|also)\b
      | (?:und|aber|oder|wie\ ist\ es\ mit|was\ ist\ mit)\b
      | (?:а|і|й|та|але|чи|а\ що|що\ до|и|но)\b
      | (?:و|ماذا\ عن|لكن|أو)
      | (?:a|i)\ (?:co|jak|gdzie|kiedy|kto|czy|czym|dlaczego|dla|w|we|z|ze|na|o|u)\b
      | (?:ale|albo|co\ z)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# Words that point back at something named earlier; "den" and "das" before what they name do not.
POINTERS = re.compile(
    r"""\b(?:
        den(?!\ \w+[ea]\b)|det\ samme|dem|de\ andre|den\ anden|det\ andet|den\ der|disse|denne|dette|deres
      | der(?:for|til|om)|dem|dom|den\ andra|det\ andra|dessa|deras|samma
      | it|they|them|those|these|this|that|the\ other\ one|the\ others|its|their
      | das(?-i:(?!\ [A-ZÄÖÜ]))|sie|diese|dieser|davon|dazu
      | це|цей|ця|ці|вони|їх|він|вона|інші
      | هم|هي|هو|هذا|هذه|ذلك|تلك
      | oni|tego|tym|nich|nimi
    )\b
      | \bde\W*$  # "När hölls de?", but not "de tre værdier"
      # English and German have these words too.
      | ^\W*(?:co|czy|jak|dlaczego|kto|gdzie)\b.*\b(?:to|ten|ta|te|one|ich)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
WORD = re.compile(r"\w+")
SHORT_WORDS = 5
"""A question of so few words that points back has nothing of its own to search for."""
OPENED_WORDS = 9
"""One that begins like a follow-up may be a little longer."""


def leans_on_earlier(question: str) -> bool:
    """Is the question elliptic: a short one that begins with "and", or points back with "it" or "them"?"""
    count = len(WORD.findall(question))
    if OPENINGS.search(question) and count <= OPENED_WORDS:
        return True
    return bool(POINTERS.search(question)) and count <= SHORT_WORDS
