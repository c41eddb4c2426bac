"""What is said of a call that got no answer which means anything."""

from __future__ import annotations

import requests


def failure_key(error: Exception) -> str:
    """Return the key of the catalogue for a failure that is no answer of the platform's.

    What libraries raise names their own classes and addresses, which tell a reader nothing; it
    stays the cause of the error, and the log has its kind.
    """
    match error:
        case requests.Timeout():
            return "platform.no_answer"
        # An answer that is no JSON is one of requests' own failures, and did arrive.
        case requests.exceptions.InvalidJSONError():
            return "platform.garbled"
        case requests.RequestException():
            return "platform.no_connection"
        case _:
            return "platform.garbled"
