"""How a word with several parts of speech is decided from its neighbours: rows, tried from the first.

Owns only the rows. A row applies where every given column holds; the candidate it names must be among the word's.
`before` and `after` are tags of the neighbours (adverbs and emphasis skipped, `^` start of a clause, `$` its end;
after a word its candidates count); `finite` says whether the clause has a finite verb already; `agrees` whether the
word could be the finite verb of the noun before it ("links expire", "a link expires"); `joins` are tags of the word
that a conjunction or comma before it joins it to; with `subject` a verb of the third person follows with its object.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TagRule:
    """One row. Empty columns hold everywhere."""

    name: str
    choose: str
    before: str = ""
    after: str = ""
    form: str = ""
    finite: bool | None = None
    agrees: bool | None = None
    noun_next: bool | None = None
    joins: str = ""
    subject: bool = False


TAG_RULES: tuple[TagRule, ...] = (
    TagRule(name="verb after modal, 'to' or do", choose="V", before="MFX", form="VB"),
    TagRule(name="noun before an auxiliary", choose="N", before="^NJDSQUP,C", after="AM", form="VB VBZ"),
    TagRule(name="gerund before an auxiliary", choose="N", before="^", after="AM", form="VBG"),
    TagRule(name="gerund that is the subject", choose="V", before="^", form="VBG", subject=True),
    TagRule(name="subject of the verb behind it", choose="N", before="^", subject=True),
    TagRule(name="participle after a form of be", choose="V", before="AX", form="VBN"),
    TagRule(name="progressive after a form of be", choose="V", before="A", form="VBG", after="DSQLNOJ"),
    TagRule(name="adjective after a form of be", choose="J", before="A", after="^$PCW,"),
    TagRule(name="participle before a noun", choose="J", before="^DSQUJLCPV,W", form="VBN", noun_next=True),
    TagRule(name="gerund after a preposition", choose="V", before="P", form="VBG", after="DSQLNOPC$"),
    TagRule(name="gerund that opens a clause", choose="V", before="^", form="VBG", after="DSQLNOP"),
    TagRule(name="adjective between determiner and noun", choose="J", before="DSQUJLPV^,C", noun_next=True, form="-"),
    TagRule(name="noun after determiner or adjective", choose="N", before="DSQUJ"),
    TagRule(name="noun after a preposition", choose="N", before="P"),
    TagRule(name="finite verb that agrees with its subject", choose="V", before="NOL", finite=False, agrees=True),
    TagRule(name="relative verb", choose="V", before="T"),
    TagRule(name="participle after its noun", choose="V", before="NO", form="VBN"),
    TagRule(name="gerund after its noun", choose="V", before="N", form="VBG", after="DSQL"),
    TagRule(name="imperative, or verb without subject", choose="V", before="^:;", after="DSQLOU", form="VB VBZ"),
    TagRule(name="imperative before a plural", choose="V", before="^:;", noun_next=True, form="VB"),
    TagRule(name="second verb of a list", choose="V", before="C,", finite=True, after="DSQLOPF", form="VB VBZ"),
    TagRule(name="second participle of a list", choose="V", before="C,", finite=True, form="VBN", after="PF"),
    TagRule(name="second gerund of a list", choose="V", before="C,", form="VBG", joins="V", after="DSQLNOPC"),
    TagRule(
        name="verb among coordinated verbs", choose="V", before="C,", finite=True, form="VB", after="C,$", joins="V"
    ),
    TagRule(name="verb with its object", choose="V", before="C,", finite=True, form="VB", after="NJ"),
    TagRule(name="verb at the end of a coordination", choose="V", before="C", finite=True, form="VB VBZ", joins="V"),
    TagRule(name="noun after a finite verb", choose="N", finite=True),
    TagRule(name="noun by default", choose="N"),
    TagRule(name="adjective", choose="J"),
    TagRule(name="adverb", choose="R"),
    TagRule(name="verb", choose="V"),
)
