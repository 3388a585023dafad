"""Frames of endpoint specifications: routes, what they take and return, statuses, failures."""

from __future__ import annotations

from autocoder.readers.rules.frames.model import Frame, Role

_ROUTE = Role(at="subject", slot="path", reads="route")
_OF = Role(at="subject", reads="route")
_ROWS = ("create", "upload", "list", "read", "update", "delete", "search", "convert", "domain")

_WITH = Frame(
    name="with these fields in the answer",
    kind="field",
    route="response",
    roles=(_OF, Role(at="prep:with,containing", slot="name", reads="answer field", each=True)),
)
_ROW = Frame(
    name="with the row in the answer",
    kind="",
    roles=(Role(at="prep:with,containing", reads="answer row"),),
)
FRAMES: tuple[Frame, ...] = (
    Frame(
        name="a route",
        kind="operation",
        roles=(Role(at="subject", slot="path", reads="route", each=True),),
        example="POST /quizzes, GET /quizzes?author=… (newest first, 50 per page).",
        gives=(
            ("operation", {"method": "POST", "path": "/quizzes"}),
            ("operation", {"method": "GET", "path": "/quizzes", "order": "newest first", "limit": 50}),
            (
                "field",
                {"name": "author", "of": "GET /quizzes", "direction": "request", "location": "query"},
            ),
        ),
    ),
    Frame(
        name="a route does something to a thing",
        kind="operation",
        verbs=_ROWS,
        names=True,
        roles=(
            _ROUTE,
            Role(at="object", slot="object", reads="thing"),
            Role(at="prep:to,from,in,of,for", slot="parent", reads="named thing", optional=True),
        ),
        extra=(
            Frame(
                name="with these fields in the request",
                kind="field",
                route="request",
                roles=(_OF, Role(at="prep:with,from", slot="name", reads="literal field", each=True)),
                constants={"required": True},
            ),
        ),
        example="POST /quizzes creates a quiz.",
        gives=(
            (
                "operation",
                {"method": "POST", "path": "/quizzes", "verb": "create", "does": "create", "object": "quiz"},
            ),
        ),
    ),
    Frame(
        name="somebody may call a route",
        kind="operation",
        verbs=("call",),
        roles=(Role(at="subject", slot="actor", reads="actor"), Role(at="object", slot="path", reads="route")),
        example="Only admins may call DELETE /orders/{id}.",
        gives=(("operation", {"method": "DELETE", "path": "/orders/{id}", "actor": "role", "role": "admin"}),),
    ),
    Frame(
        name="a route returns things",
        kind="operation",
        verbs=("give",),
        names=True,
        roles=(
            _ROUTE,
            Role(at="object", slot="object", reads="thing"),
            Role(at="prep:as,in", reads="json", optional=True),
            Role(at="order", slot="order", reads="order", optional=True),
        ),
        extra=(_WITH,),
        constants={"does": "read"},
        example="GET /books returns all books.",
        gives=(
            (
                "operation",
                {
                    "method": "GET",
                    "path": "/books",
                    "verb": "return",
                    "does": "read",
                    "object": "book",
                    "scope": "all",
                },
            ),
        ),
    ),
    Frame(
        name="a route answers with a page",
        kind="operation",
        verbs=("give",),
        roles=(_ROUTE, Role(at="object", slot="output", reads="html page")),
        example="GET /hello/{name} returns an HTML page.",
        gives=(("operation", {"method": "GET", "path": "/hello/{name}", "output": "html page"}),),
    ),
    Frame(
        name="a route requires fields",
        kind="field",
        verbs=("require", "take"),
        route="request",
        roles=(_OF, Role(at="object", slot="name", reads="field", each=True)),
        constants={"required": True},
        example="POST /quizzes requires a title.",
        gives=(
            ("operation", {"method": "POST", "path": "/quizzes"}),
            (
                "field",
                {
                    "of": "POST /quizzes",
                    "name": "title",
                    "direction": "request",
                    "location": "body",
                    "required": True,
                    "type": "text",
                },
            ),
        ),
    ),
    Frame(
        name="a route accepts fields",
        kind="field",
        verbs=("accept",),
        route="request",
        roles=(_OF, Role(at="object", slot="name", reads="field", each=True)),
        example="POST /quizzes accepts an optional description.",
        gives=(
            ("operation", {"method": "POST", "path": "/quizzes"}),
            (
                "field",
                {
                    "of": "POST /quizzes",
                    "name": "description",
                    "direction": "request",
                    "location": "body",
                    "required": False,
                    "type": "text",
                },
            ),
        ),
    ),
    Frame(
        name="a route needs a sign-in",
        kind="operation",
        verbs=("require",),
        extends=True,
        roles=(_ROUTE, Role(at="object", slot="actor", reads="a sign-in", each=True)),
        example="POST /quizzes creates a quiz and requires authentication.",
        gives=(
            (
                "operation",
                {
                    "method": "POST",
                    "path": "/quizzes",
                    "verb": "create",
                    "does": "create",
                    "object": "quiz",
                    "actor": "user",
                },
            ),
        ),
    ),
    Frame(
        name="a route answers with a status",
        kind="operation",
        verbs=("respond",),
        extends=True,
        roles=(
            _ROUTE,
            Role(at="object", slot="status", reads="success"),
            Role(at="order", slot="order", reads="order", optional=True),
        ),
        extra=(_WITH, _ROW),
        example="POST /quizzes creates a quiz and returns 201 with the id.",
        gives=(
            (
                "operation",
                {
                    "method": "POST",
                    "path": "/quizzes",
                    "verb": "create",
                    "does": "create",
                    "object": "quiz",
                    "status": 201,
                },
            ),
            ("field", {"of": "POST /quizzes", "name": "id", "direction": "response"}),
        ),
    ),
    Frame(
        name="a route fails with a status",
        kind="operation",
        verbs=("respond",),
        roles=(
            _ROUTE,
            Role(at="object", slot="error", reads="failure"),
            Role(at="condition", slot="error_when", reads="why"),
        ),
        example="GET /books/{id} returns 404 if the book does not exist.",
        gives=(("operation", {"method": "GET", "path": "/books/{id}", "error": 404, "error_when": "missing"}),),
    ),
    Frame(
        name="a status on a failure",
        kind="operation",
        roles=(
            Role(at="subject", slot="error", reads="failure"),
            Role(at="condition", slot="error_when", reads="why"),
            Role(at="context", slot="path", reads="route"),
        ),
        example="GET /books/{id} returns a book. 404 if the book does not exist.",
        gives=(
            (
                "operation",
                {"method": "GET", "path": "/books/{id}", "verb": "return", "does": "read", "object": "book"},
            ),
            ("operation", {"method": "GET", "path": "/books/{id}", "error": 404, "error_when": "missing"}),
        ),
    ),
    Frame(
        name="a list of failures",
        kind="operation",
        roles=(
            Role(at="label", reads="error label"),
            Role(at="subject", slot="error", reads="reasoned failure", each=True),
            Role(at="context", slot="path", reads="route"),
        ),
        example="DELETE /books/{id} deletes a book. Errors: 401 unauthorized, 404 not found.",
        gives=(
            (
                "operation",
                {"method": "DELETE", "path": "/books/{id}", "verb": "delete", "does": "delete", "object": "book"},
            ),
            (
                "operation",
                {"method": "DELETE", "path": "/books/{id}", "error": 401, "error_when": "unauthenticated"},
            ),
            ("operation", {"method": "DELETE", "path": "/books/{id}", "error": 404, "error_when": "missing"}),
        ),
    ),
    Frame(
        name="a list of error statuses",
        kind="operation",
        roles=(
            Role(at="label", reads="error label"),
            Role(at="subject", slot="errors", reads="statuses"),
            Role(at="context", slot="path", reads="route"),
        ),
        example="POST /quizzes creates a quiz. Error codes: 400, 401.",
        gives=(
            (
                "operation",
                {"method": "POST", "path": "/quizzes", "verb": "create", "does": "create", "object": "quiz"},
            ),
            ("operation", {"method": "POST", "path": "/quizzes", "errors": ("400", "401")}),
        ),
    ),
    Frame(
        name="the fields of a request, behind a label",
        kind="field",
        route="request",
        roles=(
            Role(at="label", reads="request label"),
            Role(at="subject", slot="name", reads="field", each=True),
            Role(at="context", reads="route"),
        ),
        example="POST /items creates an item. Body: `sku` (string, required), `tags` (list of strings).",
        gives=(
            (
                "operation",
                {"method": "POST", "path": "/items", "verb": "create", "does": "create", "object": "item"},
            ),
            (
                "field",
                {
                    "of": "POST /items",
                    "name": "sku",
                    "type": "text",
                    "required": True,
                    "direction": "request",
                    "location": "body",
                },
            ),
            (
                "field",
                {
                    "of": "POST /items",
                    "name": "tags",
                    "type": "list of text",
                    "direction": "request",
                    "location": "body",
                },
            ),
        ),
    ),
    Frame(
        name="the body has fields",
        kind="field",
        modal=False,
        verbs=("contain", "take", "require"),
        route="request",
        roles=(
            Role(at="subject", reads="request label"),
            Role(at="object", slot="name", reads="field", each=True),
            Role(at="context", reads="route"),
        ),
        example="POST /items creates an item. The body has `price` (integer, at least 1).",
        gives=(
            (
                "operation",
                {"method": "POST", "path": "/items", "verb": "create", "does": "create", "object": "item"},
            ),
            (
                "field",
                {
                    "of": "POST /items",
                    "name": "price",
                    "type": "integer",
                    "min": "1",
                    "direction": "request",
                    "location": "body",
                },
            ),
        ),
    ),
    Frame(
        name="the shape of a request",
        kind="field",
        route="request",
        roles=(
            Role(at="label", reads="request label"),
            Role(at="subject", slot="name", reads="shape"),
            Role(at="context", reads="route"),
        ),
        example="POST /quizzes creates a quiz. Request body: { title: string }.",
        gives=(
            (
                "operation",
                {"method": "POST", "path": "/quizzes", "verb": "create", "does": "create", "object": "quiz"},
            ),
            (
                "field",
                {
                    "of": "POST /quizzes",
                    "name": "title",
                    "direction": "request",
                    "location": "body",
                    "required": True,
                    "type": "text",
                },
            ),
        ),
    ),
    Frame(
        name="parameters after a label",
        kind="field",
        route="request",
        roles=(
            Role(at="label", slot="location", reads="parameter label"),
            Role(at="subject", slot="name", reads="field", each=True),
            Role(at="context", reads="route"),
        ),
        example="GET /books/{id} returns a book. Path parameter: `id` (uuid).",
        gives=(
            (
                "operation",
                {"method": "GET", "path": "/books/{id}", "verb": "return", "does": "read", "object": "book"},
            ),
            (
                "field",
                {
                    "of": "GET /books/{id}",
                    "name": "id",
                    "direction": "request",
                    "location": "path",
                    "type": "uuid",
                },
            ),
        ),
    ),
    Frame(
        name="the shape of an answer",
        kind="operation",
        roles=(
            Role(at="label", slot="status", reads="response label"),
            Role(at="context", slot="path", reads="route"),
        ),
        extra=(
            Frame(
                name="the fields of the answer",
                kind="field",
                route="response",
                roles=(Role(at="subject", slot="name", reads="answered shape"), Role(at="context", reads="route")),
            ),
        ),
        example="POST /quizzes creates a quiz. 201 response: { quizId: uuid }.",
        gives=(
            (
                "operation",
                {"method": "POST", "path": "/quizzes", "verb": "create", "does": "create", "object": "quiz"},
            ),
            ("operation", {"method": "POST", "path": "/quizzes", "status": 201}),
            (
                "field",
                {
                    "of": "POST /quizzes",
                    "name": "quizId",
                    "direction": "response",
                    "required": True,
                    "type": "uuid",
                },
            ),
        ),
    ),
)
