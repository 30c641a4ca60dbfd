"""``status``: what runs, where it answers, and in the demo who may log in."""

from typing import Any

from smartpark import demo, run_state
from smartpark.settings import Settings


def status(settings: Settings) -> dict[str, Any]:
    """Return what runs for people and machines; without a run the addresses are null.

    ``state`` of a process is ``running``, ``restarting``, ``done`` (it was to run once) or ``stopped``.
    """
    state = run_state.read(settings.data_dir)
    alive = state is not None and state.starter.lives
    shown: dict[str, Any] = {
        "running": alive,
        "mode": settings.mode,
        "processes": [],
        "api_url": None,
        "mqtt_url": None,
        "gateway_address": None,
        "db_dsn": None,
    }
    if state is not None:
        shown["processes"] = [
            {
                "name": one.name,
                "pid": one.pid,
                "state": one.state
                if one.lives or (alive and one.state in {"restarting", "done"})
                else "stopped",
                "restarts": one.restarts,
            }
            for one in (state.starter, *state.members)
        ]
    if state is not None and alive:
        shown["mode"] = state.mode
        shown |= {
            "api_url": state.api_url or None,
            "mqtt_url": state.mqtt_url or None,
            "gateway_address": state.gateway_address,
            "db_dsn": state.db_dsn or None,
        }
    if shown["mode"] == "demo":
        shown["users"] = [
            {"username": user.username, "password": demo.password(user.username), "role": user.role}
            for user in demo.USERS
        ]
    return shown


def as_text(shown: dict[str, Any]) -> str:
    """Return the status as lines to read."""
    if not shown["running"]:
        lines = ["Smartpark does not run here; start it with: make run · 未运行"]
    else:
        lines = [
            f"open   {shown['api_url']}",
            f"mqtt   {shown['mqtt_url']}",
            f"hj212  {shown['gateway_address']}",
        ]
    lines += [f"  {one['name']:<16} {one['pid']:>8}  {one['state']}" for one in shown["processes"]]
    if shown["running"]:
        lines += [f"  {u['username']:<12} {u['password']:<18} {u['role']}" for u in shown.get("users", [])]
    return "\n".join(lines)
