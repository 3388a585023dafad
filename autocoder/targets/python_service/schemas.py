"""What clients send and get: `schemas.py` and the constrained types that it uses, `types.py`."""

from __future__ import annotations

from dataclasses import dataclass

from autocoder.ir.behaviour import Reply, walk_steps
from autocoder.ir.expressions import Const
from autocoder.ir.nodes import Constraints, Entity, Field, Input, Operation
from autocoder.ir.types import Type
from autocoder.ir.views import Views
from autocoder.targets.python_service.describe import words
from autocoder.targets.python_service.expressions import Imports, literal, render_const, type_hint
from autocoder.targets.python_service.names import attribute, pascal, row_attribute
from autocoder.targets.python_service.source import Module

TYPES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "Str": (
        '''def without_nul(value: str) -> str:
    """PostgreSQL keeps no NUL character."""
    if "\\x00" in value:
        raise ValueError("must not contain NUL")
    return value


Str = Annotated[str, AfterValidator(without_nul)]''',
        (("typing", "Annotated"), ("pydantic", "AfterValidator")),
    ),
    "Url": (
        '''def web_address(value: str) -> str:
    """An address on the web, kept as it was sent."""
    parts = urlsplit(value)
    printable = value.isascii() and value.isprintable() and " " not in value
    if parts.scheme not in ("http", "https") or not parts.hostname or not printable:
        raise ValueError("must be an http or https address with a host, in ASCII")
    return value


Url = Annotated[str, Field(max_length=2048), AfterValidator(web_address)]''',
        (
            ("typing", "Annotated"),
            ("pydantic", "AfterValidator"),
            ("pydantic", "Field"),
            ("urllib.parse", "urlsplit"),
        ),
    ),
    "Email": (
        "Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(str.lower)]",
        (("typing", "Annotated"), ("pydantic", "AfterValidator"), ("pydantic", "EmailStr"), ("pydantic", "Field")),
    ),
    "Time": (
        '''def as_text(value: object) -> object:
    """A time is a text; a number would be read as seconds."""
    if not isinstance(value, str) or not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}", value):
        raise ValueError("must be a time as RFC 3339 writes it")
    return value


def in_utc(value: datetime) -> datetime:
    """A time without a zone is in UTC."""
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is out of range") from error


Time = Annotated[datetime, BeforeValidator(as_text), AfterValidator(in_utc)]''',
        (
            ("", "re"),
            ("typing", "Annotated"),
            ("pydantic", "AfterValidator"),
            ("pydantic", "BeforeValidator"),
            ("datetime", "UTC"),
            ("datetime", "datetime"),
        ),
    ),
    "Day": (
        '''def as_day(value: object) -> object:
    """A day is written YYYY-MM-DD; anything else would be read as a time."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("must be a day, YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(as_day)]''',
        (("", "re"), ("typing", "Annotated"), ("pydantic", "BeforeValidator"), ("datetime", "date")),
    ),
    "saying": (
        '''def saying(message: str) -> WrapValidator:
    """Answers with this message where a value is refused."""

    def validate(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
        try:
            return check(value)
        except ValueError as error:
            raise ValueError(message) from error

    return WrapValidator(validate)''',
        (
            ("typing", "Any"),
            ("pydantic", "ValidatorFunctionWrapHandler"),
            ("pydantic", "WrapValidator"),
        ),
    ),
    "Integer": (
        "Integer = Annotated[int, Strict(), Field(ge=-(2**63), lt=2**63)]",
        (("typing", "Annotated"), ("pydantic", "Field"), ("pydantic", "Strict")),
    ),
    "Number": (
        "Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]",
        (("typing", "Annotated"), ("pydantic", "Field")),
    ),
    "Boolean": ("Boolean = Annotated[bool, Strict()]", (("typing", "Annotated"), ("pydantic", "Strict"))),
    "Slug": (
        'Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]',
        (("typing", "Annotated"), ("pydantic", "Field")),
    ),
}
"""Constrained types that an emitted service may use: their source, and what it imports."""


LONG_HINT = 70
"""Characters beyond which a type gets a name of its own."""


