"""Push over HTTP: a POST of a JSON array, with a bearer word where one is set."""

from collections.abc import Sequence

import httpx2

from records.upward.channel import Reading, RefusedError, as_json

_TIMEOUT_S = 10.0
_LATER = {408, 425, 429}  # these and every 5xx say: not now
_ANYTHING = {401, 403, 404, 405, 407, 410}  # the word or the address is wrong, whatever we send


class HttpChannel:
    """One address that takes batches; redirects are not followed, so that the word goes nowhere else."""

    def __init__(self, url: str, secret: str | None) -> None:
        self._url = url
        headers = {"Content-Type": "application/json"}
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        self._headers = headers
        self._client: httpx2.Client | None = None

    def open(self) -> None:
        """Make ready; the connection is made by the first batch."""
        self._client = httpx2.Client(timeout=_TIMEOUT_S, headers=self._headers, trust_env=False)

    def send(self, batch: Sequence[Reading]) -> None:
        """Post a batch.

        Raises:
            RefusedError: no answer, or one that is not 2xx.

        """
        if self._client is None:
            raise RefusedError("the channel is closed", retryable=True)
        try:
            answer = self._client.post(self._url, content=as_json(batch))
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise RefusedError(f"{type(error).__name__}: {error}", retryable=True) from error
        if not answer.is_success:
            status = answer.status_code
            retryable = status >= 500 or status < 400 or status in _LATER or status in _ANYTHING
            raise RefusedError(f"the receiver answers {status}", retryable=retryable)

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None
