import random
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from autocoder.blueprint import model
from autocoder.blueprint.format import WIDTH, canonical, format_architecture, format_deployment, order_shows
from autocoder.blueprint.load import load_architecture, load_deployment

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "language_example"

# Models of every shape, with texts that try to break out of the YAML.

TRAPS = [
    "",
    " ",
    "no",
    "on",
    "1",
    "1e3",
    "0x1F",
    "~",
    "null",
    "2026-01-01",
    "- a",
    "a: b",
    "a #b",
    "{{x}}",
    "[",
    "'",
    '"',
]
TRAPS += [
    "a\n  b: c",
    "\ttab",
    "x\r\ny",
    "!tag",
    "&a",
    "*a",
    "%",
    "@",
    "`",
    "---",
    "...",
    "\u2028",
    "\x85",
    "\x1b",
    "😀",
    "=now",
]
TEXTS = st.sampled_from(TRAPS) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NAMES = st.sampled_from(["a", "no", "on", "null", "true", "y", "code", "target_url", "x1"])
TYPE_NAMES = st.sampled_from(["A", "Link", "No", "Null", "True", "X1"])
REQUIREMENTS = st.lists(st.sampled_from(["R1", "R20"]), max_size=2).map(tuple)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
FIELDS = st.builds(
    model.FieldSpec,
    type=TEXTS,
    to=st.none() | TYPE_NAMES,
    values=st.lists(TEXTS, max_size=3).map(tuple),
    length=st.none() | st.integers(4, 64),
    optional=st.booleans(),
    default=SCALARS,
    min=SCALARS,
    pattern=st.none() | TEXTS,
    on_delete=st.sampled_from([None, "refuse", "cascade"]),
    place=st.sampled_from([None, "path", "header"]),
    satisfies=REQUIREMENTS,
)
VALUES = st.dictionaries(NAMES, TEXTS, max_size=3)
SHARED = {"when": st.none() | TEXTS, "name": st.none() | NAMES}
EFFECTS = st.one_of(
    st.builds(model.Create, create=TYPE_NAMES, set=VALUES, exists=st.sampled_from([None, "return"]), **SHARED),
    st.builds(
        model.Read, read=TYPE_NAMES, by=st.none() | TEXTS, order=st.lists(TEXTS, max_size=2).map(tuple), **SHARED
    ),
    st.builds(model.ListRows, list=TYPE_NAMES, limit=st.none() | st.integers(1, 1000), **SHARED),
    st.builds(model.Update, update=TEXTS, set=st.none() | VALUES, where=st.none() | TEXTS, **SHARED),
    st.builds(model.Upsert, upsert=TYPE_NAMES, by=VALUES, set=VALUES, **SHARED),
    st.builds(model.Delete, delete=TEXTS, **SHARED),
    st.builds(model.Increment, increment=st.just("a.b"), by=TEXTS, **SHARED),
    st.builds(model.Compute, compute=VALUES, **SHARED),
    st.builds(model.Require, require=TEXTS, otherwise=TEXTS, message=st.none() | TEXTS, **SHARED),
    st.builds(model.Publish, publish=TYPE_NAMES, values=VALUES, **SHARED),
    st.builds(model.Custom, custom=NAMES, values=VALUES, **SHARED),
)
EFFECT_LISTS = st.lists(EFFECTS, max_size=3).map(tuple)
BODIES = st.none() | TEXTS | st.dictionaries(NAMES, TEXTS, max_size=2)
OPERATIONS = st.builds(
    model.Operation,
    route=st.sampled_from(["GET /", "POST /links/{code}", "DELETE /#x"]),
    access=st.sampled_from(["anyone", "user", "user?"]),
    input=st.dictionaries(NAMES, FIELDS, max_size=2),
    effects=EFFECT_LISTS,
    output=st.none() | st.builds(model.Output, status=st.none() | st.integers(200, 399), body=BODIES),
    satisfies=REQUIREMENTS,
)
DATA = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))
FUNCTIONS = st.builds(
    model.CustomFunction,
    input=st.dictionaries(NAMES, FIELDS, max_size=2),
    output=FIELDS,
    description=TEXTS,
    examples=st.lists(st.builds(model.Example, given=st.dictionaries(NAMES, DATA, max_size=2), gives=DATA), max_size=2),
)
STATED = st.builds(model.Requirement, id=st.sampled_from(["R1", "R2"]), text=TEXTS)
RULES = st.builds(model.PolicyRule, id=st.sampled_from(["a", "b"]), expr=TEXTS, because=TEXTS)
ARCHITECTURES = st.builds(
    model.Architecture,
    schema_version=st.just("1.0.0"),
    system=st.builds(model.System, name=st.just("a"), description=TEXTS),
    requirements=st.lists(STATED, max_size=2, unique_by=lambda r: r.id).map(tuple),
    auth=st.none() | st.builds(model.Auth, entity=TYPE_NAMES, login=NAMES),
    entities=st.dictionaries(TYPE_NAMES, st.builds(model.Entity, fields=st.dictionaries(NAMES, FIELDS)), max_size=2),
    events=st.dictionaries(TYPE_NAMES, st.dictionaries(NAMES, FIELDS, max_size=2), max_size=2),
    operations=st.dictionaries(NAMES, OPERATIONS, max_size=2),
    handlers=st.dictionaries(NAMES, st.builds(model.Handler, every=TEXTS, effects=EFFECT_LISTS), max_size=2),
    functions=st.dictionaries(NAMES, FUNCTIONS, max_size=1),
    policy=st.builds(
        model.Policy,
        rules=st.lists(RULES, max_size=2, unique_by=lambda r: r.id).map(tuple),
    ),
)
ENVIRONMENTS = st.builds(
    model.Environment,
    engines=st.builds(model.Engines, store=st.sampled_from(["postgresql", "sqlite"])),
    exposure=st.none() | st.builds(model.Exposure, host=st.none() | st.just("a.example"), tls=st.booleans()),
    replicas=st.dictionaries(NAMES, st.integers(1, 100), max_size=2),
    env=st.dictionaries(
        st.sampled_from(["A", "NO"]), TEXTS | st.builds(model.SecretRef, secret=st.just("a/b")), max_size=2
    ),
)
DEPLOYMENTS = st.builds(
    model.Deployment,
    schema_version=st.just("1.0.0"),
    system=st.just("a"),
    environments=st.dictionaries(st.sampled_from(["no", "production"]), ENVIRONMENTS, max_size=2),
)


