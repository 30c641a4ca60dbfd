"""The accounts of the demo park; production refuses them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    """A demo account."""

    username: str
    role: str
    name_zh: str
    name_en: str


USERS = (
    User("admin", "admin", "系统管理员", "Administrator"),
    User("leader", "leader", "园区领导", "Park leader"),
    User("operator", "operator", "值班员甲", "Duty operator A"),
    User("operator2", "operator", "值班员乙", "Duty operator B"),
    User("patrol", "patrol", "巡查员", "Patrol"),
    User("bureau", "bureau", "生态环境局", "Ecology bureau"),
    User("enterprise", "enterprise", "企业环安员", "Enterprise HSE clerk"),
    User("viewer", "viewer", "访客", "Viewer"),
)


def password(username: str) -> str:
    """Return the password of a demo account, known to everybody."""
    return f"{username}-demo"
