"""Every operation: that it succeeds, and each way in which it fails."""

from uuid import UUID

from support.world import World


def test_create_todo_answers_201(world: World) -> None:
    reply = world.call("create_todo", {"title": "milk"})
    assert reply.status_code == 201


def test_delete_todo_answers_204(world: World) -> None:
    todo = world.add("Todo")
    reply = world.call("delete_todo", {"id": todo["id"]})
    assert reply.status_code == 204


def test_delete_todo_todo_of_another_id_is_404(world: World) -> None:
    world.add("Todo", id=UUID(int=8))
    reply = world.call("delete_todo", {"id": UUID(int=7)})
    assert reply.status_code == 404


def test_get_todo_answers_200(world: World) -> None:
    todo = world.add("Todo")
    reply = world.call("get_todo", {"id": todo["id"]})
    assert reply.status_code == 200


def test_get_todo_todo_of_another_id_is_404(world: World) -> None:
    world.add("Todo", id=UUID(int=8))
    reply = world.call("get_todo", {"id": UUID(int=7)})
    assert reply.status_code == 404


def test_list_todos_answers_200(world: World) -> None:
    reply = world.call("list_todos", {})
    assert reply.status_code == 200


def test_list_todos_shows_its_rows_in_order(world: World) -> None:
    world.add("Todo")
    world.add("Todo")
    world.add("Todo")
    world.add("Todo")
    reply = world.call("list_todos", {})
    assert reply.status_code == 200


def test_list_todos_shows_at_most_100_rows(world: World) -> None:
    for _ in range(101):
        world.add("Todo")
    reply = world.call("list_todos", {})
    assert reply.status_code == 200


def test_update_todo_answers_200(world: World) -> None:
    todo = world.add("Todo")
    reply = world.call("update_todo", {"id": todo["id"], "title": "Ä ö ß 漢 🙂"})
    assert reply.status_code == 200


def test_update_todo_title_is_404(world: World) -> None:
    world.add("Todo", id=UUID(int=8))
    reply = world.call("update_todo", {"id": UUID(int=7), "title": "Ä ö ß 漢 🙂"})
    assert reply.status_code == 404
