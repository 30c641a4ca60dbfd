"""What people do to an alert: each action is one event on the locked row, seen by its version.

A command carries the version its person saw; a stale one is refused with the alert as it stands, because the alarm
behind it may be another one by now. Event and audit row stand in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts import rows
from alerts.alert import Alert
from alerts.life import Event, fold
from alerts.rights import LONGEST_SHELF, Actor, may_second, needs_second, refusal, visible
from alerts.rows import AnyConnection

Sentence = tuple[str, str]

# Why an alert was closed, and what an enterprise may say that it was.
CLOSE_REASONS: Mapping[str, Sentence] = {
    "true": ("真实报警", "true alarm"),
    "false": ("误报", "false alarm"),
    "instrument": ("仪表故障", "instrument fault"),
    "maintenance": ("检维修", "maintenance"),
    "drill": ("演练", "drill"),
}
CAUSES: Mapping[str, Sentence] = {
    "process": ("工艺波动", "process upset"),
    "leak": ("泄漏", "leak"),
    "operation": ("操作原因", "operation"),
    "equipment": ("设备故障", "equipment failure"),
    "power": ("停电", "power failure"),
    "network": ("通讯中断", "network"),
    "instrument": ("仪表故障", "instrument fault"),
    "maintenance": ("检维修", "maintenance"),
    "drill": ("演练", "drill"),
    "false": ("误报", "false alarm"),
    "other": ("其他", "other"),
}


class ActionError(Exception):
    """The action was not done; ``zh`` and ``en`` say why."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


class NotFoundError(ActionError):
    """There is no such alert, or it is not this person's to see."""


class ForbiddenError(ActionError):
    """The role may not do this."""


class UnfitError(ActionError):
    """What was written with the action does not fit: no reason, too long a shelf, an unknown code."""


class ConflictError(ActionError):
    """The alert is not what the person saw, or not in a state for this; ``current`` is the alert as it stands."""

    def __init__(self, zh: str, en: str, current: Alert) -> None:
        super().__init__(zh, en)
        self.current = current


@dataclass(frozen=True, slots=True)
class Seen:
    """The alert a person acts on, in the version they saw."""

    alert_id: int
    version: int


def acknowledge(conn: AnyConnection, seen: Seen, actor: Actor, now: datetime, *, note: str = "") -> Alert:
    """The park has seen it.

    Raises:
        ActionError: not found, forbidden, or a conflict; the same for every action here.

    """
    return _act(conn, seen, actor, "acknowledge", Event(type="acknowledged", at=now, data=_noted(note)))


def confirm(
    conn: AnyConnection, seen: Seen, actor: Actor, now: datetime, *, cause: str, text: str = ""
) -> Alert:
    """The enterprise answers: it has seen it, and this is the cause (a code of CAUSES or its Chinese word)."""
    code = _code(cause, CAUSES, "原因", "cause")
    words = f"{CAUSES[code][0]}：{text.strip()}" if text.strip() else CAUSES[code][0]
    data = {"code": code, "text": text.strip(), "cause": words}
    return _act(conn, seen, actor, "confirm", Event(type="confirmed", at=now, data=data))


def shelve(
    conn: AnyConnection,
    seen: Seen,
    actor: Actor,
    now: datetime,
    *,
    reason: str,
    until: datetime | None = None,
    once: bool = False,
    second: Actor | None = None,
) -> Alert:
    """Keep the alert silent until an instant, at most 8 h ahead; ``once``: or until its condition clears.

    A red alarm needs a leader, or ``second``: another person who may shelve, whose identity the caller has checked.
    """
    if not reason.strip():
        raise UnfitError("屏蔽须写明原因", "say why the alert is shelved")
    end = until if until is not None else now + LONGEST_SHELF
    if not now < end <= now + LONGEST_SHELF:
        raise UnfitError("屏蔽时间须在 8 小时以内", "a shelf ends within 8 hours from now")
    data = {
        "until": end,
        "once": once,
        "reason": reason.strip(),
        "second": second.username if second else None,
    }
    return _act(conn, seen, actor, "shelve", Event(type="shelved", at=now, data=data), second=second)


