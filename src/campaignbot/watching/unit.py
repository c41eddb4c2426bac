"""The systemd unit by which the daemon of one working folder runs, and is kept running."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from campaignbot.gateways.credentials import CREDENTIAL

NAME = "campaignbot.service"


@dataclass(frozen=True, slots=True)
class Unit:
    """What the file is made of. `slow_s` is how long one round, or one request, may take at most.

    `key_file` is where the key of the vault lies, for systemd to hand it over.
    """

    program: tuple[str, ...]
    workdir: Path
    key_file: Path
    slow_s: int
    of_user: bool
    run_as: str


def unit_file(unit: Unit) -> str:
    """Return the text of the file."""
    lines = [
        "[Unit]",
        f"Description=campaignbot, for {_text(unit.workdir)}",
        "Documentation=man:systemd.service(5)",
        *([] if unit.of_user else ["Wants=network-online.target", "After=network-online.target"]),
        "# It is tried for ever: a server that is away for a night is no reason to give up.",
        "StartLimitIntervalSec=0",
        "",
        "[Service]",
        "Type=notify",
        "NotifyAccess=main",
        *([] if unit.of_user else [f"User={unit.run_as}"]),
        f"WorkingDirectory={_text(unit.workdir)}",
        f"ExecStart={' '.join(_quoted(part) for part in unit.program)} daemon",
        "# Ready is after the first good round, and the database may come up later than we do.",
        "TimeoutStartSec=infinity",
        "# Only good rounds feed the watchdog; a daemon that cannot publish is started anew.",
        f"WatchdogSec={unit.slow_s + 120}",
        "Restart=on-failure",
        "RestartSec=10",
        "# 2 is: a person has to mend something first.",
        "RestartPreventExitStatus=2",
        "KillSignal=SIGTERM",
        "# Longer than what is in hand can take, so that no post is cut off half way.",
        f"TimeoutStopSec={unit.slow_s + 30}",
        f"LoadCredential={CREDENTIAL}:{_text(unit.key_file)}",
        "UMask=0077",
        "NoNewPrivileges=true",
        "ProtectSystem=strict",
        "ProtectHome=read-only",
        f"ReadWritePaths={_quoted(str(unit.workdir))}",
        "PrivateTmp=true",
        "ProtectKernelTunables=true",
        "ProtectKernelModules=true",
        "ProtectControlGroups=true",
        "RestrictSUIDSGID=true",
        "LockPersonality=true",
        "RestrictRealtime=true",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
        "SystemCallArchitectures=native",
        *(
            []
            if unit.of_user
            else ["PrivateDevices=true", "ProtectClock=true", "CapabilityBoundingSet="]
        ),
        "",
        "[Install]",
        f"WantedBy={'default.target' if unit.of_user else 'multi-user.target'}",
        "",
    ]
    return "\n".join(lines)


def _text(path: Path) -> str:
    # A percent sign begins one of systemd's own names.
    return str(path).replace("%", "%%")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
