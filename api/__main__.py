"""``python -m api``: serve; ``users``, ``keys`` and ``openapi`` beside it."""

import argparse
import getpass
import json
import sys
from pathlib import Path

from api import accounts, keys
from api.passwords import Passwords
from api.roles import ROLES
from smartpark import db, log, run_state, settings

OPENAPI = Path(__file__).resolve().parents[1] / "openapi.json"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        read = run_state.at_hand(settings.load())
        log.configure(read, "api")
        if options.command == "openapi":
            return _openapi(read, check=options.check)
        if options.command == "users":
            return _users(read, options)
        if options.command == "keys":
            return _keys(read, options)
        return _serve(read)
    except (settings.SettingsError, accounts.AccountError) as error:
        print(error, file=sys.stderr)
    except db.Error as error:
        print(f"the database cannot be used: {str(error).strip()}; check SMARTPARK_DB__DSN", file=sys.stderr)
    except OSError as error:
        print(f"cannot listen: {error}; check SMARTPARK_API__HOST and SMARTPARK_API__PORT", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m api", description="The HTTP interface of Smartpark.")
    commands = parser.add_subparsers(dest="command")
    openapi = commands.add_parser("openapi", help="write openapi.json")
    openapi.add_argument("--check", action="store_true", help="only tell whether it is up to date")
    users = commands.add_parser("users", help="accounts")
    users.add_argument("--demo", action="store_true", help="make the accounts of the demo")
    doing = users.add_subparsers(dest="doing")
    add = doing.add_parser(
        "add", help="make an account; the password is asked for, or read from standard input"
    )
    add.add_argument("username")
    add.add_argument("--role", choices=ROLES, required=True)
    add.add_argument("--enterprise", help="code of the enterprise, for the role enterprise")
    add.add_argument("--name", default="")
    for name, words in (("password", "set a password"), ("disable", "end an account")):
        doing.add_parser(name, help=words).add_argument("username")
    doing.add_parser("list", help="list the accounts")
    made = commands.add_parser("keys", help="make a key for a machine; it is shown once")
    made.add_argument("name")
    made.add_argument("--role", choices=ROLES, required=True)
    made.add_argument("--enterprise")
    return parser


def _dsn(read: settings.Settings) -> str:
    if read.db.dsn is None:
        raise settings.SettingsError(
            "SMARTPARK_DB__DSN is not set; `python -m smartpark up` sets it, or write "
            "postgresql://user:password@host:port/database"
        )
    return read.db.dsn.get_secret_value()


def _serve(read: settings.Settings) -> int:
    from api.app import create_app
    from api.serving import Server, bind

    dsn = _dsn(read)
    if read.mode == "production":
        with db.connect(dsn, name="api start") as conn:
            if accounts.open_demo_accounts(conn):
                raise settings.SettingsError(
                    "this database has open demo accounts, and production refuses them; end each with: "
                    "python -m api users disable NAME"
                )
    sock = bind(read.api.host, read.api.port)
    log.get("api").info("listening", host=read.api.host, port=sock.getsockname()[1])
    Server(create_app(read)).run(sockets=[sock])
    return 0


def _openapi(read: settings.Settings, *, check: bool) -> int:
    from api.app import openapi

    text = json.dumps(openapi(read), ensure_ascii=False, indent=1) + "\n"
    if check:
        fresh = OPENAPI.exists() and OPENAPI.read_text(encoding="utf-8") == text
        print("openapi.json is up to date" if fresh else "openapi.json is old; run: python -m api openapi")
        return 0 if fresh else 1
    OPENAPI.write_text(text, encoding="utf-8")
    return 0


def _users(read: settings.Settings, options: argparse.Namespace) -> int:
    passwords = Passwords()
    with db.connect(_dsn(read), name="api users") as conn:
        if options.demo:
            if read.mode == "production":
                raise settings.SettingsError(
                    "production has no demo accounts; use: python -m api users add NAME --role ROLE"
                )
            print(f"{accounts.make_demo(conn, passwords)} demo accounts made")
        elif options.doing == "add":
            accounts.add(
                conn,
                passwords,
                options.username,
                options.role,
                _password(),
                enterprise=options.enterprise,
                name=options.name,
            )
        elif options.doing == "password":
            accounts.set_password(conn, passwords, options.username, _password())
        elif options.doing == "disable":
            accounts.disable(conn, options.username)
        else:
            print("\n".join(accounts.listed(conn)))
    return 0


def _keys(read: settings.Settings, options: argparse.Namespace) -> int:
    with db.connect(_dsn(read), name="api keys") as conn:
        print(keys.make(conn, options.name, options.role, options.enterprise, "command line"))
    return 0


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("password: ")
    return sys.stdin.readline().rstrip("\n")


if __name__ == "__main__":
    sys.exit(main())
