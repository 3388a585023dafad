"""Lines of notes stand for sentences: things with fields, who alone does what, how people sign in."""

from typing import Any

from autocoder.readers.rules import RulesReader

LIST = "- assets: tag (unique), name, location\n"


def facts(text: str) -> list[tuple[str, dict[str, Any]]]:
    return [(f.kind, dict(f.values)) for f in RulesReader().read(text, file="notes.md").facts]


def fields(text: str) -> list[tuple[Any, Any]]:
    return [(v["of"], v["name"]) for kind, v in facts(text) if kind == "field"]


def test_a_thing_below_a_label_has_the_fields_in_its_parentheses() -> None:
    found = fields("Entities:\n- Ticket (subject, priority: low/normal/high)\n- Agent (name, email)\n")
    assert found == [("ticket", "subject"), ("ticket", "priority"), ("agent", "name"), ("agent", "email")]


def test_a_label_that_opens_a_list_is_accounted_for() -> None:
    reading = RulesReader().read("Entities:\n- Agent (name, email)\n", file="notes.md")
    assert not reading.diagnostics and not [w for s in reading.sentences for w in s.unread]


def test_values_behind_a_fields_colon_are_its_values() -> None:
    found = [v for kind, v in facts("Ticket (subject, body, priority: low/normal/high)") if kind == "field"]
    assert found[-1]["values"] == ("low", "normal", "high")


def test_a_table_of_things_lists_their_fields() -> None:
    text = "| Entity | Fields |\n|---|---|\n| Product | sku (unique), name |\n| Shelf | code (unique), aisle |\n"
    assert fields(text) == [("product", "sku"), ("product", "name"), ("shelf", "code"), ("shelf", "aisle")]


def test_lines_with_labels_are_read_line_by_line() -> None:
    text = "Owner: name, phone, email\nPet: name, birth date\n"
    assert fields(text) == [
        ("owner", "name"),
        ("owner", "phone"),
        ("owner", "email"),
        ("pet", "name"),
        ("pet", "birth date"),
    ]


def test_a_role_that_alone_does_something() -> None:
    alone = {"actor": "role", "role": "admin", "verb": "retire", "does": "other", "object": "asset"}
    assert ("operation", alone) in facts(f"{LIST}- roles: viewer, admin\n- only admin retires\n")


def test_who_may_behind_a_colon() -> None:
    found = [v for kind, v in facts(f"{LIST}- delete asset: admin only\n") if kind == "operation"]
    assert [(v["role"], v["verb"], v["object"]) for v in found] == [("admin", "delete", "asset")]


def test_a_state_alone_is_no_role() -> None:
    assert not [v for kind, v in facts(f"{LIST}- draft only: edit, delete\n") if kind == "operation"]


def test_a_role_with_what_it_does() -> None:
    found = [v for kind, v in facts(f"{LIST}- manager: approve, reject\n") if kind == "operation"]
    assert [(v["role"], v["verb"], v["object"]) for v in found] == [
        ("manager", "approve", "asset"),
        ("manager", "reject", "asset"),
    ]


def test_how_people_sign_in() -> None:
    assert ("authentication", {"entity": "user", "needed": True}) in facts(f"{LIST}- auth: JWT\n")