def unshelve(conn: AnyConnection, seen: Seen, actor: Actor, now: datetime) -> Alert:
    """End the shelf; an alert that is still active and unacknowledged sounds again."""
    return _act(conn, seen, actor, "unshelve", Event(type="unshelved", at=now))


def comment(conn: AnyConnection, seen: Seen, actor: Actor, now: datetime, *, text: str) -> Alert:
    """Add words to the alert's story."""
    if not text.strip():
        raise UnfitError("备注不能为空", "write a comment")
    return _act(conn, seen, actor, "comment", Event(type="commented", at=now, data={"text": text.strip()}))


def assign(conn: AnyConnection, seen: Seen, actor: Actor, now: datetime, *, to: str, note: str = "") -> Alert:
    """Give the alert to somebody."""
    if not to.strip():
        raise UnfitError("须写明转派给谁", "say who it is assigned to")
    data = {"to": to.strip()} | _noted(note)
    return _act(conn, seen, actor, "assign", Event(type="assigned", at=now, data=data))


def reset(conn: AnyConnection, seen: Seen, actor: Actor, now: datetime) -> Alert:
    """Reset the latch of an alert whose condition is normal."""
    return _act(conn, seen, actor, "reset", Event(type="reset", at=now))


def close(
    conn: AnyConnection, seen: Seen, actor: Actor, now: datetime, *, reason: str, note: str = ""
) -> Alert:
    """Close an alert that is not active, for a reason of CLOSE_REASONS (code or Chinese word); resets the latch."""
    code = _code(reason, CLOSE_REASONS, "办结原因", "close reason")
    data = {"reason": code, "note": note.strip() or None}
    return _act(conn, seen, actor, "close", Event(type="closed", at=now, data=data))


def _act(
    conn: AnyConnection, seen: Seen, actor: Actor, command: str, event: Event, *, second: Actor | None = None
) -> Alert:
    event = Event(type=event.type, at=event.at, actor=actor.username, data=event.data)
    with conn.transaction():
        alert = rows.lock(conn, [seen.alert_id]).get(seen.alert_id)
        if alert is None or not visible(alert, actor):
            raise NotFoundError("没有这条报警", f"there is no alert {seen.alert_id}")
        _check(alert, seen, actor, command, second)
        changed, told = (
            rows.unshelved(alert, event) if command == "unshelve" else (fold(alert, event), [event])
        )
        rows.update(conn, changed)
        detail = {"object": f"alert/{alert.id}", "version": changed.version, **event.data}
        rows.audit(conn, event.at, actor.username, f"alert.{command}", **detail)
        rows.append(conn, [(alert.id, one) for one in told])
    return changed


def _check(alert: Alert, seen: Seen, actor: Actor, command: str, second: Actor | None) -> None:
    no = refusal(alert, command, actor.role)
    if no is not None and no.kind == "forbidden":
        raise ForbiddenError(no.zh, no.en)
    if alert.version != seen.version:
        raise ConflictError(
            f"该报警已有变化（第 {alert.version} 版，您看到的是第 {seen.version} 版），请核对后再操作",
            f"the alert has changed: it is at version {alert.version}, you saw {seen.version}",
            alert,
        )
    if no is not None:
        raise ConflictError(no.zh, no.en, alert)
    if command == "shelve" and needs_second(alert, actor) and not may_second(actor, second):
        raise ForbiddenError(
            "红色报警须由带班领导屏蔽，或经第二人同意",
            "a red alarm is shelved by a leader or with a second person",
        )


def _code(given: str, known: Mapping[str, Sentence], zh: str, en: str) -> str:
    by_word = {word: code for code, (word, _) in known.items()}
    code = by_word.get(given.strip(), given.strip())
    if code not in known:
        words = "、".join(word for word, _ in known.values())
        raise UnfitError(f"{zh}须为：{words}", f"the {en} is one of: {', '.join(known)}")
    return code


def _noted(note: str) -> dict[str, Any]:
    return {"note": note.strip()} if note.strip() else {}
