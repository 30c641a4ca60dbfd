from pathlib import Path

import pytest

from smartpark import setting_list, settings

ROOT = Path(__file__).resolve().parents[2]


def load(**names: str) -> settings.Settings:
    return settings.load(names, env_file=None)


def test_an_unknown_name_is_refused_and_the_nearest_is_offered():
    with pytest.raises(
        settings.SettingsError, match=r"SMARTPARK_DB_DSN is not a setting; did you mean SMARTPARK_DB__DSN\?"
    ):
        load(SMARTPARK_DB_DSN="postgresql://x")


def test_a_name_of_others_is_left_alone():
    assert load(HOME="/root", PARK="x").mode == "demo"


def test_a_value_that_does_not_fit_is_named_with_its_setting():
    with pytest.raises(settings.SettingsError, match=r"SMARTPARK_API__PORT = 'many' does not fit"):
        load(SMARTPARK_API__PORT="many")


def test_every_wrong_value_is_named_at_once():
    with pytest.raises(settings.SettingsError) as caught:
        load(SMARTPARK_API__PORT="many", SMARTPARK_INGEST__LINGER_MS="-5")
    assert "SMARTPARK_API__PORT" in str(caught.value)
    assert "SMARTPARK_INGEST__LINGER_MS" in str(caught.value)


def test_production_refuses_the_demo_secret_and_says_how_to_make_one():
    with pytest.raises(
        settings.SettingsError, match=r"SMARTPARK_API__SECRET must be your own secret.*secrets\.token_hex"
    ):
        load(SMARTPARK_MODE="production")


def test_production_refuses_a_short_secret():
    with pytest.raises(settings.SettingsError, match="32 characters"):
        load(SMARTPARK_MODE="production", SMARTPARK_API__SECRET="short")


def test_production_takes_its_own_secret():
    assert load(SMARTPARK_MODE="production", SMARTPARK_API__SECRET="x" * 32).mode == "production"


def test_an_empty_value_means_the_default():
    assert load(SMARTPARK_API__PORT="").api.port == 8080


def test_the_environment_wins_over_the_file(tmp_path):
    env = tmp_path / ".env"
    env.write_text("SMARTPARK_API__PORT=1111\nSMARTPARK_LOG_LEVEL=debug\n")
    tree = settings.load({"SMARTPARK_API__PORT": "2222"}, env_file=env)
    assert (tree.api.port, tree.log_level) == (2222, "debug")


def test_a_secret_never_shows_in_a_print():
    tree = load(SMARTPARK_MQTT__URL="mqtt://u:hunter2@h", SMARTPARK_DB__DSN="postgresql://u:hunter2@h/d")
    assert "hunter2" not in repr(tree)


def test_the_tree_is_frozen():
    with pytest.raises(Exception, match="frozen"):
        load().api.port = 1


@pytest.mark.parametrize("file", ["docs/settings.md", ".env.example"])
def test_the_documented_settings_are_the_settings(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    made = (setting_list.markdown if file.endswith(".md") else setting_list.env_example)(
        settings.Settings, settings.PREFIX
    )
    assert text == made, f"run: python -m smartpark settings --write, then commit {file}"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("SMARTPARK_DB__DSN", "postgresql://u:topsecret@[::1/x"),
        ("SMARTPARK_DB__DSN", "mysql://u:topsecret@h/x"),
        ("SMARTPARK_DB__DSN", "topsecret"),
        ("SMARTPARK_MQTT__URL", "http://a:topsecret@h"),
        ("SMARTPARK_MQTT__URL", "mqtt://a:topsecret@h:99999999"),
        ("SMARTPARK_MQTT__URL", "topsecret"),
    ],
)
def test_an_address_that_cannot_be_used_stops_the_start_and_its_password_is_not_printed(name, address):
    with pytest.raises(
        settings.SettingsError, match=f"{name} does not fit: .*write (postgresql|mqtt)://"
    ) as said:
        load(**{name: address})
    assert "topsecret" not in str(said.value)


@pytest.mark.parametrize(
    "dsn",
    ["postgresql://u:p@h:5432/d", "postgres://h/d", "postgresql:///d?host=/run", "host=h dbname=d", ""],
)
def test_every_form_of_a_connection_string_is_taken(dsn):
    told = load(SMARTPARK_DB__DSN=dsn).db.dsn
    assert (told.get_secret_value() if told else "") == dsn
