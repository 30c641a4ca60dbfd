from pathlib import Path

import pytest

from smartpark import queries

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    p
    for p in ROOT.glob("*/**/*.sql")
    if "migrations" not in p.parts
    and "node_modules" not in p.parts
    and ".venv" not in p.parts
    and ".smartpark" not in p.parts
)


@pytest.fixture
def package(tmp_path, monkeypatch):
    def write(text: str) -> str:
        name = f"pkg{abs(hash(text))}"
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / "queries.sql").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        return name

    return write


def test_a_statement_is_found_by_its_name(package):
    found = queries.load(package("-- about\n-- name: one\n-- purpose\nselect 1;\n-- name: two\nselect 2;"))
    assert found.one == "-- purpose\nselect 1;"
    assert found.two == "select 2;"


def test_an_unknown_name_says_which_file(package):
    with pytest.raises(AttributeError, match=r"queries\.sql has no query named 'three'"):
        _ = queries.load(package("-- name: one\nselect 1;")).three


def test_a_name_that_stands_twice_is_refused(package):
    with pytest.raises(ValueError, match="named twice: one"):
        queries.load(package("-- name: one\nselect 1;\n-- name: one\nselect 2;"))


def test_text_before_the_first_name_is_refused(package):
    with pytest.raises(ValueError, match="before the first"):
        queries.load(package("select 0;\n-- name: one\nselect 1;"))


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_statement_has_one_line_of_purpose(file):
    package = ".".join(file.parent.relative_to(ROOT).parts)
    for name, text in queries.load(package, file.name).texts.items():
        assert text.startswith("-- "), f"{file.name}: {name} does not say what it is for"
