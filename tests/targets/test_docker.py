import re
from dataclasses import replace
from typing import Any

import pytest

from autocoder.bundles import Bundle
from autocoder.ir.nodes import Variable
from autocoder.ir.views import Views
from autocoder.targets.docker import Docker
from autocoder.targets.stamp import Stamp
from autocoder.targets.tree import Tree
from autocoder.targets.yaml_text import load_all


@pytest.fixture
def tree(views: Views, bundle: Bundle, stamp: Stamp) -> Tree:
    return Docker().apply(views, bundle, stamp)


def text(tree: Tree, path: str) -> str:
    return tree[path].content.decode()


def compose(tree: Tree, name: str = "docker-compose.yml") -> Any:
    return load_all(text(tree, f"deployments/{name}"))[0]


def test_the_files_stand_where_the_design_says(tree: Tree) -> None:
    assert sorted(tree.files) == [
        ".dockerignore",
        "deployments/Dockerfile",
        "deployments/docker-compose.prod.yml",
        "deployments/docker-compose.yml",
        "deployments/env/.gitignore",
        "deployments/env/development.env.example",
        "deployments/env/production.env.example",
    ]


def test_the_image_runs_as_a_number_that_is_not_root(tree: Tree) -> None:
    [user] = re.findall(r"^USER (\S+)$", text(tree, "deployments/Dockerfile"), re.MULTILINE)
    assert user == "10001:10001"


def test_the_base_image_is_an_argument_with_the_bundles_value(tree: Tree, bundle: Bundle) -> None:
    lines = text(tree, "deployments/Dockerfile").splitlines()
    assert f"ARG BASE_IMAGE={bundle.images['python'].reference}" in lines
    assert [line for line in lines if line.startswith("FROM ")] == ["FROM ${BASE_IMAGE} AS build", "FROM ${BASE_IMAGE}"]


def test_the_image_installs_only_what_is_hashed(tree: Tree) -> None:
    assert "--require-hashes --no-deps" in text(tree, "deployments/Dockerfile")


def test_the_image_starts_the_package_of_the_system(tree: Tree) -> None:
    assert 'ENTRYPOINT ["python", "-m", "link_shortener"]' in text(tree, "deployments/Dockerfile")


def test_everything_that_is_copied_passes_the_ignore_file(tree: Tree) -> None:
    seen = text(tree, ".dockerignore").splitlines()
    assert seen[0] == "*"
    for source in re.findall(r"^COPY (?!--from)(\S+?)/? ", text(tree, "deployments/Dockerfile"), re.MULTILINE):
        assert any(line.startswith(f"!{source}") for line in seen), source


def test_development_has_a_process_for_each_workload_and_a_real_postgresql(tree: Tree) -> None:
    services = compose(tree)["services"]
    assert sorted(services) == ["api", "migrate", "postgresql", "scheduler", "worker"]
    assert services["api"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert services["migrate"]["depends_on"] == {"postgresql": {"condition": "service_healthy"}}


def test_a_published_port_is_on_loopback(tree: Tree) -> None:
    assert compose(tree)["services"]["api"]["ports"] == ["127.0.0.1:${API_PORTS:-8000}:8000"]


@pytest.mark.parametrize("name", ["docker-compose.yml", "docker-compose.prod.yml"])
def test_every_secret_is_read_from_the_environment_file_or_fails(tree: Tree, name: str) -> None:
    services = compose(tree, name)["services"]
    for service in services.values():
        for variable, value in (service.get("environment") or {}).items():
            if any(word in variable for word in ("PASSWORD", "KEY", "DATABASE_URL")):
                assert re.search(r"\$\{\w+:\?", value), (variable, value)


def test_every_variable_that_compose_requires_stands_in_the_template_without_a_value(tree: Tree) -> None:
    for environment, files in {
        "development": ["docker-compose.yml"],
        "production": ["docker-compose.yml", "docker-compose.prod.yml"],
    }.items():
        wanted = {v for f in files for v in re.findall(r"\$\{(\w+):\?", text(tree, f"deployments/{f}"))}
        template = text(tree, f"deployments/env/{environment}.env.example").splitlines()
        assert {f"{variable}=" for variable in wanted} <= set(template)


def test_filled_environment_files_are_not_tracked(tree: Tree) -> None:
    assert text(tree, "deployments/env/.gitignore") == "*.env\n"


def test_production_hardens_every_process_of_ours(tree: Tree) -> None:
    services = compose(tree, "docker-compose.prod.yml")["services"]
    for name in ("api", "worker", "scheduler", "migrate"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
    assert services["api"]["deploy"] == {
        "replicas": 2,
        "resources": {"limits": {"cpus": "0.5", "memory": "256m"}, "reservations": {"cpus": "0.1", "memory": "128m"}},
    }


def test_each_replica_in_production_gets_a_port(tree: Tree) -> None:
    assert "API_PORTS=8000-8001" in text(tree, "deployments/env/production.env.example").splitlines()


def test_a_production_build_must_name_its_base_image(tree: Tree) -> None:
    overlay = compose(tree, "docker-compose.prod.yml")["services"]
    assert overlay["api"]["build"]["args"]["BASE_IMAGE"].startswith("${BASE_IMAGE:?")


def test_production_takes_development_values_out(bundle: Bundle, stamp: Stamp, system) -> None:
    debug = (Variable(name="LOG_LEVEL", value="DEBUG"), Variable(name="SHOW", value="yes"))
    tree = Docker().apply(system.build(replace(system.DEVELOPMENT, variables=debug)), bundle, stamp)
    assert compose(tree)["services"]["api"]["environment"]["SHOW"] == "yes"
    overlay = compose(tree, "docker-compose.prod.yml")["services"]["api"]["environment"]
    assert overlay["SHOW"] is None
    assert overlay["LOG_LEVEL"] == "INFO"


def test_a_value_with_a_dollar_is_not_interpolated(bundle: Bundle, stamp: Stamp, system) -> None:
    odd = (Variable(name="GREETING", value='${HOME} "x" # y: z\n'),)
    tree = Docker().apply(system.build(replace(system.DEVELOPMENT, variables=odd)), bundle, stamp)
    assert compose(tree)["services"]["api"]["environment"]["GREETING"] == '$${HOME} "x" # y: z\n'


def test_sqlite_runs_everything_in_one_process_on_a_volume(sqlite_views: Views, bundle: Bundle, stamp: Stamp) -> None:
    tree = Docker().apply(sqlite_views, bundle, stamp)
    services = compose(tree)["services"]
    assert sorted(services) == ["all"]
    assert services["all"]["volumes"] == ["data:/data"]
    assert "VOLUME /data" in text(tree, "deployments/Dockerfile")


def test_a_system_without_a_store_has_no_database_and_no_migrations(bundle: Bundle, stamp: Stamp, system) -> None:
    tree = Docker().apply(system.build(without=("component:store", "auth")), bundle, stamp)
    assert "migrations" not in text(tree, "deployments/Dockerfile") + text(tree, ".dockerignore")
    assert "postgresql" not in compose(tree)["services"]
    assert "volumes" not in compose(tree)


def test_the_blueprints_hash_is_a_label_of_the_image(tree: Tree, stamp: Stamp) -> None:
    assert f'dev.autocoder.blueprint-hash="{stamp.blueprint_hash}"' in text(tree, "deployments/Dockerfile")


def test_the_same_input_gives_the_same_bytes(views: Views, bundle: Bundle, stamp: Stamp, tree: Tree) -> None:
    assert Docker().apply(views, bundle, stamp).files == tree.files
