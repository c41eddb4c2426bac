"""Under which name the operating system knows whoever runs the program."""

from __future__ import annotations

import os
import sys


def login_name() -> str | None:
    """Return the login of this process; None where the machine has no name for it.

    It is asked of the system by the id of the user, as environment variables stay behind after
    `su` and `sudo`.
    """
    if sys.platform == "win32":
        import getpass

        return getpass.getuser() or None
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name or None
    except KeyError:
        # A container may run under an id that nobody has named.
        return None
