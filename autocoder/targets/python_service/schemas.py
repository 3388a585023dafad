"""What clients send and get: `schemas.py` and the constrained types that it uses, `types.py`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from autocoder.ir.behaviour import Reply, walk_steps
from autocoder.ir.expressions import Const, Record
from autocoder.ir.limits import most_bytes
from autocoder.ir.nodes import Constraints, Entity, Input, Operation, Wire
from autocoder.ir.types import Type
from autocoder.ir.views import Views
from autocoder.targets.python_service.describe import with_article, words
from autocoder.targets.python_service.expressions import Imports, literal, render_const, render_default, type_hint
from autocoder.targets.python_service.formulas import constant
from autocoder.targets.python_service.names import attribute, pascal, row_attribute
from autocoder.targets.python_service.source import Module

LONG_HINT = 70
"""Characters beyond which a type gets a name of its own."""


@dataclass(kw_only=True)
class Hints:
    """Renders the types of inputs, and remembers which constrained types they need."""

    package: str
    module: Module
    used: set[str]
    camel: bool = False

    @property
    def imports(self) -> Imports:
        """What the module imports."""
        return self.module.imports

    def of(self, given: Input, *, in_json: bool) -> str:
        """The annotation of an input. Values in JSON are never converted; those in paths and queries are text."""
        hint = self.limited(given.type, given.constraints, in_json=in_json)
        if len(hint) > LONG_HINT:
            hint = self._named(pascal(given.name), hint)
        return f"{hint} | None" if given.type.optional else hint

    def limited(self, type_: Type, constraints: Constraints, *, in_json: bool = False) -> str:
        """A type with what its values must satisfy beyond it."""
        hint = self._plain(type_, constraints, in_json=in_json)
        more: list[str] = []
        if limits := _limits(type_, constraints):
            self.imports.add("pydantic", "Field")
            if "Decimal(" in limits[0]:
                self.imports.add("decimal", "Decimal")
            more.append(f"Field({', '.join(limits)})")
        if type_.format == "file":
            kinds = "".join(f", {literal(kind)}" for kind in constraints.values)
            more.append(f"{self._own('uploaded')}({most_bytes(constraints):_}{kinds})")
        if not more:
            return hint
        self.imports.add("typing", "Annotated")
        within = hint.startswith("Annotated[") and hint.endswith("]")
        return f"Annotated[{', '.join([hint[10:-1] if within else hint, *more])}]"

    def parameter(self, given: Input, alias: str) -> str:
        """The annotation of a parameter: where it stands, and beside that what it must satisfy."""
        kind = "File" if given.type.format == "file" else given.place.capitalize()
        limits = _limits(given.type, given.constraints)
        if given.type.name == "decimal":
            limits = []  # exact numbers are a type of their own
        left = replace(given.constraints.of_item, distinct=given.constraints.distinct)
        if given.type.name != "list":
            left = replace(left, pattern=None)
        limited = replace(given, constraints=left) if limits else given
        hint = self.of(limited, in_json=False)
        said = [f"alias={literal(alias)}"] if alias else []
        # A list that does not say where it stands would be looked for in the body.
        if given.place in ("path", "query") and given.type.name != "list" and not said and not limits:
            return hint
        self.imports.add("typing", "Annotated")
        self.imports.add("fastapi", kind)
        within = hint.startswith("Annotated[") and hint.endswith("]")
        first = hint[:-1] if within else f"Annotated[{hint}"
        return f"{first}, {kind}({', '.join([*said, *limits])})]"

    def _plain(self, type_: Type, constraints: Constraints, *, in_json: bool) -> str:  # noqa: C901 # one arm a type
        match type_.name, type_.format:
            case "text", "enum":
                self.imports.add("typing", "Literal")
                return f"Literal[{', '.join(literal(v) for v in constraints.values)}]"
            case "text", ("url" | "email" | "slug" | "phone") as format_:
                return self._own(format_.capitalize())
            case "text", "html":
                return self._own("Html")
            case "text", ("formula" | "predicate"):
                self.imports.add(f"{self.package}.formulas", constant(type_))
                self.imports.add("pydantic", "AfterValidator")
                self.imports.add("typing", "Annotated")
                return f"Annotated[{self._own('Str')}, AfterValidator({constant(type_)}.checked)]"
            case "text", "path":
                return self._own("RelativePath")
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
            case "decimal", _:
                return self._own("Amount")
            case "duration", _:
                return self._own("Duration")
            case "json", "scalar":
                return self._own("Scalar")
            case "json", _:
                return self._own("Json")
            case "record", "file":
                self.imports.add("fastapi", "UploadFile")
                return "UploadFile"
            case "record", _:
                return self._record(type_, constraints)
            case "map", _ if type_.item:
                return f"dict[{self._own('Str')}, {self.limited(type_.item, constraints.of_item, in_json=in_json)}]"
            case "list", _ if type_.item:
                many = self._own("Distinct") if constraints.distinct else "list"
                return f"{many}[{self.limited(type_.item, constraints.of_item, in_json=in_json)}]"
            case _:
                return type_hint(type_.not_null(), self.imports)

    def _record(self, type_: Type, constraints: Constraints) -> str:
        """A record inside what clients send: a dictionary of known keys."""
        self.imports.add("typing_extensions", "TypedDict")
        if any(value.optional for _, value in type_.fields):
            self.imports.add("typing", "NotRequired")
        body: list[str] = []
        for name, value in type_.fields:
            hint = self.limited(value.not_null(), constraints.of_part(name), in_json=True)
            body.append(f"    {name}: {f'NotRequired[{hint} | None]' if value.optional else hint}")
        if self.camel:
            self.imports.add("pydantic", "ConfigDict", "with_config")
            self.imports.add("pydantic.alias_generators", "to_camel")
        head = "@with_config(ConfigDict(alias_generator=to_camel))\n" if self.camel else ""
        name = pascal("_".join(name for name, _ in type_.fields))[:40]
        text = f'(TypedDict):\n    """{_listed(type_)}."""\n\n' + "\n".join(body)
        while any(f"class {name}(" in b and b != f"{head}class {name}{text}" for b in self.module.blocks):
            name += "Value"
        if f"{head}class {name}{text}" not in self.module.blocks:
            self.module.add(f"{head}class {name}{text}")
        return name

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


def _listed(type_: Type) -> str:
    """The fields of a record in words."""
    return f"Values with {', '.join(words(name) for name, _ in type_.fields)}"


def _limits(type_: Type, constraints: Constraints) -> list[str]:
    if type_.format == "file":
        return []  # its size is checked with its type
    if type_.name == "text":
        named = (("min_length", constraints.minimum), ("max_length", constraints.maximum))
        limits = [f"{name}={value}" for name, value in named if value is not None]
        return [*limits, f"pattern={_raw(f'^(?:{constraints.pattern})$')}"] if constraints.pattern else limits
    if type_.name == "decimal":
        return [
            f"{name}=Decimal({literal(value)})"
            for name, value in (("ge", constraints.minimum), ("le", constraints.maximum))
            if value is not None
        ]
    if type_.name in ("list", "map"):
        named = (("min_length", constraints.minimum), ("max_length", constraints.maximum))
    else:
        named = (("ge", constraints.minimum), ("le", constraints.maximum))
    return [f"{name}={value}" for name, value in named if value is not None]


def _raw(pattern: str) -> str:
    plain = '"' not in pattern and "\n" not in pattern and not pattern.endswith("\\")
    return f'r"{pattern}"' if plain and "\\" in pattern else literal(pattern)


def request_name(operation: Operation) -> str:
    """The model of an operation's body."""
    return f"{pascal(operation.name)}Request"


