# ruff: noqa: E501 # one blueprint a line reads better than a wrapped one
"""What texts, files and lists may hold, and what is refused, with the place."""

import pytest

from tests.compiling import findings

POST = (
    "entities:\n  Post: {fields: {title: text, stars: {type: integer, default: 0}, body: {type: html, default: ''}}}\n"
)

FILES = "entities:\n  Document: {fields: {title: {type: text, default: a}, scan: file, cover: {type: file, optional: true}}}\n"

SEGMENTS = """\
entities:
  Segment: {fields: {name: text, rule: {type: predicate, fields: {stars: integer}}, price: {type: formula, vars: {x: decimal}}}}
  Item: {fields: {stars: integer, size: {type: integer, optional: true}}}
operations:
"""

REFUSED = {
    "a least day": (
        "entities: {A: {fields: {a: {type: date, min: 2020-01-01}}}}\n",
        ("AC3249", "architecture.yaml:3:46"),
    ),
    "an enum of nothing": ("entities: {A: {fields: {a: {type: enum}}}}\n", ("AC3249", "architecture.yaml:3:28")),
    "a map in an address": (
        'operations:\n  a: {route: "GET /a/{q}", input: {q: map of text}, output: {body: {q: input.q}}}\n',
        ("AC3249", "architecture.yaml:4:39"),
    ),
    "an order by what may leave 64 bits": (
        "entities: {A: {fields: {a: integer, b: {type: integer, computed: a * 2}}}}\noperations:\n  a: {route: GET /a, effects: [{list: A, order: [b]}]}\n",
        ("AC3200", "architecture.yaml:5:6"),
    ),
    "groups by a sum of decimals that comes second": (
        "entities: {A: {fields: {a: text, b: decimal}}}\noperations:\n  a: {route: GET /a, effects: [{list: A, group: [a], values: {s: 'sum(rows.map(r, r.b))'}, order: [a, s]}]}\n",
        ("AC3201", "architecture.yaml:5:103"),
    ),
    "a message of an entity's field": (
        "entities: {A: {fields: {a: {type: text, message: Say it.}}}}\n",
        ("AC3249", "architecture.yaml:3:50"),
    ),
    "an index on an input": (
        POST + "operations:\n  a: {route: GET /a, input: {q: {type: text, indexed: true}}, output: {text: input.q}}\n",
        ("AC3249", "architecture.yaml:6:55"),
    ),
    "an input that fails in no known way": (
        POST + "operations:\n  a: {route: GET /a, input: {q: {type: text, else: 200}}, output: {text: input.q}}\n",
        ("AC3118", "architecture.yaml:6:52"),
    ),
    "a formula over nothing": ("entities: {A: {fields: {a: formula}}}\n", ("AC3268", "architecture.yaml:3:28")),
    "a predicate over what cannot be compared": (
        "entities: {A: {fields: {a: {type: predicate, fields: {b: json}}}}}\n",
        ("AC3268", "architecture.yaml:3:28"),
    ),
    "a formula with a default": (
        "entities: {A: {fields: {a: {type: formula, vars: {x: decimal}, default: 'x'}}}}\n",
        ("AC3268", "architecture.yaml:3:28"),
    ),
    "a text as a formula": (
        SEGMENTS
        + "  a: {route: 'POST /a/{id}', input: {t: text}, effects: [{read: Segment, by: input.id}, {update: segment, set: {price: input.t}}]}\n",
        ("AC3269", "architecture.yaml:7:120"),
    ),
    "a predicate as a formula": (
        SEGMENTS
        + "  a: {route: 'POST /a/{id}', effects: [{read: Segment, by: input.id}, {compute: {y: 'eval(segment.rule, {stars: 1})'}}]}\n",
        ("AC3270", "architecture.yaml:7:91"),
    ),
    "a formula without a value": (
        SEGMENTS
        + "  a: {route: 'POST /a/{id}', effects: [{read: Segment, by: input.id}, {compute: {y: 'eval(segment.price, {z: 1})'}}]}\n",
        ("AC3270", "architecture.yaml:7:106"),
    ),
    "a predicate with a value of another type": (
        SEGMENTS
        + "  a: {route: 'POST /a/{id}', effects: [{read: Segment, by: input.id}, {compute: {y: 'selects(segment.rule, {stars: now})'}}]}\n",
        ("AC3270", "architecture.yaml:7:108"),
    ),
    "a predicate with one argument": (
        SEGMENTS
        + "  a: {route: 'POST /a/{id}', effects: [{read: Segment, by: input.id}, {list: Item, where: selects(segment.rule)}]}\n",
        ("AC3270", "architecture.yaml:7:91"),
    ),
    "predicates of one name and two meanings": (
        SEGMENTS
        + "  a: {route: POST /a, input: {rule: {type: predicate, fields: {stars: text}}}, effects: [{compute: {y: 'selects(input.rule, {stars: input.rule})'}}]}\n",
        ("AC3271", "architecture.yaml:7:37"),
    ),
    "a predicate of each row": (
        SEGMENTS + "  a: {route: GET /a, effects: [{list: Segment, where: 'selects(rule, {stars: 1})'}]}\n",
        ("AC3160", "architecture.yaml:7:6"),
    ),
    "a search of a number": (
        POST
        + "operations:\n  a: {route: GET /a, input: {q: text}, effects: [{search: Post, in: [title, stars], for: input.q}]}\n",
        ("AC3260", "architecture.yaml:6:77"),
    ),
    "text as html": (
        POST
        + "operations:\n  a: {route: POST /a, input: {title: text}, effects: [{create: Post, set: {body: input.title}}]}\n",
        ("AC3261", "architecture.yaml:6:82"),
    ),
    "text as html in one case": (
        POST
        + "operations:\n  a: {route: POST /a, input: {title: text, body: html}, effects: [{create: Post, set: {body: 'size(input.title) > 3 ? input.title : input.body'}}]}\n",
        ("AC3261", "architecture.yaml:6:95"),
    ),
    "html that was changed": (
        POST
        + "operations:\n  a: {route: POST /a, input: {title: text, body: html}, effects: [{create: Post, set: {body: upper(input.body)}}]}\n",
        ("AC3261", "architecture.yaml:6:94"),
    ),
    "html of a person's function": (
        POST + "functions: {mark: {input: {title: text}, output: html}}\n"
        "operations:\n  a: {route: POST /a, input: {title: text}, effects: [{custom: mark, with: {title: input.title}, as: made}, {create: Post, set: {body: made}}]}\n",
        ("AC3261", "architecture.yaml:7:136"),
    ),
    "text in a page as it is": (
        POST + "operations:\n  a: {route: GET /a, input: {q: text}, output: {html: '<p>{{{input.q}}}</p>'}}\n",
        ("AC3129", "architecture.yaml:6:55"),
    ),
    "html in an attribute": (
        POST
        + "operations:\n  a: {route: GET /a, input: {q: html}, output: {html: '<p title=\"{{{input.q}}}\"></p>'}}\n",
        ("AC3262", "architecture.yaml:6:55"),
    ),
    "html in a script": (
        POST
        + "operations:\n  a: {route: GET /a, input: {q: html}, output: {html: '<script>x = {{{input.q}}}</script>'}}\n",
        ("AC3262", "architecture.yaml:6:55"),
    ),
    "a file that is copied": (
        FILES
        + "operations:\n  a: {route: 'POST /a/{id}', effects: [{read: Document, by: input.id}, {create: Document, set: {scan: document.scan}}]}\n",
        ("AC3263", "architecture.yaml:6:103"),
    ),
    "one upload for many rows": (
        FILES
        + "operations:\n  a: {route: POST /a, input: {scan: file}, effects: [{update: Document, where: 'true', set: {scan: input.scan}}]}\n",
        ("AC3263", "architecture.yaml:6:100"),
    ),
    "one upload for two fields": (
        FILES
        + "operations:\n  a: {route: POST /a, input: {scan: file}, effects: [{create: Document, set: {cover: input.scan}}]}\n",
        ("AC3263", "architecture.yaml:6:86"),
    ),
    "an upload that is looked into": (
        FILES
        + "operations:\n  a: {route: POST /a, input: {scan: file}, effects: [{create: Document}], output: {body: input.scan.name}}\n",
        ("AC3263", "architecture.yaml:6:90"),
    ),
    "a file in an event": ("events: {Scanned: {scan: file}}\n", ("AC3264", "architecture.yaml:3:26")),
    "a list of files": ("entities: {A: {fields: {scans: list of file}}}\n", ("AC3264", "architecture.yaml:3:32")),
    "a file in a query": (
        FILES + "operations:\n  a: {route: GET /a, input: {scan: file}}\n",
        ("AC3264", "architecture.yaml:6:36"),
    ),
    "a record beside a file": (
        FILES + "operations:\n  a: {route: POST /a, input: {scan: file, more: json}}\n",
        ("AC3264", "architecture.yaml:6:49"),
    ),
    "a text as a file": (
        FILES
        + "operations:\n  a: {route: 'GET /a/{id}', effects: [{read: Document, by: input.id}], output: {file: document.title}}\n",
        ("AC3265", "architecture.yaml:6:87"),
    ),
    "a file that may be absent": (
        FILES
        + "operations:\n  a: {route: 'GET /a/{id}', effects: [{read: Document, by: input.id}], output: {file: document.cover}}\n",
        ("AC3265", "architecture.yaml:6:87"),
    ),
    "one key for two entities": (
        "wire: {wrap: {Post: post, Note: posts}}\n" + POST + "  Note: {fields: {title: text}}\n",
        ("AC3266", "architecture.yaml:3:33"),
    ),
    "a key for no entity": ("wire: {wrap: {Pots: post}}\n" + POST, ("AC3120", "architecture.yaml:3:21")),
    "a cursor without an order": (
        POST + "operations:\n  a: {route: GET /a, effects: [{list: Post, page: {cursor: next}}]}\n",
        ("AC3267", "architecture.yaml:6:60"),
    ),
    "a cursor by what may be null": (
        FILES
        + "operations:\n  a: {route: GET /a, effects: [{list: Document, order: [cover], page: {cursor: next}}]}\n",
        ("AC3267", "architecture.yaml:6:80"),
    ),
    "a size that is none": (
        "entities: {A: {fields: {a: {type: file, max: huge}}}}\n",
        ("AC3107", "architecture.yaml:3:46"),
    ),
    "a content type that is none": (
        "entities: {A: {fields: {a: {type: file, types: [png]}}}}\n",
        ("AC3013", "architecture.yaml:3:49"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_place(name: str) -> None:
    text, expected = REFUSED[name]
    assert expected in findings(text, bodies={"mark": "def mark(title: str) -> str:\n    return title\n"})


def test_html_that_the_author_wrote_or_a_client_sent_as_html_is_taken() -> None:
    text = "operations:\n  a: {route: POST /a, input: {title: text, body: {type: html, optional: true}}, effects: [{create: Post, set: {body: \"input.body ?? '<p>none</p>'\"}}], output: {html: '<p>{{{post.body}}}</p>'}}\n"
    assert {code for code, _ in findings(POST + text)} <= {"AC4101"}, "public writes are a decision"
