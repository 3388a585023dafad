# ruff: noqa: E501 # one blueprint a line reads better than a wrapped one
"""What texts, files and lists may hold, and what is refused, with the place."""

import pytest

from tests.compiling import findings

POST = (
    "entities:\n  Post: {fields: {title: text, stars: {type: integer, default: 0}, body: {type: html, default: ''}}}\n"
)

REFUSED = {
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
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_place(name: str) -> None:
    text, expected = REFUSED[name]
    assert expected in findings(text, bodies={"mark": "def mark(title: str) -> str:\n    return title\n"})


def test_html_that_the_author_wrote_or_a_client_sent_as_html_is_taken() -> None:
    text = "operations:\n  a: {route: POST /a, input: {title: text, body: {type: html, optional: true}}, effects: [{create: Post, set: {body: \"input.body ?? '<p>none</p>'\"}}], output: {html: '<p>{{{post.body}}}</p>'}}\n"
    assert {code for code, _ in findings(POST + text)} <= {"AC4101"}, "public writes are a decision"