def body_inputs(operation: Operation) -> tuple[Input, ...]:
    """The inputs that stand in the body."""
    return tuple(i for i in operation.inputs if i.place == "body")


def replies_of(operation: Operation) -> tuple[Reply, ...]:
    """All that an operation may answer when nothing fails, the usual one last."""
    return tuple(step for step in walk_steps(operation.steps) if isinstance(step, Reply))


def reply_of(operation: Operation) -> Reply:
    """What an operation answers when nothing fails and no condition asks for something else."""
    return replies_of(operation)[-1]


def is_empty(reply: Reply) -> bool:
    """Whether a reply has no body although its status may have one: FastAPI would send `null`."""
    contents = (reply.body, reply.view, reply.redirect, reply.html, reply.text, reply.file)
    return reply.status not in (204, 304) and all(content is None for content in contents)


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


def body_name(operation: Operation, reply: Reply) -> str:
    """The model of what a reply answers where its body is its own; other bodies of the operation are numbered."""
    if reply.body is None:
        return ""
    bodies = dict.fromkeys((r.body.type, r.absent) for r in reversed(replies_of(operation)) if r.body is not None)
    number = [*bodies].index((reply.body.type, reply.absent)) + 1
    return f"{pascal(operation.name)}Result{number if number > 1 else ''}"


