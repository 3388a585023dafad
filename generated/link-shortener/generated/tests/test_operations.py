"""Every operation: that it succeeds, and each way in which it fails."""

from datetime import timedelta

from support.world import World


def test_delete_link_answers_204(world: World) -> None:
    token, caller = world.sign_in()
    link = world.add("Link", owner=caller["id"])
    reply = world.call("delete_link", {"code": link["code"]}, token)
    assert reply.status_code == 204


def test_delete_link_link_of_another_code_is_404(world: World) -> None:
    token, _ = world.sign_in()
    world.add("Link", code="x" * 7)
    reply = world.call("delete_link", {"code": "milk"}, token)
    assert reply.status_code == 404


def test_delete_link_without_of_another_owner_is_403(world: World) -> None:
    token, _ = world.sign_in()
    link = world.add("Link", owner=world.add("User")["id"])
    reply = world.call("delete_link", {"code": link["code"]}, token)
    assert reply.status_code == 403


def test_follow_answers_302(world: World) -> None:
    link = world.add("Link", expires_at=world.now + timedelta(microseconds=1))
    reply = world.call("follow", {"code": link["code"]})
    assert reply.status_code == 302


def test_follow_link_of_another_code_is_404(world: World) -> None:
    world.add("Link", expires_at=world.now + timedelta(microseconds=1), code="x" * 7)
    reply = world.call("follow", {"code": "milk"})
    assert reply.status_code == 404


def test_follow_link_at_the_edge_of_its_expires_at_is_404(world: World) -> None:
    link = world.add("Link", expires_at=world.now)
    reply = world.call("follow", {"code": link["code"]})
    assert reply.status_code == 404


def test_list_links_answers_200(world: World) -> None:
    token, _ = world.sign_in()
    reply = world.call("list_links", {}, token)
    assert reply.status_code == 200


def test_list_links_shows_its_rows_in_order(world: World) -> None:
    token, caller = world.sign_in()
    world.add("Link", owner=caller["id"])
    world.add("Link", owner=caller["id"])
    world.add("Link", owner=caller["id"])
    world.add("Link", owner=caller["id"])
    world.add("Link", owner=world.add("User")["id"])
    reply = world.call("list_links", {}, token)
    assert reply.status_code == 200


def test_list_links_shows_at_most_100_rows(world: World) -> None:
    token, caller = world.sign_in()
    for _ in range(101):
        world.add("Link", owner=caller["id"])
    reply = world.call("list_links", {}, token)
    assert reply.status_code == 200


def test_login_answers_200(world: World) -> None:
    account = world.add("User", password="correct horse")
    reply = world.call("login", {"email": account["email"], "password": "correct horse"})
    assert reply.status_code == 200


def test_login_with_a_wrong_password_is_401(world: World) -> None:
    account = world.add("User", password="correct horse")
    reply = world.call("login", {"email": account["email"], "password": "correct horse" + "x"})
    assert reply.status_code == 401


def test_login_of_nobody_is_401(world: World) -> None:
    reply = world.call("login", {"email": "ada@example.com", "password": "correct horse"})
    assert reply.status_code == 401


def test_register_answers_201(world: World) -> None:
    reply = world.call("register", {"email": "ada@example.com", "password": "correct horse"})
    assert reply.status_code == 201


def test_register_email_taken_is_409(world: World) -> None:
    world.add("User", email="ada@example.com")
    reply = world.call("register", {"email": "ada@example.com", "password": "correct horse"})
    assert reply.status_code == 409


def test_shorten_answers_201(world: World) -> None:
    token, _ = world.sign_in()
    reply = world.call("shorten", {"target_url": "https://example.com/"}, token)
    assert reply.status_code == 201
