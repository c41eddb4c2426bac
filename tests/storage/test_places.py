"""Network drives and syncing folders are recognised, and nothing else is."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from campaignbot.i18n import LANGUAGES, Translator
from campaignbot.storage.places import network_file_system, risk_here, risk_of, syncing_service

LINUX = r"""
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
server:/export /home nfs4 rw,vers=4.2 0 0
/dev/sdb1 /home/fast ext4 rw 0 0
//nas/team /mnt/team\040share cifs rw,username=x 0 0
sanne@host: /mnt/ssh fuse.sshfs rw 0 0
C:\134 /mnt/c 9p rw,aname=drvfs 0 0
/dev/sdc1 /mnt/ssh/inner ext4 rw 0 0
"""
MACOS = """
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//sanne@nas._smb._tcp.local/team on /Volumes/team share (smbfs, nodev, nosuid, mounted by sanne)
nas:/export on /Volumes/on (nfs, asynchronous)
"""
FREEBSD_LINUX_MOUNT = "nas:/export on /srv/team type nfs4 (rw,relatime)\n"


@pytest.mark.parametrize(
    ("mounts", "path", "kind"),
    [
        (LINUX, "/srv/waterrijk/data/campaignbot.db", None),
        (LINUX, "/home/sanne/waterrijk/data/campaignbot.db", "nfs4"),
        (LINUX, "/home/fast/waterrijk/data/campaignbot.db", None),
        (LINUX, "/homeless/campaignbot.db", None),
        (LINUX, "/mnt/team share/data/campaignbot.db", "cifs"),
        (LINUX, "/mnt/ssh/data/campaignbot.db", "fuse.sshfs"),
        (LINUX, "/mnt/ssh/inner/campaignbot.db", None),
        (LINUX, "/mnt/c/Users/sanne/campaignbot.db", "9p"),
        (MACOS, "/Users/sanne/waterrijk/campaignbot.db", None),
        (MACOS, "/Volumes/team share/waterrijk/campaignbot.db", "smbfs"),
        (MACOS, "/Volumes/on/campaignbot.db", "nfs"),
        (FREEBSD_LINUX_MOUNT, "/srv/team/campaignbot.db", "nfs4"),
        ("", "/home/sanne/campaignbot.db", None),
        ("nonsense", "/home/sanne/campaignbot.db", None),
    ],
)
def test_the_innermost_mount_decides(mounts: str, path: str, kind: str | None) -> None:
    assert network_file_system(PurePosixPath(path), mounts) == kind


def test_what_was_mounted_last_on_a_place_hides_what_was_there() -> None:
    twice = "nas:/a /srv nfs rw 0 0\n/dev/sda2 /srv ext4 rw 0 0\n"
    assert network_file_system(PurePosixPath("/srv/campaignbot.db"), twice) is None


def test_a_share_of_windows_is_a_network_drive() -> None:
    assert network_file_system(PureWindowsPath(r"\\nas\team\campaignbot.db"), "") == "smb"
    assert network_file_system(PureWindowsPath(r"C:\werk\campaignbot.db"), "") is None


def nothing(_folder: PurePath) -> Collection[str]:
    return ()


@pytest.mark.parametrize(
    ("path", "service"),
    [
        (PurePosixPath("/home/s/Dropbox/w/data/campaignbot.db"), "Dropbox"),
        (PurePosixPath("/home/s/Dropbox (Waterrijk)/campaignbot.db"), "Dropbox"),
        (PureWindowsPath(r"C:\Users\s\OneDrive - Waterrijk\w\campaignbot.db"), "OneDrive"),
        (PurePosixPath("/Users/s/Library/CloudStorage/OneDrive-Waterrijk/c.db"), "OneDrive"),
        (
            PurePosixPath("/Users/s/Library/CloudStorage/GoogleDrive-s@x.example/c.db"),
            "Google Drive",
        ),
        (PurePosixPath("/Users/s/Library/Mobile Documents/com~apple~CloudDocs/c.db"), "iCloud"),
        (PurePosixPath("/home/s/Nextcloud/campaignbot.db"), "Nextcloud"),
        (PurePosixPath("/home/s/ownCloud/campaignbot.db"), "ownCloud"),
        (PurePosixPath("/home/s/dropboxen/onedrives/campaignbot.db"), None),
        (PurePosixPath("/home/s/waterrijk/Dropbox.db"), None),
    ],
)
def test_the_name_of_a_folder_tells_who_synchronises_it(
    path: PurePath, service: str | None
) -> None:
    assert syncing_service(path, nothing) == service


@pytest.mark.parametrize(
    ("marker", "service"),
    [
        (".dropbox", "Dropbox"),
        (".owncloudsync.log", "ownCloud"),
        (".sync_0a1b2c3d4e5f.db", "Nextcloud"),
        ("._sync_0a1b2c3d4e5f.db-wal", "Nextcloud"),
        (".stfolder", "Syncthing"),
        ("desktop.ini", None),
    ],
)
def test_what_a_service_leaves_in_a_folder_gives_it_away(marker: str, service: str | None) -> None:
    def entries(folder: PurePath) -> Collection[str]:
        return [marker] if folder == PurePosixPath("/srv/team") else ["data"]

    assert syncing_service(PurePosixPath("/srv/team/w/data/campaignbot.db"), entries) == service


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_risk_is_worded_with_its_folder_and_a_remedy(language: str) -> None:
    words = Translator(language)
    for path, name in (("/home/s/c.db", "nfs4"), ("/srv/Dropbox/c.db", "Dropbox")):
        risk = risk_of(PurePosixPath(path), LINUX, nothing)
        assert risk is not None and risk.remedy is not None
        told = words.text(risk.what)
        assert name in told and str(PurePosixPath(path).parent) in told
        assert words.text(risk.remedy) != risk.remedy.key


def test_a_marker_on_this_machine_is_seen(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / ".owncloudsync.log").touch()
    risk = risk_here(tmp_path / "data" / "campaignbot.db")
    assert risk is not None
    assert risk_here(None) is None
