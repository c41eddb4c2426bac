"""A worker in the middle of a claim: it holds the row of an account until it is killed.

No claim takes a weaker lock, so none passes it; new posts of the account can still be stored.
"""

from __future__ import annotations

import sys
from threading import Event

import psycopg


def main() -> None:
    with psycopg.connect(sys.argv[1]) as connection:
        connection.execute("SELECT id FROM account WHERE id = %s FOR NO KEY UPDATE", [sys.argv[2]])
        print("locked", flush=True)
        Event().wait()


main()
