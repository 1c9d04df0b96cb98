"""Names of people, where a text says that they are names: "mit barn hedder ...", "my son is called ..."."""

from __future__ import annotations

import re
from functools import lru_cache

# What comes right before a name, by language; one blank stands for any white space.
NAMING = {
    "da": (
        r"(?:mit|vores|min|mine|hendes|hans|deres|et|en|det|den)\ (?:\w+\ ){0,2}?{KIN_DA}\ (?:hedder|hed|kaldes|hedde)",
        r"{KIN_DA}(?:en|et|n|ens|ets|s)?\ (?:hedder|hed|kaldes)",
        r"(?:jeg|hun|han|eleven|pigen|drengen|læreren|pædagogen|lederen|moren|faren)\ (?:hedder|hed|kaldes)",
        r"(?:mit|hans|hendes|barnets|elevens|sønnens|datterens|pigens|drengens)\ (?:for|efter|fulde\ )?navn\ er",
        r"(?:ved\ navn|navnet\ er)",
    ),
    "sv": (
        r"{KIN_SV}\ (?:heter|hette|kallas)",
        r"(?:jag|hon|han|hen|eleven|flickan|pojken|läraren)\ (?:heter|hette|kallas)",
        r"(?:mitt|hans|hennes|barnets|elevens|sonens|dotterns)\ (?:för|efter)?namn\ är",
        r"(?:vid\ namn|namnet\ är)",
    ),
    "en": (
        r"{KIN_EN}\ (?:is|are|was|were)\ (?:called|named)",
        r"(?:he|she|they|i)(?:\ is|\ was|\ are|\ am|['’]s|['’]re|['’]m)\ (?:called|named)",
        r"(?:{KIN_EN}(?:['’]s|s['’])|my|his|her|their)\ (?:(?:first|last|full|sur)\s*)?name(?:\ is|['’]s)",
        r"by\ the\ name\ of",
    ),
    "nb": (
        r"{KIN_DA}\w{0,3}\ (?:mi|min|mitt|vår|vårt)\ heter",
        r"(?:jeg|hun|han)\ heter",
        r"(?:barnet|sønnen|datteren|jenta|gutten)\ heter",
        r"(?:navnet\ mitt|navnet\ hans|navnet\ hennes)\ er",
    ),
    "de": (
        r"(?:kind|sohn|tochter|junge|mädchen|enkel|enkelin|ich|er|sie)\ (?:heißt|heisst|heiße|heisse)",
        r"(?:mein|sein|ihr)\ name\ ist",
    ),
    "uk": (r"мене\ звати", r"мо(?:го|ю|є)\ (?:сина|дочку|доньку|дитину)\ звати", r"мо(?:є|ї)\ ім['’ʼ]я"),
    "pl": (r"mam\ na\ imię", r"nazywam\ się", r"(?:syn|córka|dziecko)\ (?:ma\ na\ imię|nazywa\ się)"),
    "ar": (r"اسمي", r"اسم\ (?:ابني|ابنتي|طفلي|طفلتي)", r"(?:ابني|ابنتي|طفلي|طفلتي)\ (?:اسمه|اسمها)"),
}
KIN_DA = (
    r"(?:barn|børn|søn|sønner|datter|døtre|dreng|drenge|pige|piger|tvilling(?:er)?|barnebarn|plejebarn|bonusbarn|elev"
    r"|bror|søster|mor|far|kone|mand|kæreste|ven|veninde|kollega|lærer|pædagog|leder|nabo|gutt|jente)"
)
KIN_SV = (
    r"(?:barn(?:et)?|barnen|son(?:en)?|söner|dotter(?:n)?|döttrar|pojke|pojk|flicka|tvilling(?:ar)?|barnbarn|fosterbarn"
    r"|bonusbarn|elev|bror|syster|mamma|pappa|fru|man|sambo|kompis|kollega|lärare|chef)"
)
KIN_EN = (
    r"(?:child|children|kid|kids|son|sons|daughter|daughters|boy|girl|twins|grandchild|grandson|granddaughter"
    r"|stepson|stepdaughter|foster\ child|pupil|student|brother|sister|mother|father|wife|husband|partner|colleague"
    r"|teacher|friend)"
)
# What a name with a capital letter may follow right away: "min datter Sofie", "mor til Sofie", "venlig hilsen Sofie".
BESIDE = (
    r"(?:min|mit|mitt|vores|vår|vårt|my|our|mein|meine|unser)\ "
    rf"(?:{KIN_DA}|{KIN_SV}|{KIN_EN}|sohn|tochter|kind)",
    r"(?:mor|far|mormor|farmor|morfar|farfar|forælder|mamma|pappa|förälder)\ till?",
    r"(?:mother|father|mum|mom|dad|parent|grandmother|grandfather)\ (?:of|to)",
    r"(?:hilsen|hilsner|hälsning|hälsningar|mvh|vh|regards|sincerely|yours|grüße|grüßen)",
)
JOINING = r"(?:og|och|and|und|eller|&|і|та|i|و)"
PARTICLE = r"(?:von|van|af|de|da|del|der|el|al|bin|ibn|la|le|abu)"
NAME = r"[^\W\d_](?:\.|[\w'’\-]*)"
CAPITALISED = r"(?-i:[^\W\d_a-zæøåäöüéèßşğıćłńśźż])(?:\.|[\w'’\-]*)"
# What a name that is typed in small letters ends before.
FOLLOWING = (
    "og|i|på|er|som|han|hun|der|den|det|har|går|kan|skal|vil|men|hvad|hvordan|hvornår|til|med|af|at|fra|for|hos|så|om|"
    "fordi|når|ikke|nu|bliver|blir|blev|sidder|slår|græder|"
    "och|är|hon|går|kan|ska|vill|men|vad|hur|när|till|med|av|att|från|för|hos|så|om|inte|nu|blir|sitter|"
    "and|is|in|at|on|who|he|she|has|goes|can|will|but|what|how|when|to|with|of|from|for|not|now|if|does|do|the|a"
)
MARK = "[name]"


