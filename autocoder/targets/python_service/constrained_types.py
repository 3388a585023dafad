"""Constrained types that an emitted service may use, and `types.py` from those that it does."""

from __future__ import annotations

from autocoder.targets.python_service.source import Module

TYPES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "Str": (
        '''def without_nul(value: str) -> str:
    """PostgreSQL keeps no NUL character, and half of a surrogate pair is none."""
    if re.search("[\\x00\\ud800-\\udfff]", value):
        raise ValueError("must not contain NUL or half of a surrogate pair")
    return value


Str = Annotated[str, AfterValidator(without_nul)]''',
        (("", "re"), ("typing", "Annotated"), ("pydantic", "AfterValidator")),
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
    "Integer": (
        "Integer = Annotated[int, Strict(), Field(ge=-(2**63), lt=2**63)]",
        (("typing", "Annotated"), ("pydantic", "Field"), ("pydantic", "Strict")),
    ),
    "Number": (
        "Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]",
        (("typing", "Annotated"), ("pydantic", "Field")),
    ),
    "Phone": (
        'Phone = Annotated[str, Field(pattern=r"^[+]?[0-9][0-9 ()/.-]{2,30}$")]',
        (("typing", "Annotated"), ("pydantic", "Field")),
    ),
    "Amount": (
        '''def exact(value: object) -> object:
    """A decimal number with at most 34 digits, as a JSON number or as text."""
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]{1,2})?", str(value)):
        raise ValueError("must be a decimal number")
    number = Decimal(str(value))
    if len(number.normalize().as_tuple().digits) > 34 or abs(number.adjusted()) > 34:
        raise ValueError("must have at most 34 digits")
    return number.normalize() + 0


Amount = Annotated[Decimal, BeforeValidator(exact)]''',
        (("", "re"), ("decimal", "Decimal"), ("typing", "Annotated"), ("pydantic", "BeforeValidator")),
    ),
    "Exact": (
        '''def as_number(value: Decimal) -> int | float | str:
    """A number as JSON has it; as text where a reader would lose digits."""
    if value == int(value):
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else f"{value.normalize():f}"


Exact = Annotated[Decimal, PlainSerializer(as_number, when_used="json")]''',
        (("decimal", "Decimal"), ("typing", "Annotated"), ("pydantic", "PlainSerializer")),
    ),
    "Duration": (
        '''def as_duration(value: object) -> object:
    """A stretch of time is written as ISO 8601 does, for example PT30M."""
    if not isinstance(value, str) or not re.fullmatch(r"-?P[0-9A-Z.]{2,30}", value):
        raise ValueError("must be a duration such as PT30M")
    return value


Duration = Annotated[timedelta, BeforeValidator(as_duration)]''',
        (("", "re"), ("datetime", "timedelta"), ("typing", "Annotated"), ("pydantic", "BeforeValidator")),
    ),
    "Json": (
        '''def storable(value: Any) -> Any:
    """PostgreSQL keeps no NUL character and no half of a surrogate pair, and JSON has no NaN."""
    text = json.dumps(value, ensure_ascii=False)
    plain = re.sub(r'"(\\\\.|[^"])*"', "", text)
    if "\\\\u0000" in text or re.search("[\\ud800-\\udfff]", text) or re.search(r"\\b(NaN|Infinity)\\b", plain):
        raise ValueError("must be JSON without NUL")
    return value


Json = Annotated[Any, AfterValidator(storable)]''',
        (("", "json"), ("", "re"), ("typing", "Annotated"), ("typing", "Any"), ("pydantic", "AfterValidator")),
    ),
    "Scalar": (
        '''def single(value: Any) -> Any:
    """A number, true, false or a text, which PostgreSQL keeps without NUL and JSON without NaN."""
    if not isinstance(value, bool | int | float | str):
        raise ValueError("must be a number, true, false or a text")
    if re.search("[\\x00\\ud800-\\udfff]", str(value)) or (isinstance(value, float) and not isfinite(value)):
        raise ValueError("must be a text without NUL or a number that JSON has")
    return value


Scalar = Annotated[Any, AfterValidator(single)]''',
        (("", "re"), ("math", "isfinite"), ("typing", "Annotated"), ("typing", "Any"), ("pydantic", "AfterValidator")),
    ),
    "Html": (
        '''def sanitised(value: str) -> str:
    """A text without tags that could do harm."""
    if re.search("[\\x00\\ud800-\\udfff]", value):
        raise ValueError("must not contain NUL or half of a surrogate pair")
    return nh3.clean(value)


Html = Annotated[str, AfterValidator(sanitised)]''',
        (("", "nh3"), ("", "re"), ("typing", "Annotated"), ("pydantic", "AfterValidator")),
    ),
    "RelativePath": (
        '''def relative_path(value: str) -> str:
    """A path beneath one root: no part of it leads upwards or elsewhere."""
    parts = [part for part in value.split("/") if part not in ("", ".")]
    if not parts or value.startswith("/") or ".." in parts or "\\\\" in value or not value.isprintable():
        raise ValueError("must be a relative path that leads nowhere else")
    return "/".join(parts)


RelativePath = Annotated[str, Field(max_length=1024), AfterValidator(relative_path)]''',
        (("typing", "Annotated"), ("pydantic", "AfterValidator"), ("pydantic", "Field")),
    ),
    "uploaded": (
        '''def uploaded(most: int, *kinds: str) -> AfterValidator:
    """A file of so many bytes at most, and of one of these content types where any is named."""

    def check(file: UploadFile) -> UploadFile:
        if (file.size or 0) > most:
            raise ValueError(f"must have at most {most} bytes")
        if kinds and content_type(file.content_type) not in kinds:
            raise ValueError(f"must be {' or '.join(kinds)}")
        return file

    return AfterValidator(check)


def content_type(sent: str | None) -> str:
    """A content type without its parameters; what is none is a stream of bytes."""
    plain = (sent or "").partition(";")[0].strip().lower()
    return plain if re.fullmatch(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,99}", plain) else "application/octet-stream"''',
        (("", "re"), ("fastapi", "UploadFile"), ("pydantic", "AfterValidator")),
    ),
    "Distinct": (
        '''T = TypeVar("T", bound=Hashable)


def all_differ(items: list[T]) -> list[T]:
    """A list in which nothing stands twice."""
    if len(set(items)) < len(items):
        raise ValueError("must not contain anything twice")
    return items


Distinct = Annotated[list[T], AfterValidator(all_differ), Field(json_schema_extra={"uniqueItems": True})]''',
        (
            ("collections.abc", "Hashable"),
            ("typing", "Annotated"),
            ("typing", "TypeVar"),
            ("pydantic", "AfterValidator"),
            ("pydantic", "Field"),
        ),
    ),
    "Entries": (
        '''class Entries:
    """A map in the query, `name[key]=value`; `usual` is what it is where nothing is sent."""

    def __init__(self, name: str, kind: Any, *, required: bool = True, usual: Any = None) -> None:
        self.name, self.required, self.usual = name, required, usual
        self.adapter = TypeAdapter(kind)

    def __call__(self, request: Request) -> Any:
        """The map that a request holds."""
        start = f"{self.name}["
        sent = {key[len(start) : -1]: value for key, value in request.query_params.items() if self.holds(key)}
        if not sent and not self.required:
            return self.usual
        if not sent:
            raise RequestValidationError([{"type": "missing", "loc": ("query", self.name), "msg": "Field required"}])
        try:
            return self.adapter.validate_python(sent)
        except ValidationError as error:
            found = [{**wrong, "loc": ("query", self.name, *wrong["loc"])} for wrong in error.errors()]
            raise RequestValidationError(found) from error

    def holds(self, key: str) -> bool:
        """Whether a name in the query is one of the map."""
        return key.startswith(f"{self.name}[") and key.endswith("]")

    @property
    def described(self) -> dict[str, Any]:
        """The map as OpenAPI has it."""
        place = {"name": self.name, "in": "query", "required": self.required, "style": "deepObject", "explode": True}
        return {**place, "schema": self.adapter.json_schema()}''',
        (
            ("typing", "Any"),
            ("fastapi", "Request"),
            ("fastapi.exceptions", "RequestValidationError"),
            ("pydantic", "TypeAdapter"),
            ("pydantic", "ValidationError"),
        ),
    ),
    "Boolean": ("Boolean = Annotated[bool, Strict()]", (("typing", "Annotated"), ("pydantic", "Strict"))),
    "Slug": (
        'Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]',
        (("typing", "Annotated"), ("pydantic", "Field")),
    ),
}
"""Constrained types that an emitted service may use: their source, and what it imports."""


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
