"""Closed classes: the words that hold sentences together, by tag.

Tags: D determiner, S possessive, Q quantifier, P preposition, C conjunction, W subordinator (opens a condition),
T relative, M modal, A auxiliary, X negation, O pronoun, F to-infinitive mark, R adverb, U number word.
"""

from __future__ import annotations

from autocoder.readers.rules.lexicon.words import listed, words

_TAGS: dict[str, str] = {
    "D": "a an the this these that those such",
    "S": "my your his her its our their own whose 's",
    "Q": "all any each every no some several many few both either neither another other same only",
    "P": "of in on at by for from with without within into onto over under below above after before between through "
    "via per as about against among during since until till beyond except toward towards inside outside behind than "
    "like alongside across upon plus unlike including excluding",
    "C": "and or but nor",
    "W": "if when whenever unless while because although though whereas provided where so",
    "T": "which who whom",
    "M": "can may might must should shall will would could cannot can't mustn't shouldn't won't needn't",
    "A": "is are was were be been being am isn't aren't wasn't weren't do does did don't doesn't didn't",
    "V": "has have had having hasn't haven't",
    "X": "not never n't",
    "O": "i you he she it we they me him them us himself herself itself themselves anyone anybody everyone everybody "
    "someone somebody nobody none nothing everything something one there",
    "F": "to",
    "R": "also then too again always often together away back here now just still even however therefore thus hence "
    "simply easily up out down off once twice immediately automatically additionally optionally later early first "
    "please last ago forever elsewhere instead otherwise respectively",
    "U": "zero two three four five six seven eight nine ten eleven twelve fifteen twenty thirty fifty hundred thousand "
    "million half",
}

SUBORDINATORS: dict[str, str] = {
    **dict.fromkeys(("as long as", "so long as", "only while"), "while"),
    **dict.fromkeys(("as soon as", "only when"), "when"),
    **dict.fromkeys(("provided that", "on condition that", "only if"), "if"),
    **dict.fromkeys(("even if", "even though"), "although"),
}
"""Several words that open a condition, and the one word that says the same."""

CLOSED: dict[str, str] = {word: tag for tag, words in _TAGS.items() for word in words.split()}
"""Word to tag. These words have no other reading, save where a tag rule says so."""

NUMBER_WORDS: dict[str, str] = {
    **{w: str(n) for n, w in enumerate(listed("zero one two three four five six seven eight nine ten eleven twelve"))},
    "fifteen": "15",
    "twenty": "20",
    "thirty": "30",
    "fifty": "50",
    "hundred": "100",
    "thousand": "1000",
}

AUXILIARY_LEMMAS: dict[str, str] = {
    **dict.fromkeys(listed("is are was were be been being am isn't aren't wasn't weren't"), "be"),
    **dict.fromkeys(listed("do does did don't doesn't didn't"), "do"),
    **dict.fromkeys(listed("has have had having hasn't haven't"), "have"),
}

NEGATIVE_WORDS = words(
    "cannot can't mustn't shouldn't won't needn't isn't aren't wasn't weren't don't doesn't didn't hasn't haven't "
    "not never n't"
)

RESTRICTORS = words(
    "except unless only not never no nobody none nothing until till without but first last before after while once "
    "most least than if when where otherwise however instead excluding unlike neither nor cannot n't per each every "
    "more less or twice own"
)
"""Words that narrow or turn round what the rest of the sentence says: unread, they make a question."""
