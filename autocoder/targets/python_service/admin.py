"""The command that gives a role to somebody: what its template needs, from the fields of the accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autocoder.ir.accounts import defaults, needed
from autocoder.ir.nodes import Auth, Entity, Field, Input
from autocoder.ir.views import Views
from autocoder.targets.python_service import samples
from autocoder.targets.python_service.expressions import Imports, PythonExpressions, literal
from autocoder.targets.python_service.names import attribute, model, row_attribute
from autocoder.targets.python_service.schemas import Hints
from autocoder.targets.python_service.source import Module, import_block

UNSEEN = ("password", "secret")
"""Formats of values that no argument may hold."""
_DOCUMENTS = ("list", "record", "map", "json")


def gives_roles(views: Views) -> bool:
    """Whether accounts have roles that nobody else gives, so that somebody must be the first to have one."""
    return views.auth is not None and views.auth.issuer is None and bool(views.auth.role)


@dataclass(frozen=True, kw_only=True)
class Admin:
    """Describes `admin.py` and its test. The accounts have roles."""

    views: Views
    package: str
    auth: Auth
    used_types: set[str]

    @property
    def entity(self) -> Entity:
        """The accounts."""
        return self.views.entity(self.auth.entity)

    @property
    def asked(self) -> tuple[Field, ...]:
        """What a new account needs beside its role, the login first."""
        found = [f for f in needed(self.entity) if f.name != self.auth.role]
        return tuple(sorted(found, key=lambda f: f.name != self.auth.login))

    def values(self) -> dict[str, Any]:
        """What the template asks for."""
        module = Module(doc="", package=self.package)
        hints = Hints(package=self.package, module=module, used=self.used_types)
        fields = [(attribute(f.name), hints.of(_input(f), in_json=False)) for f in self.asked]
        roles = self.entity.field(self.auth.role).constraints.values
        values = ", ".join(self._values(module.imports))
        prompted = [attribute(f.name) for f in self.asked if f.type.format in UNSEEN]
        return {
            "fields": fields,
            "login": attribute(self.auth.login),
            "login_hint": fields[0][1],
            "options": list(self._options()),
            "prompted": _listed(prompted),
            "hashed": any(f.type.format == "password" for f in self.asked),
            "documents": any(f.type.name in _DOCUMENTS for f in self.asked),
            "made": [attribute(f.name) for f in self.entity.fields if f.type.format == "token"],
            "uses_now": "now" in values,
            "values": values,
            "role": attribute(self.auth.role),
            "roles": _listed(list(roles)),
            "usual_role": 'default="admin"' if "admin" in roles else "required=True",
            "model": model(self.entity.name),
            "imports": import_block(module.imports, self.package),
            "types": "\n\n\n".join(module.blocks),
        }

    def _options(self) -> Iterator[tuple[str, str]]:
        for f in self.asked[1:]:
            if f.type.format not in UNSEEN:
                yield attribute(f.name), ", type=json.loads" if f.type.name in _DOCUMENTS else ""

    def _values(self, imports: Imports) -> Iterator[str]:
        python = PythonExpressions(
            bound=lambda node: node.name,
            column=lambda node: node.field,
            imports=imports,
            language=f"{self.package}.language",
            formulas=f"{self.package}.formulas",
        )
        for f in self.asked:
            given = f"given.{attribute(f.name)}"
            shown = f"await hash_password({given})" if f.type.format == "password" else given
            yield f"{row_attribute(f.name, f.type)}={shown}"
        for f in self.entity.fields:
            if f.type.format == "token":
                yield f"{row_attribute(f.name, f.type)}=digest({attribute(f.name)})"
        for name, value in defaults(self.entity):
            if name != self.auth.role:
                yield f"{row_attribute(name, value.type)}={python.render(value)}"

    def sample(self) -> dict[str, Any]:
        """What the test asks for: words of the command line, lines of its input, the role."""
        imports = Imports()
        good = {f.name: samples.good(f.type, f.constraints, imports)[0] for f in self.asked}
        shown = [f for f in self.asked if f.type.format not in UNSEEN]
        said = {f.name: good[f.name] if f.type.name == "text" else f"str({good[f.name]})" for f in shown}
        words = [part for f in shown[1:] for part in (literal(f"--{attribute(f.name)}"), said[f.name])]
        roles = self.entity.field(self.auth.role).constraints.values
        return {
            "words": ", ".join([good[self.auth.login], *words]),
            "lines": " + ".join(f'{good[f.name]} + "\\n"' for f in self.asked if f.type.format in UNSEEN) or '""',
            "password": next((good[f.name] for f in self.asked if f.type.format == "password"), ""),
            "role": literal("admin" if "admin" in roles else roles[-1]),
            "role_field": self.auth.role,
            "login_field": self.auth.login,
            "entity": self.entity.name,
            "good": ", ".join(f"{literal(attribute(f.name))}: {good[f.name]}" for f in self.asked),
            "refused": [(attribute(f.name), value) for f in self.asked for value in samples.bad(_input(f), imports)],
            "taken": [
                (attribute(f.name), value) for f in self.asked for value in samples.good(f.type, f.constraints, imports)
            ],
            "password_attribute": attribute(self.auth.secret),
        }


def _input(f: Field) -> Input:
    return Input(name=f.name, place="body", type=f.type, constraints=f.constraints)


def _listed(names: list[str]) -> str:
    """The items of a tuple's display."""
    return ", ".join(literal(name) for name in names) + ("," if len(names) == 1 else "")
