"""``python -m smartpark``: start, end and examine the product on this machine."""

import argparse
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from smartpark import setting_list
from smartpark import settings as settings_tree
from smartpark.settings import Settings, SettingsError

_COMMANDS: dict[str, str] = {
    "up": "start everything and keep it running (Ctrl-C ends it)",
    "down": "end what runs here",
    "reset": "end it and remove its data",
    "status": "say what runs and where",
    "doctor": "examine machine, servers, processes and data",
    "migrate": "bring the database to this version",
    "prepare": "migrate, and give an empty database its park (what `up` does before it starts the processes)",
    "settings": "print every setting (the text of docs/settings.md)",
    "catalogue": "check, load or export a park's catalogue",
    "unpack": "unpack the private servers without starting anything",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["catalogue"]:
        from smartpark.catalogue.__main__ import main as catalogue

        return catalogue(arguments[1:])
    args = _parser().parse_args(arguments)
    try:
        return _RUN[args.command](settings_tree.load(), args)
    except SettingsError as err:
        return _fail(str(err))
    except RuntimeError as err:
        # Every error of ours that a person can act on is one of these, with the sentence to show.
        return _fail(str(err))
    except KeyboardInterrupt:
        return 130


def _up(settings: Settings, args: argparse.Namespace) -> int:
    from smartpark import starter

    starter.up(settings, _say, with_parent=args.with_parent)
    return 0


def _down(settings: Settings, _: argparse.Namespace) -> int:
    from smartpark import run_state

    state = run_state.read(settings.data_dir)
    if state is None or not any(one.lives for one in (state.starter, *state.members)):
        _say("nothing runs here · 未运行")
        return 0
    if state.starter.lives:
        os.kill(state.starter.pid, signal.SIGTERM)
        run_state.wait_until_gone([state.starter], 120)
    killed = run_state.end_left_over(state)
    _say("stopped · 已停止" + (f" (had to kill {', '.join(killed)})" if killed else ""))
    return 0


def _reset(settings: Settings, args: argparse.Namespace) -> int:
    from smartpark import run_state
    from smartpark.embedded import trees

    if settings.mode == "production" and not args.yes:
        return _fail("this is production: say `reset --yes` if its private data are to be removed")
    if not args.yes:
        if not sys.stdin.isatty():
            return _fail(
                "reset removes every reading and alert kept here; say: python -m smartpark reset --yes"
            )
        answer = input("Remove every reading and alert kept here? 删除此处全部数据? [yes/no] ")
        if answer.strip().lower() not in {"y", "yes", "是"}:
            _say("nothing was removed · 未删除")
            return 1
    _down(settings, args)
    with run_state.only_one(settings.data_dir):
        for tree in (trees.DATABASE, trees.BROKER):
            data = settings.data_dir / tree.home / "data" / "main"
            if data.exists():
                shutil.rmtree(data)
        for name in ("snapshots", "log", "truth"):
            shutil.rmtree(settings.data_dir / name, ignore_errors=True)
    own = [name for name, given in (("database", settings.db.dsn), ("broker", settings.mqtt.url)) if given]
    kept = f"; your own {' and '.join(own)} were not touched" if own else ""
    _say(f"data removed{kept} · 数据已删除")
    return 0


def _status(settings: Settings, args: argparse.Namespace) -> int:
    from smartpark import status

    shown = status.status(settings)
    _say(json.dumps(shown, ensure_ascii=False, indent=2) if args.json else status.as_text(shown))
    return 0 if shown["running"] or args.json else 1


def _doctor(settings: Settings, args: argparse.Namespace) -> int:
    from smartpark import doctor

    found = list(doctor.examine(settings))
    if args.json:
        _say(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
    else:
        for one in found:
            remedy = f"  → {one.remedy}" if one.remedy and one.grade != "ok" else ""
            _say(f"{one.grade:<5} {one.what:<15} {one.detail}{remedy}")
    return 1 if any(one.grade == "fail" for one in found) else 0


def _migrate(settings: Settings, _: argparse.Namespace) -> int:
    from smartpark import db, migrate, run_state

    state = run_state.read(settings.data_dir)
    dsn = settings.db.dsn.get_secret_value() if settings.db.dsn else state.db_dsn if state else ""
    if not dsn:
        return _fail("no database: set SMARTPARK_DB__DSN, or start the private one with: make run")
    with db.connect(dsn, name="migrate") as conn:
        done = migrate.migrate(conn, _say)
    _say(f"{len(done)} migrations run" if done else "nothing to do")
    return 0


def _prepare(settings: Settings, _: argparse.Namespace) -> int:
    from smartpark import starter

    if settings.db.dsn is None:
        return _fail(
            "prepare works on a database of your own: set SMARTPARK_DB__DSN; `up` prepares the private one"
        )
    environ = {"SMARTPARK_DB__DSN": settings.db.dsn.get_secret_value()}
    starter.prepare(settings, environ, settings.data_dir / "log" / "import.log", _say)
    return 0


def _settings(_: Settings, args: argparse.Namespace) -> int:
    tree = (settings_tree.Settings, settings_tree.PREFIX)
    if args.write:
        Path("docs/settings.md").write_text(setting_list.markdown(*tree), encoding="utf-8")
        Path(".env.example").write_text(setting_list.env_example(*tree), encoding="utf-8")
    elif args.json:
        _say(
            json.dumps([asdict(leaf) for leaf in setting_list.describe(*tree)], ensure_ascii=False, indent=2)
        )
    else:
        _say(setting_list.markdown(*tree))
    return 0


def _unpack(settings: Settings, _: argparse.Namespace) -> int:
    from smartpark.embedded import private

    private.unpack(
        settings.data_dir, _say, database=settings.db.dsn is None, broker=settings.mqtt.url is None
    )
    return 0


_RUN: dict[str, Callable[[Settings, argparse.Namespace], int]] = {
    "up": _up,
    "down": _down,
    "reset": _reset,
    "status": _status,
    "doctor": _doctor,
    "migrate": _migrate,
    "prepare": _prepare,
    "settings": _settings,
    "unpack": _unpack,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m smartpark", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, words in _COMMANDS.items():
        one = commands.add_parser(name, help=words, description=words)
        if name == "up":
            one.add_argument(
                "--with-parent", action="store_true", help="end also when the calling process ends"
            )
        if name == "reset":
            one.add_argument("--yes", action="store_true", help="do not ask")
        if name in {"status", "doctor", "settings"}:
            one.add_argument("--json", action="store_true", help="for machines")
        if name == "settings":
            one.add_argument("--write", action="store_true", help="write docs/settings.md and .env.example")
    return parser


def _say(line: str) -> None:
    print(line, flush=True)


def _fail(sentence: str) -> int:
    print(f"smartpark: {sentence}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
