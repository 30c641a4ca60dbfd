"""Who may do what to an alert, and when; every refusal is a sentence."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from alerts.alert import Alert

LONGEST_SHELF = timedelta(hours=8)

_PARK = frozenset({"admin", "leader", "operator"})
_LEADING = frozenset({"admin", "leader"})
COMMANDS: dict[str, frozenset[str]] = {
    "acknowledge": _PARK,
    "confirm": _PARK | {"enterprise"},  # the park enters it when the enterprise answers by telephone
    "shelve": _PARK,
    "unshelve": _PARK,
    "comment": _PARK | {"patrol", "bureau", "enterprise"},
    "assign": _PARK,
    "reset": _PARK,
    "close": _PARK,
}
_WORDS = {
    "acknowledge": ("确认", "acknowledge"),
    "confirm": ("企业确认", "confirm for the enterprise"),
    "shelve": ("屏蔽", "shelve"),
    "unshelve": ("解除屏蔽", "unshelve"),
    "comment": ("备注", "comment on"),
    "assign": ("转派", "assign"),
    "reset": ("复位", "reset"),
    "close": ("办结", "close"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts; ``enterprise_id`` binds a person of an enterprise to its own alerts."""

    username: str
    role: str
    enterprise_id: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: the role may not (forbidden), or the alert is not in that state (conflict)."""

    kind: Literal["forbidden", "conflict"]
    zh: str
    en: str


def visible(alert: Alert, actor: Actor) -> bool:
    """Return whether the actor may see the alert at all: an enterprise sees its own."""
    return actor.role != "enterprise" or (
        alert.enterprise_id is not None and alert.enterprise_id == actor.enterprise_id
    )


def refusal(alert: Alert, command: str, role: str) -> Refusal | None:
    """Return why a role may not do this to the alert as it stands, or None when it may.

    Raises:
        KeyError: there is no such command.

    """
    zh, en = _WORDS[command]
    if role not in COMMANDS[command]:
        return Refusal("forbidden", f"当前角色不能{zh}报警", f"the role {role} may not {en} an alert")
    sentence = _unfit(alert, command, role)
    return Refusal("conflict", *sentence) if sentence else None


def allowed(alert: Alert, command: str, role: str) -> str | None:
    """Return the Chinese sentence of the refusal, or None when the role may do this now."""
    no = refusal(alert, command, role)
    return no.zh if no else None


def needs_second(alert: Alert, actor: Actor) -> bool:
    """Return whether shelving asks for a second person: a red alarm is never silenced by one operator alone."""
    return alert.level == "red" and alert.class_ == "alarm" and actor.role not in _LEADING


def may_second(actor: Actor, second: Actor | None) -> bool:
    """Return whether this is another person who may shelve."""
    return second is not None and second.username != actor.username and second.role in COMMANDS["shelve"]


def _unfit(alert: Alert, command: str, role: str) -> tuple[str, str] | None:
    ended = alert.ended_at is not None
    match command:
        case "acknowledge" if alert.acked:
            return f"该报警已由 {alert.acked_by or '系统'} 确认", "the alert is acknowledged already"
        case "shelve" if not ended and alert.suppressed != "none":
            return "该报警已被屏蔽或抑制", "the alert is shelved or suppressed already"
        case "unshelve" if alert.suppressed != "shelved":
            return "该报警未被屏蔽", "the alert is not shelved"
        case "reset" if not ended and not alert.latched:
            return "该报警未锁存", "the alert is not latched"
        case "reset" | "close" if alert.condition not in {"normal", "unknown"}:
            return (
                "该报警尚未恢复，不能复位或办结",
                "the alert is still active; it can be closed after it has cleared",
            )
        case "reset" | "close" if alert.condition == "unknown" and role not in _LEADING:
            return "状态不明，须带班领导办结", "the condition is unknown; only a leader may close it"
        case "close" if alert.closed_at is not None:
            return f"该报警已由 {alert.closed_by} 办结", "the alert is closed already"
        case "acknowledge" | "shelve" | "assign" | "reset" if ended:
            return "该报警已结束", "the alert has ended"
        case _:
            return None
