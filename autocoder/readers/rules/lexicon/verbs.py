"""Verbs by class. Frames name classes; a new verb is one word here."""

from __future__ import annotations

from autocoder.readers.rules.lexicon.domain import RECORDS
from autocoder.readers.rules.lexicon.words import words

ACTS_ON: dict[str, str] = {
    "comment": "on", "vote": "on for", "apply": "to for", "enrol": "in on", "enroll": "in on", "subscribe": "to",
    "register": "for", "look": "at", "pay": "for", "ask": "for", "bid": "on", "reply": "to", "respond": "to",
    "react": "to", "contribute": "to", "participate": "in", "search": "for", "join": "in", "donate": "to", "work": "on",
    "unsubscribe": "from", "log": "on", "sign": "for",
}  # fmt: skip
"""Verb to the prepositions behind which it names what it is done to."""

VERBS: dict[str, str] = {
    # what is done to rows
    "create": "create add make post submit write enter leave insert compose draft publish_new start open_new "
    "author record log open file",
    "upload": "upload save store paste share",
    "list": "list browse",
    "read": "read get fetch view see show retrieve look_up display look_at find access inspect",
    "update": "update edit change modify rename adjust correct revise amend replace overwrite",
    "delete": "delete remove erase discard destroy purge clear drop",
    "manage": "manage maintain administer organize organise",
    "search": "search filter",
    "visit": "visit follow open resolve request hit call click browse_to",
    "convert": "shorten",
    # what a service does in answer
    "gain": "get receive obtain",
    "give": "return give answer yield hand issue",
    "redirect": "redirect forward lead send take",
    "do business": "run offer lend sell rent organise organize operate provide make produce hold teach publish repair "
    "collect own deliver have let host serve grow bake build buy print",
    "hope": "expect estimate anticipate plan",
    "count": "count increment increase bump track",
    "publish": "publish emit send raise fire broadcast announce produce",
    "tally": "keep maintain compute calculate aggregate update accumulate collect track build",
    "expire": "expire lapse",
    "live": "live last",
    "keep": "keep retain hold",
    "lie": "live reside sit stay persist be_in",
    "store": "store keep save persist hold put",
    "cache": "cache",
    "carry": "carry transport deliver distribute convey route",
    "travel": "go flow travel pass run",
    "use": "use run_on",
    "contain": "have contain include comprise carry hold",
    "belong": "belong",
    "consist": "consist",
    "handle": "handle take serve sustain process support accept withstand manage cope deal answer "
    "respond reply see get",
    "answer": "answer respond reply finish complete return take",
    "reach": "reach listen expose serve offer host publish make deploy access call",
    "sign_in": "sign log register authenticate identify",
    "act on": " ".join(ACTS_ON),
    "send": "send make post submit issue",
    "make with": "create add make post submit write enter open start raise file report register record publish save "
    "upload issue compose draft place define send",
    "keep track": "track manage store collect record monitor organise organize administer catalogue catalog",
    "keep things": "manage maintain administer organize organise keep store track catalog catalogue record monitor "
    "collect",
    "leave a record": " ".join(v for v in RECORDS if " " not in v),
    "take in": "receive accept ingest take",
    "hand out": "return provide serve give deliver answer",
    "enrol": "register enrol enroll",
    "start": "start begin happen",
    "encrypt": "encrypt",
    "run": "run host deploy operate locate stay live",
    "tell": "notify inform tell remind warn alert e-mail email mail",
    "assign": "assign delegate allocate",
    "mark": "mark set flag",
    "ask outside": "call ask query contact request fetch consult",
    "rate": "rate score grade",
    "retry": "retry repeat resend",
    "trace": "trace",
    "overlap": "overlap collide intersect conflict",
    "close": "close end finish",
    "handled outside": "handle process send deliver do bill charge",
    "people do": "approve assign book borrow browse buy cancel check close comment complete confirm create delete "
    "download edit enter file fill grade hand inspect invite list manage mark order pick rate read record register "
    "reject rent repair report request reserve return review search see sell share ship sign submit update upload view "
    "vote write",
    "record": "record log write note store",
    "call": "call use access invoke",
    "be": "be",
    "stay": "stay remain",
    "become": "become",
    "begin": "start begin",
    "sign with": "sign",
    "cause": "cause trigger",
    "raise": "raise",
    "lose": "lose drop",
    "survive": "survive outlive withstand",
    "cope": "cope deal live",
    "arrive": "arrive come",
    "refuse": "reject refuse decline deny",
    "allow": "allow let permit enable",
    "build": "build create make write develop want need implement give",
    "require": "require need expect",
    "accept": "accept support",
    "take": "take",
    "respond": "return respond answer reply give",
}
"""Class to lemmas. A verb may stand in several classes; the frames' other slots decide."""

CLASSES: dict[str, frozenset[str]] = {name: frozenset(words.split()) for name, words in VERBS.items()}

DOES: dict[str, str] = {
    **dict.fromkeys(CLASSES["create"] | CLASSES["upload"], "create"),
    **dict.fromkeys(CLASSES["read"], "read"),
    **dict.fromkeys(CLASSES["list"], "list"),
    **dict.fromkeys(CLASSES["update"], "update"),
    **dict.fromkeys(CLASSES["delete"], "delete"),
    **dict.fromkeys(CLASSES["manage"], "manage"),
    **dict.fromkeys(CLASSES["search"], "search"),
    **dict.fromkeys(CLASSES["convert"], "convert"),
}
"""Lemma to what it does to rows, for verbs whose objects are things that the service keeps."""

PARTICLES: frozenset[str] = frozenset({"up", "out", "down", "off", "in", "on", "back", "over"})
"""Words that may belong to a verb ("sign in", "look up")."""

PHRASAL: frozenset[str] = frozenset(
    {
        "sign in", "log in", "sign up", "log on", "look up", "write down", "set up", "give back", "take back",
        "bring back", "send back", "hand out", "hand in", "hand over", "hand back", "check in", "check out", "pick up",
        "fill in", "fill out", "send out", "lend out", "put back", "swap out",
    }
)  # fmt: skip

DOMAIN_VERBS: frozenset[str] = words(
    "approve reject archive cancel close complete confirm decline reopen activate deactivate suspend ban block "
    "rate like follow_up vote assign unassign claim pause resume restore ship deliver pay refund book borrow "
    "lend reserve invite enrol enroll comment check accept submit review grade finish mark move park sell buy "
    "order rent retire sign join leave schedule import export download donate apply register place resolve grant "
    "revoke start stop draw win play score report send subscribe unsubscribe attend withdraw transfer deposit "
    "redeem issue publish answer file print preview share rename tag pin mute flag escalate dispatch inspect "
    "measure monitor weigh scan unlock lock offer run teach test treat compare collect repeat repair clean "
    "prescribe"
)
"""Verbs that are understood as something done to a thing, but not what they do to its data: for the tagger."""

STATIVE: frozenset[str] = words(
    "be have contain include comprise consist belong expire live need want require exist mean overlap last stay become "
    "remain seem happen count redirect publish know use support run cost receive gain do let allow permit enable help "
    "make take keep hold store lie cope survive lose match differ depend concern work go come call answer tell ask "
    "sustain provide offer ensure guarantee appear turn wish like hate love think believe hope expect reach fit say "
    "give get exceed serve collect track notify inform remind email mail warn alert arrive fail"
)
"""Verbs that state something else than an operation of somebody."""