@dataclass(kw_only=True)
class Hints:
    """Renders the types of inputs, and remembers which constrained types they need."""

    package: str
    module: Module
    used: set[str]

    @property
    def imports(self) -> Imports:
        """What the module imports."""
        return self.module.imports

    def of(self, given: Input, *, in_json: bool) -> str:
        """The annotation of an input. Values in JSON are never converted; those in paths and queries are text."""
        hint = self._plain(given.type, given.constraints, in_json=in_json)
        more: list[str] = []
        if limits := _limits(given.type, given.constraints):
            self.imports.add("pydantic", "Field")
            more.append(f"Field({', '.join(limits)})")
        if given.message:
            more.append(f"{self._own('saying')}({literal(given.message)})")
        if more:
            self.imports.add("typing", "Annotated")
            hint = f"Annotated[{', '.join([hint, *more])}]"
        if len(hint) > LONG_HINT:
            hint = self._named(pascal(given.name), hint)
        return f"{hint} | None" if given.type.optional else hint

    def _plain(self, type_: Type, constraints: Constraints, *, in_json: bool) -> str:
        match type_.name, type_.format:
            case "text", "enum":
                self.imports.add("typing", "Literal")
                return f"Literal[{', '.join(literal(v) for v in constraints.values)}]"
            case "text", ("url" | "email" | "slug") as format_:
                return self._own(format_.capitalize())
            case "text", _:
                return self._own("Str")
            case "integer", _:
                return self._own("Integer" if in_json else "Number")
            case "boolean", _:
                return self._own("Boolean") if in_json else "bool"
            case "datetime", _:
                return self._own("Time")
            case "date", _:
                return self._own("Day")
            case "list", _ if type_.item:
                return f"list[{self._plain(type_.item, Constraints(values=constraints.values), in_json=in_json)}]"
            case _:
                return type_hint(type_.not_null(), self.imports)

    def _named(self, name: str, hint: str) -> str:
        """A long type under a name of its own, before what uses it."""
        taken = {block.split(" = ")[0]: block for block in self.module.blocks}
        while taken.get(name, f"{name} = {hint}") != f"{name} = {hint}":
            name += "Value"
        if name not in taken:
            self.module.add(f"{name} = {hint}")
        return name

    def _own(self, name: str) -> str:
        self.used.add(name)
        self.imports.add(f"{self.package}.types", name)
        return name


def _limits(type_: Type, constraints: Constraints) -> list[str]:
    if type_.name == "text":
        named = (("min_length", constraints.minimum), ("max_length", constraints.maximum))
        limits = [f"{name}={value}" for name, value in named if value is not None]
        return [*limits, f"pattern={_raw(f'^(?:{constraints.pattern})$')}"] if constraints.pattern else limits
    if type_.name == "list":
        named = (("min_length", constraints.minimum), ("max_length", constraints.maximum))
    else:
        named = (("ge", constraints.minimum), ("le", constraints.maximum))
    return [f"{name}={value}" for name, value in named if value is not None]


def _raw(pattern: str) -> str:
    plain = '"' not in pattern and "\n" not in pattern and not pattern.endswith("\\")
    return f'r"{pattern}"' if plain and "\\" in pattern else literal(pattern)


def types_module(used: set[str], package: str) -> str:
    """The source of `types.py`: only what this service needs."""
    module = Module(doc="Types of what clients send.", package=package)
    for name in sorted(used):
        source, imports = TYPES[name]
        for origin, imported in imports:
            if origin:
                module.imports.add(origin, imported)
            else:
                module.plain_imports.add(imported)
        module.add(source)
    return module.text()


def request_name(operation: Operation) -> str:
    """The model of an operation's body."""
    return f"{pascal(operation.name)}Request"


def body_inputs(operation: Operation) -> tuple[Input, ...]:
    """The inputs that stand in the body."""
    return tuple(i for i in operation.inputs if i.place == "body")


def reply_of(operation: Operation) -> Reply:
    """What an operation answers when nothing fails."""
    return next(step for step in walk_steps(operation.steps) if isinstance(step, Reply))


def shown_entity(operation: Operation, bind: str) -> tuple[str, bool]:
    """The entity that a reply shows, and whether as a list."""
    for step in walk_steps(operation.steps):
        if getattr(step, "bind", None) == bind:
            match getattr(step, "match", None), getattr(step, "entity", None):
                case None, str() as entity:
                    return entity, step.kind == "list"
                case match, _ if match is not None:
                    return str(match.entity), False
                case _:
                    pass
    raise KeyError(bind)


