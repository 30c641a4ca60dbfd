"""What a person does herself: the owner of a key could stand for two, so a key neither states nor decides."""

from api.problems import Problem
from api.visit import Visit


def in_person(visit: Visit) -> None:
    """Let in who is logged in as a person.

    Raises:
        Problem: 403, a key asks.

    """
    if visit.principal.credential == "key":
        raise Problem(
            403,
            "此操作须由本人登录完成, 不能用密钥",
            "a person does this, logged in; a key may not",
        )