def redact_names(text: str) -> str:
    """The text with `[name]` for what it says are names. Too much is taken rather than too little."""
    return _beside().sub(rf"\1{MARK}", _named().sub(rf"\1{MARK}", text))


@lru_cache(maxsize=1)
def _named() -> re.Pattern[str]:
    phrases = "|".join(phrase for group in NAMING.values() for phrase in group)
    phrases = phrases.replace("{KIN_DA}", KIN_DA).replace("{KIN_SV}", KIN_SV).replace("{KIN_EN}", KIN_EN)
    phrases = phrases.replace(r"\ ", r"\s+")
    end = rf"(?:$|[,.;:!?)]|\b(?:{FOLLOWING})\b)"
    first = rf"(?!(?-i:{FOLLOWING})\b){NAME}"
    further = rf"\s+(?:{PARTICLE}\s+)?(?:{CAPITALISED}|(?!(?:{FOLLOWING})\b){NAME}(?=\s*{end}))"
    opening = r"[\s:,–\-\"'„“”«»‘’(]*"
    return re.compile(rf"(\b(?:{phrases})\b{opening}){first}(?:{further}){{0,3}}{_more()}", re.IGNORECASE)


@lru_cache(maxsize=1)
def _beside() -> re.Pattern[str]:
    before = "|".join(BESIDE).replace(r"\ ", r"\s+")
    name = rf"{CAPITALISED}(?:\s+(?:{PARTICLE}\s+)?{CAPITALISED}){{0,3}}"
    return re.compile(rf"(\b(?:{before})[\s,:]+){name}{_more()}", re.IGNORECASE)


def _more() -> str:
    """Further names after the first: ", Bo og Carla"."""
    joined = rf"\s*(?:,|\b{JOINING}\b)\s*(?:\b{JOINING}\b\s*)?"
    return rf"(?:{joined}{CAPITALISED}(?:\s+{CAPITALISED}){{0,2}}){{0,5}}"
