"""docker-compose.yml and the Dockerfile say the same as the settings, the process table and the tree."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from smartpark import processes
from smartpark import settings as settings_tree

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = ROOT / "docker-compose.yml"
SECRETS = {"POSTGRES_PASSWORD", "MQTT_PASSWORD", "GRAFANA_PASSWORD", "SMARTPARK_API__SECRET"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


def ours(compose):
    return {name: one for name, one in compose["services"].items() if one["image"] == "smartpark"}


def test_the_compose_file_follows_the_compose_specification():
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_specification_would_notice_a_mistake(compose, tmp_path):
    compose["services"]["api"]["prots"] = ["8080:8080"]
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(yaml.safe_dump(compose))
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(broken)],
        capture_output=True,
        text=True,
        check=False,
    )
    del compose["services"]["api"]["prots"]
    assert done.returncode == 1
    assert "prots" in done.stdout


def has_compose() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    return subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(
    not has_compose(), reason="no docker compose client on this machine; the schema is checked above"
)
def test_the_compose_client_reads_the_file():
    docker = shutil.which("docker")
    assert docker is not None
    done = subprocess.run(
        [docker, "compose", "-f", str(COMPOSE), "config", "--quiet"],
        env={"PATH": "/usr/bin:/bin:/usr/local/bin"} | dict.fromkeys(SECRETS, "x" * 40),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_setting_in_the_compose_file_and_the_image_is_documented(compose):
    documented = set(
        re.findall(r"`(SMARTPARK_\w+)`", (ROOT / "docs/settings.md").read_text(encoding="utf-8"))
    )
    used = set(re.findall(r"SMARTPARK_\w+", COMPOSE.read_text(encoding="utf-8")))
    used |= set(re.findall(r"SMARTPARK_\w+", (ROOT / "Dockerfile").read_text(encoding="utf-8")))
    assert used - documented == set()
    assert "SMARTPARK_DB__DSN" in used


def test_every_process_starts_with_the_settings_the_compose_file_gives_it(compose):
    for name, one in ours(compose).items():
        environ = {key: fill(value) for key, value in one["environment"].items()}
        loaded = settings_tree.load(environ, env_file=None)
        assert loaded.mode == "production", name
        assert loaded.db.dsn is not None, name
        assert loaded.mqtt.url is not None, name


def fill(value: str) -> str:
    """Put in what .env would give: a default stays, a secret becomes a long one."""
    value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
    return re.sub(r"\$\{\w+:\?[^}]*\}", "s" * 40, value)


def test_the_compose_file_runs_exactly_the_processes_of_the_table(compose):
    commands = {name: one["command"] for name, one in ours(compose).items() if name != "prepare"}
    table = {one.name: f"python -m {' '.join(one.arguments)}" for one in processes.PROCESSES}
    assert commands == table


def test_only_what_is_simulated_waits_for_the_demo_profile(compose):
    assert {name for name, one in compose["services"].items() if "profiles" in one} == {
        "simulators",
        "loggers",
        "upper",
        "history",
        "deeds",
    }


def test_every_secret_is_asked_for_and_none_has_a_default():
    asked = dict(re.findall(r"\$\{(\w+):([-?])", COMPOSE.read_text(encoding="utf-8")))
    assert {name for name, sign in asked.items() if sign == "?"} == SECRETS
    assert {name for name, sign in asked.items() if sign == "-"} == {"SMARTPARK_CATALOGUE"}


def test_what_the_compose_file_mounts_is_there(compose):
    for one in compose["services"].values():
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (ROOT / source).exists(), volume


def test_the_servers_are_of_the_versions_we_are_tested_on_or_newer(compose):
    timescaledb = compose["services"]["database"]["image"].partition(":")[2]
    assert timescaledb.endswith("-pg17")
    assert tuple(int(part) for part in timescaledb.removesuffix("-pg17").split(".")) >= (2, 29)
    assert compose["services"]["broker"]["image"].startswith("eclipse-mosquitto:2.1.2")


def test_prometheus_asks_the_processes_of_the_compose_file(compose):
    config = yaml.safe_load((ROOT / "ops/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    targets = {
        t for job in config["scrape_configs"] for group in job["static_configs"] for t in group["targets"]
    }
    hosts = {target.split(":")[0] for target in targets}
    unasked = {"prepare", "records", "simulators", "loggers", "upper", "history", "deeds"}
    assert hosts == set(ours(compose)) - unasked
    port = compose["services"]["alerts"]["environment"]["SMARTPARK_METRICS_PORT"]
    assert {t.split(":")[1] for t in targets if not t.startswith("api:")} == {port}


def test_grafana_finds_its_data_source():
    board = json.loads((ROOT / "ops/grafana/dashboards/processes.json").read_text(encoding="utf-8"))
    source = yaml.safe_load(
        (ROOT / "ops/grafana/provisioning/datasources/prometheus.yml").read_text(encoding="utf-8")
    )
    assert {panel["datasource"]["uid"] for panel in board["panels"]} == {source["datasources"][0]["uid"]}


def test_the_image_copies_every_package_and_only_what_is_there():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = set(re.findall(r"^COPY (\w+)/ ", text, re.MULTILINE)) - {"dashboards"}
    assert {name for name in copied if importlib.util.find_spec(name)} >= {
        one.arguments[0] for one in processes.PROCESSES
    }
    assert {name for name in copied if not (ROOT / name).is_dir()} == set()


def test_the_private_servers_read_the_files_that_the_compose_file_mounts(compose):
    from smartpark.embedded import broker, database

    mounted = {
        volume.split(":")[0] for one in compose["services"].values() for volume in one.get("volumes", [])
    }
    assert f"./{database.CONF.relative_to(ROOT)}" in mounted
    assert f"./{broker.CONF.relative_to(ROOT)}" in mounted
