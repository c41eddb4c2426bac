"""Where an SQLite file is not safe: on a network drive, or in a folder that others synchronise.

Locks do not hold on most network file systems (https://www.sqlite.org/faq.html#q5), and what copies
a database between two commits may copy half of one, or bring an older state back.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path, PurePath, PurePosixPath

from campaignbot.domain.errors import Problem
from campaignbot.domain.messages import Message

Entries = Callable[[PurePath], Collection[str]]
"""Returns the names in a folder; none where it cannot be read."""

_NETWORK = {
    *("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afpfs", "webdav", "davfs", "9p"),
    *("afs", "ncpfs", "ceph", "glusterfs", "lustre", "beegfs", "vboxsf", "prl_fs", "drvfs"),
    *("fuse.sshfs", "fuse.rclone", "fuse.davfs2", "fuse.glusterfs", "fuse.s3fs", "fuse.gvfsd-fuse"),
    *("fuse.vmhgfs-fuse", "fuse.ceph", "macfuse", "osxfuse"),
}
# What each service leaves in the folder that it synchronises.
_MARKERS: Mapping[str, str] = {
    ".dropbox": "Dropbox",
    ".dropbox.cache": "Dropbox",
    ".owncloudsync.log": "ownCloud",
    ".nextcloudsync.log": "Nextcloud",
    ".tmp.drivedownload": "Google Drive",
    ".tmp.driveupload": "Google Drive",
    ".stfolder": "Syncthing",
    ".SynologyWorkingDirectory": "Synology Drive",
}
_PATTERNS = (
    # ._sync_0123.db, ._sync_0123.db-wal: the log of the ownCloud and Nextcloud programs.
    (re.compile(r"\.(_)?sync_[0-9a-f]+\.db(-\w+)?"), "Nextcloud"),
)
# How each service names its folder.
_NAMES = (
    (re.compile(r"Dropbox( \(.+\))?"), "Dropbox"),
    (re.compile(r"OneDrive( ?-.*)?"), "OneDrive"),
    (re.compile(r"Google ?Drive|GoogleDrive-.*"), "Google Drive"),
    (re.compile(r"iCloud ?Drive|com~apple~CloudDocs"), "iCloud"),
    (re.compile(r"Nextcloud\d?"), "Nextcloud"),
    (re.compile(r"ownCloud\d?"), "ownCloud"),
)
_MOUNT_LINE = re.compile(r"^.* on (?P<at>/.*?) (?:type (?P<linux>\S+) )?\((?P<other>[^,)]*)")


def network_file_system(path: PurePath, mounts: str) -> str | None:
    """Return the network file system that an absolute path lies on, or None.

    `mounts` is the text of /proc/self/mounts, or what the command `mount` prints.
    """
    if str(path).startswith(("\\\\", "//")):
        return "smb"
    found = [(at, kind) for at, kind in _mounted(mounts) if at in (path, *path.parents)]
    if not found:
        return None
    # The innermost one counts, and of two on the same place the later.
    _, kind = max(enumerate(found), key=lambda n: (len(n[1][0].parts), n[0]))[1]
    return kind if kind in _NETWORK else None


def syncing_service(path: PurePath, entries: Entries) -> str | None:
    """Return the service that synchronises a folder above this path, or None."""
    for folder in path.parents:
        for pattern, service in _NAMES:
            if pattern.fullmatch(folder.name):
                return service
        for name in entries(folder):
            if service := _MARKERS.get(name, ""):
                return service
            for pattern, service in _PATTERNS:
                if pattern.fullmatch(name):
                    return service
    return None


def risk_of(path: PurePath, mounts: str, entries: Entries) -> Problem | None:
    """Return why an SQLite file is not safe where it is, and what to do; None where it is."""
    if kind := network_file_system(path, mounts):
        return _risk("place.network", path, kind)
    if service := syncing_service(path, entries):
        return _risk("place.syncing", path, service)
    return None


def risk_here(file: Path | None) -> Problem | None:
    """Return the risk of a file on this machine; None where there is none, or no file."""
    if file is None:
        return None
    return risk_of(file.resolve(), _mounts_here(), _entries_here)


def _risk(key: str, path: PurePath, name: str) -> Problem:
    params = {"folder": str(path.parent), "name": name}
    return Problem(Message(key, params), Message("place.remedy", params))


def _mounted(mounts: str) -> Iterator[tuple[PurePosixPath, str]]:
    for line in mounts.splitlines():
        if told := _MOUNT_LINE.match(line):
            yield PurePosixPath(told["at"]), told["linux"] or told["other"]
            continue
        fields = line.split()
        if len(fields) >= 3:
            yield PurePosixPath(_unescaped(fields[1])), fields[2]


def _unescaped(text: str) -> str:
    # A space in the name of a folder is written as \040.
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), text)


def _mounts_here() -> str:
    try:
        return Path("/proc/self/mounts").read_text(errors="replace")
    except OSError:
        pass
    if sys.platform == "win32":
        return ""
    try:
        done = subprocess.run(["mount"], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


def _entries_here(folder: PurePath) -> Collection[str]:
    try:
        return [entry.name for entry in Path(folder).iterdir()]
    except OSError:
        return ()