@settings(max_examples=30)
@given(ARCHITECTURES)
def test_loading_what_was_printed_gives_the_same_design(design):
    text = format_architecture(design)
    assert load_architecture(text, file="a.yaml").model == design
    assert format_architecture(load_architecture(text, file="a.yaml").model) == text


@given(DEPLOYMENTS)
def test_loading_what_was_printed_gives_the_same_deployment(deployment):
    assert load_deployment(format_deployment(deployment), file="a.yaml").model == deployment


@given(TEXTS)
def test_another_yaml_reader_sees_the_same_text(text):
    design = model.Architecture(
        schema_version="1.0.0", system=model.System(name="a", description=text), entities={"A": model.Entity()}
    )
    data = YAML(typ="safe", pure=True).load(format_architecture(design))
    assert data["system"].get("description", "") == text
    assert list(data) == ["schema_version", "system", "entities"]


def shuffled(value, chance, path):
    if isinstance(value, dict):
        keys = list(value)
        if not order_shows(path):
            chance.shuffle(keys)
        return {key: shuffled(value[key], chance, (*path, key)) for key in keys}
    return value


@settings(max_examples=30)
@given(ARCHITECTURES, st.randoms(use_true_random=False))
def test_the_canonical_text_does_not_depend_on_the_order_of_keys(design, chance):
    parts = {
        name: shuffled(getattr(design, name), chance, (name,))
        for name in ("entities", "events", "operations", "functions")
    }
    assert canonical(design.model_copy(update=parts)) == canonical(design)


def test_the_canonical_text_depends_on_every_value():
    design = load_architecture((EXAMPLE / "architecture.yaml").read_bytes(), file="a.yaml").model
    text = (EXAMPLE / "architecture.yaml").read_text(encoding="utf-8")
    for old, new in (("length: 7", "length: 8"), ("30d", "31d"), ("line: 3", "line: 4"), ("500/s", "501/s")):
        assert canonical(load_architecture(text.replace(old, new), file="a.yaml").model) != canonical(design)


def test_the_example_is_printed_in_the_style_of_the_language_page():
    design = load_architecture((EXAMPLE / "architecture.yaml").read_bytes(), file="a.yaml").model
    text = format_architecture(design, schema="x.json")
    assert text == (EXAMPLE / "architecture.printed.yaml").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= WIDTH


def test_only_what_differs_from_the_default_is_printed():
    environments = {"development": model.Environment(engines=model.Engines(store="postgresql"))}
    deployment = model.Deployment(schema_version="1.0.0", system="a", environments=environments)
    assert format_deployment(deployment, schema="x.json") == (
        '# yaml-language-server: $schema=x.json\nschema_version: "1.0.0"\nsystem: a\nenvironments:\n  development: {}\n'
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_long_value_stays_on_its_line_and_is_read_back(seed):
    words = random.Random(seed)
    text = " ".join("".join(words.choices(string.ascii_letters, k=9)) for _ in range(200))
    design = model.Architecture(schema_version="1.0.0", system=model.System(name="a", description=text))
    assert load_architecture(format_architecture(design), file="a.yaml").model == design
