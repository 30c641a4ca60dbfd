"""Failed log-ins are counted, so that a password cannot be guessed at speed."""

import threading
from collections import OrderedDict, deque

_WINDOW_S = 300.0
_PER_ACCOUNT = 10  # failures of one account from one address
_PER_ADDRESS = 60  # failures of one address over all accounts
_REMEMBERED = 10_000  # keys kept at most


class Attempts:
    """Failures of the last five minutes, by account and address; bounded in memory."""

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, username: str, address: str, now_s: float) -> int:
        """Return how long the next attempt has to wait [s]; 0: it may go on."""
        with self._lock:
            waits = (
                self._wait((address, username), _PER_ACCOUNT, now_s),
                self._wait((address, ""), _PER_ADDRESS, now_s),
            )
        return max(waits)

    def failed(self, username: str, address: str, now_s: float) -> None:
        """Count a failure."""
        with self._lock:
            for key in ((address, username), (address, "")):
                self._failures.setdefault(key, deque(maxlen=_PER_ADDRESS)).append(now_s)
                self._failures.move_to_end(key)
            while len(self._failures) > _REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, username: str, address: str) -> None:
        """Forget the failures of this account from this address."""
        with self._lock:
            self._failures.pop((address, username), None)

    def _wait(self, key: tuple[str, str], allowed: int, now_s: float) -> int:
        failures = self._failures.get(key)
        if failures is None:
            return 0
        while failures and failures[0] <= now_s - _WINDOW_S:
            failures.popleft()
        if len(failures) < allowed:
            return 0
        return int(failures[-allowed] + _WINDOW_S - now_s) + 1
