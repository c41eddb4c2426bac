"""All practice platforms in a process of their own, with one account each and posts on it.

Run as a program it serves until its standard input ends: python -m benchmarks.platforms FOLDER
POSTS. The folder holds pictures for platforms that fetch them; its address is printed below the
platforms'.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from campaignbot.gateways.media import MediaHost
from campaignbot.sandbox import Sandbox, SandboxAccount, SandboxPost

IDS = {
    "linkedin": "urn:li:organization:1001",
    "facebook": "2001",
    "instagram": "3001",
    "x": "4001",
}


def token(name: str) -> str:
    return f"practice-{name}"


@contextmanager
def platforms_process(folder: Path, posts: int = 0) -> Iterator[tuple[str, str]]:
    """Serve the platforms and the folder's pictures; yield the address of each."""
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.platforms", str(folder), str(posts)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        yield process.stdout.readline().strip(), process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def base_url(url: str, name: str) -> str:
    return f"{url}/{'facebook' if name == 'instagram' else name}"


def posts_of(url: str, name: str) -> list[str]:
    """Return the ids of a platform's posts."""
    told = requests.get(f"{url}/control/posts", timeout=60).json()["posts"]
    return [str(post["id"]) for post in told if post["platform"] == name]


def questions(url: str) -> int:
    """Return how many calls for statistics there were so far."""
    told = requests.get(f"{url}/control/requests", timeout=10).json()
    return sum(count for what, count in told.items() if what.endswith(" metrics"))


def allow_everything(url: str) -> None:
    """Lift every limit on calls: a measurement makes more of them than a day allows."""
    for limit in requests.get(f"{url}/control/limits", timeout=10).json()["limits"]:
        requests.post(f"{url}/control/limits", json=limit | {"allowed": 10**9}, timeout=10)


def main() -> None:
    sandbox, host = Sandbox(), MediaHost(Path(sys.argv[1]))
    sandbox.start()
    host.start()
    sandbox.seed_accounts(SandboxAccount(n, IDS[n], n, token(n), 5000) for n in IDS)
    forms = {"linkedin": "urn:li:share:{}", "facebook": f"{IDS['facebook']}_{{}}"}
    for name in IDS:
        for number in range(int(sys.argv[2])):
            post_id = forms.get(name, "{}").format(sandbox.world.next_id())
            text, now = f"Bericht {number}", sandbox.world.now()
            sandbox.world.add_post(SandboxPost(post_id, name, IDS[name], text, now))
    print(sandbox.url, host.url, sep="\n", flush=True)
    sys.stdin.read()
    host.stop()
    sandbox.stop()


if __name__ == "__main__":
    main()