@dataclass(frozen=True, kw_only=True)
class Replies:
    """Names the models of replies; with `shown` it defines those that bodies are made of."""

    views: Views
    module: Module
    package: str
    shown: set[str] | None = None

    def name(self, operation: Operation, reply: Reply) -> str:
        """The model of a reply; "None" where it has no body."""
        if reply.body is not None:
            own = body_name(operation, reply)
            if isinstance(reply.body, Record):
                self._define(own, reply.body.type, reply.absent, operation.id)
                return self._imported(own)
            return self.of(reply.body.type, own)
        if reply.view is None:
            return "None"
        entity, many = shown_entity(operation, reply.view)
        row = self._row(entity)
        return f"list[{row}]" if many else row

    def _imported(self, name: str) -> str:
        if self.shown is None:
            self.module.imports.add(f"{self.package}.schemas", name)
        return name

    def _row(self, entity: str) -> str:
        if self.shown is not None:
            self.shown.add(entity)
        return self._imported(f"{entity}Reply")

    def of(self, type_: Type, name: str) -> str:
        """The type of a value in a body; a record inside gets a model of its own, called `name`."""
        match type_.name:
            case "row":
                hint = self._row(type_.entity or "")
            case "record":
                self._define_record(name, type_)
                hint = self._imported(name)
            case "list" | "map" if type_.item is not None:
                inside = self.of(type_.item, f"{name.removesuffix('Result')}Item")
                hint = f"list[{inside}]" if type_.name == "list" else f"dict[str, {inside}]"
            case "decimal":
                self.module.imports.add(f"{self.package}.types", "Exact")
                hint = "Exact"
            case _:
                return type_hint(type_, self.module.imports)
        return f"{hint} | None" if type_.optional else hint

    def _define_record(self, name: str, type_: Type) -> None:
        """The type of a record inside a body, once; what may be null may also be left out."""
        if self.shown is None or any(f"class {name}(" in block for block in self.module.blocks):
            return
        imports = self.module.imports
        imports.add("typing_extensions", "TypedDict")
        lines = [f"class {name}(TypedDict):", f'    """{_listed(type_)}."""', ""]
        for key, value in type_.fields:
            hint = self.of(value, f"{name}{pascal(attribute(key))}")
            if value.optional:
                imports.add("typing", "NotRequired")
            lines.append(f"    {key}: {f'NotRequired[{hint}]' if value.optional else hint}")
        if self.views.wire.case == "camel":
            imports.add("pydantic", "ConfigDict", "with_config")
            lines.insert(0, "@with_config(ConfigDict(alias_generator=to_camel, populate_by_name=True))")
        self.module.add("\n".join(lines))

    def _define(self, name: str, type_: Type, absent: tuple[str, ...], origin: str) -> None:
        """The model of a record, once, after those that it is made of."""
        if self.shown is None or any(block.startswith(f"class {name}(") for block in self.module.blocks):
            return
        lines = [f"class {name}({base(self.views)}):", f'    """{_a_body(name)}"""', ""]
        stem = name.removesuffix("Result")
        for key, value in type_.fields:
            hint = self.of(value, f"{stem}{pascal(attribute(key))}")
            options = ["default=None"] if key in absent else []
            if attribute(key) != key:
                options.append(f"serialization_alias={literal(key)}")
            default = " = None" if options == ["default=None"] else f" = Field({', '.join(options)})" if options else ""
            if options and default != " = None":
                self.module.imports.add("pydantic", "Field")
            lines.append(f"    {attribute(key)}: {hint}{default}")
        if not type_.fields:
            lines.pop()
        self.module.add("\n".join(lines), origin)


def _a_body(name: str) -> str:
    stem = name.rstrip("0123456789").removesuffix("Result")
    return f"What {words(stem)} answers." if stem != name else f"{words(name).capitalize()}."


def base(views: Views) -> str:
    """The base class of what clients get."""
    return "Answer" if views.wire.case == "camel" else "BaseModel"


def schemas_module(views: Views, package: str, used: set[str]) -> str:
    """The source of `schemas.py`; the constrained types that it uses are added to `used`."""
    module = Module(doc="What clients send and get.", package=package)
    module.imports.add("pydantic", "BaseModel")
    hints = Hints(package=package, module=module, used=used, camel=views.wire.case == "camel")
    if any(_may_be_unsent(i) for operation in views.operations for i in body_inputs(operation)):
        module.imports.add("pydantic", "Field")
        module.imports.add("typing", "Any")
        module.add(_UNSENT)
    _add_bases(views, module)
    for operation in views.operations:
        if inputs := body_inputs(operation):
            module.add(_request(operation, inputs, hints, views), operation.id)
    _add_replies(views, module, package)
    if any(reply.absent for operation in views.operations for reply in replies_of(operation)):
        module.imports.add("typing", "Any")
        module.add(_WITHOUT_NULL)
    used |= module.imports.names.get(f"{package}.types", set())
    return module.text()


