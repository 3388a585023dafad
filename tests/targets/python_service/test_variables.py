"""The variables that a blueprint may not name are those that the emitted service reads itself."""

import re
from importlib.resources import files

from autocoder.ir.variables import PROCESS, SETTINGS, is_taken
from autocoder.targets import runtime
from autocoder.targets.docker import environment_file
from autocoder.targets.python_service import keys
from autocoder.targets.python_service.reserved_names import members

TEMPLATE = files("autocoder.targets.python_service") / "templates" / "src" / "settings.py.j2"


def test_the_settings_that_are_taken_are_those_of_the_template() -> None:
    stated = re.findall(r"^    ([a-z]\w*): ", TEMPLATE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {name.upper() for name in stated} == SETTINGS


def test_what_the_class_of_the_settings_uses_is_taken() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    decorators = re.findall(r"^    @(\w+)", text, re.MULTILINE)
    said = {*members("src/settings.py"), *decorators} - {"_keys", "_cipher"}
    assert {name for name in said if not is_taken(name.upper())} == set()


def test_the_variables_of_a_deployment_are_taken() -> None:
    names = {value for name, value in vars(runtime).items() if name.endswith("_VARIABLE")}
    names |= {keys.SIGNING_KEY, keys.DIGEST_KEY, keys.ENCRYPTION_KEYS, environment_file.PASSWORD}
    assert names <= SETTINGS | PROCESS


def test_other_variables_are_free() -> None:
    assert [name for name in ("PAYMENTS_URL", "APP_KEY", "HOST_URL") if is_taken(name)] == []