def reply_name(operation: Operation) -> str:
    """The model of what an operation answers; empty where it answers no body of its own."""
    reply = reply_of(operation)
    if reply.body is not None:
        return f"{pascal(operation.name)}Result"
    if reply.view is None:
        return ""
    entity, many = shown_entity(operation, reply.view)
    return f"list[{entity}Reply]" if many else f"{entity}Reply"


def schemas_module(views: Views, package: str, used: set[str]) -> str:
    """The source of `schemas.py`; the constrained types that it uses are added to `used`."""
    module = Module(doc="What clients send and get.", package=package)
    module.imports.add("pydantic", "BaseModel")
    hints = Hints(package=package, module=module, used=used)
    shown: set[str] = set()
    if any(_may_be_unsent(i) for operation in views.operations for i in body_inputs(operation)):
        module.imports.add("pydantic", "Field")
        module.imports.add("typing", "Any")
        module.add(_UNSENT)
    for operation in views.operations:
        if inputs := body_inputs(operation):
            module.add(_request(operation, inputs, hints), operation.id)
        reply = reply_of(operation)
        if reply.view is not None:
            shown.add(shown_entity(operation, reply.view)[0])
        elif reply.body is not None:
            module.add(_named_values(operation, reply, module.imports), operation.id)
    for entity in views.entities:
        if entity.name in shown:
            module.add(_row_reply(entity, module.imports), entity.id)
    return module.text()


_UNSENT = '''UNSENT: Any = Field(default_factory=lambda: None)
"""What a field is that was not sent. Null is something else, and refused."""'''


def _may_be_unsent(given: Input) -> bool:
    return not (given.required or given.default or given.type.optional) and attribute(given.name) == given.name


def _request(operation: Operation, inputs: tuple[Input, ...], hints: Hints) -> str:
    lines = [f"class {request_name(operation)}(BaseModel):", f'    """The body of {words(operation.name)}."""', ""]
    for given in inputs:
        name = attribute(given.name)
        hint = hints.of(given, in_json=True)
        lines.append(f"    {name}: {hint}{_default(given, name, hints.imports)}")
    return "\n".join(lines)


def _default(given: Input, name: str, imports: Imports) -> str:
    default = "None" if given.type.optional else "UNSENT"
    if isinstance(given.default, Const):
        default = render_const(given.default, imports)
    if name == given.name:
        return "" if given.required else f" = {default}"
    imports.add("pydantic", "Field")
    options = [f"alias={literal(given.name)}"]
    if not given.required:
        options.insert(0, "default_factory=lambda: None" if default == "UNSENT" else f"default={default}")
    return f" = Field({', '.join(options)})"


def _named_values(operation: Operation, reply: Reply, imports: Imports) -> str:
    lines = [
        f"class {pascal(operation.name)}Result(BaseModel):",
        f'    """What {words(operation.name)} answers."""',
        "",
    ]
    lines += [_named_value(name, value.type, imports) for name, value in reply.body or ()]
    return "\n".join(lines)


def _named_value(name: str, type_: Type, imports: Imports) -> str:
    hint = f"    {attribute(name)}: {type_hint(type_, imports)}"
    if attribute(name) == name:
        return hint
    imports.add("pydantic", "Field")
    return f"{hint} = Field(serialization_alias={literal(name)})"


def _row_reply(entity: Entity, imports: Imports) -> str:
    imports.add("pydantic", "ConfigDict")
    lines = [f"class {entity.name}Reply(BaseModel):", f'    """A {words(entity.name)} as clients see it."""', ""]
    lines += ["    model_config = ConfigDict(from_attributes=True)", ""]
    lines += [_shown_field(f, imports) for f in entity.fields if not f.hidden]
    return "\n".join(lines)


def _shown_field(f: Field, imports: Imports) -> str:
    stored = row_attribute(f.name, f.type)
    name = attribute(f.name)
    options: list[str] = []
    if stored != name:
        options.append(f"validation_alias={literal(stored)}")
    if name != f.name:
        options.append(f"serialization_alias={literal(f.name)}")
    if not options:
        return f"    {name}: {type_hint(f.type, imports)}"
    imports.add("pydantic", "Field")
    return f"    {name}: {type_hint(f.type, imports)} = Field({', '.join(options)})"