def _add_replies(views: Views, module: Module, package: str) -> None:
    """The models of rows that are shown, then those of bodies, which are made of them."""
    shown: set[str] = set()
    sketch = Replies(views=views, module=Module(doc="", package=package), package=package, shown=shown)
    for operation in views.operations:
        for reply in replies_of(operation):
            sketch.name(operation, reply)
    replies = replace(sketch, module=module)
    for entity in views.entities:
        if entity.name in shown:
            module.add(_row_reply(entity, replies, views), entity.id)
    for operation in views.operations:
        for reply in replies_of(operation):
            replies.name(operation, reply)


def _add_bases(views: Views, module: Module) -> None:
    """What all bodies share, where the blueprint asks for more than usual."""
    if views.wire.case == "camel":
        module.imports.add("pydantic", "ConfigDict")
        module.imports.add("pydantic.alias_generators", "to_camel")
        reject = ', extra="forbid"' if views.wire.unknown_fields == "reject" else ""
        module.add(_CAMEL.format(reject=reject))
    elif views.wire.unknown_fields == "reject":
        module.imports.add("pydantic", "ConfigDict")
        module.add(_REJECTING)


_CAMEL = '''class Request(BaseModel):
    """What clients send, names in camel case."""

    model_config = ConfigDict(alias_generator=to_camel{reject})


class Answer(BaseModel):
    """What clients get, names in camel case."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)'''
_REJECTING = '''class Request(BaseModel):
    """What clients send; anything else is refused."""

    model_config = ConfigDict(extra="forbid")'''
_WITHOUT_NULL = '''def without_null(**values: Any) -> dict[str, Any]:
    """The values that are there."""
    return {name: value for name, value in values.items() if value is not None}'''
_UNSENT = '''UNSENT: Any = Field(default_factory=lambda: None)
"""What a field is that was not sent. Null is something else, and refused."""'''


def _may_be_unsent(given: Input) -> bool:
    return not (given.required or given.default or given.type.optional)


def _request(operation: Operation, inputs: tuple[Input, ...], hints: Hints, views: Views) -> str:
    plain = views.wire == Wire() or (views.wire.case == "snake" and views.wire.unknown_fields == "ignore")
    parent = "BaseModel" if plain else "Request"
    lines = [f"class {request_name(operation)}({parent}):", f'    """The body of {words(operation.name)}."""', ""]
    for given in inputs:
        name = attribute(given.name)
        hint = hints.of(given, in_json=True)
        if name != given.name and _may_be_unsent(given):
            hints.imports.add("pydantic", "Field")
            hints.imports.add("typing", "Annotated")
            parts = hint[len("Annotated[") : -1] if hint.startswith("Annotated[") else hint
            hint = f"Annotated[{parts}, Field(alias={literal(given.name)})]"
        lines.append(f"    {name}: {hint}{_default(given, name, hints.imports)}")
    return "\n".join(lines)


def _default(given: Input, name: str, imports: Imports) -> str:
    default = "None" if given.type.optional else "UNSENT"
    if isinstance(given.default, Const):
        default = render_const(given.default, imports)
    elif given.default is not None:
        imports.add("pydantic", "Field")
        alias = f", alias={literal(given.name)}" if name != given.name else ""
        made = render_default(given.default, imports)
        return f" = Field(default_factory={'list' if made == '[]' else f'lambda: {made}'}{alias})"
    if name == given.name or _may_be_unsent(given):
        return "" if given.required else f" = {default}"
    imports.add("pydantic", "Field")
    options = [f"alias={literal(given.name)}"]
    if not given.required:
        options.insert(0, f"default={default}")
    return f" = Field({', '.join(options)})"


def _row_reply(entity: Entity, replies: Replies, views: Views) -> str:
    imports = replies.module.imports
    imports.add("pydantic", "ConfigDict")
    shown = with_article(entity.name).capitalize()
    lines = [f"class {entity.name}Reply({base(views)}):", f'    """{shown} as clients see it."""', ""]
    lines += ["    model_config = ConfigDict(from_attributes=True)", ""]
    shown = [(f.name, f.type, row_attribute(f.name, f.type)) for f in entity.fields if not f.hidden]
    shown += [(name, value.type, attribute(name)) for name, value in entity.computed]
    lines += [_shown_field(name, type_, stored, entity, replies) for name, type_, stored in shown]
    return "\n".join(lines)


def _shown_field(name: str, type_: Type, stored: str, entity: Entity, replies: Replies) -> str:
    shown = attribute(name)
    hint = replies.of(type_, f"{entity.name}{pascal(name)}")
    options: list[str] = []
    if stored != shown:
        options.append(f"validation_alias={literal(stored)}")
    if shown != name:
        options.append(f"serialization_alias={literal(name)}")
    if not options:
        return f"    {shown}: {hint}"
    replies.module.imports.add("pydantic", "Field")
    return f"    {shown}: {hint} = Field({', '.join(options)})"
