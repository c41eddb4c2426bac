"""Media for platforms that fetch it themselves: where it is put, and taken away again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from threading import RLock

from campaignbot.bootstrap.connections import Connections
from campaignbot.bootstrap.folder import WorkingFolder
from campaignbot.connecting.hosting import no_longer_needed, open_host, try_out
from campaignbot.domain.errors import UserError, user_error
from campaignbot.domain.hosting import PublicHost
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.hosting import PublicMedia
from campaignbot.gateways.media import MediaHost
from campaignbot.platforms.protocol import Credentials
from campaignbot.storage import credentials
from campaignbot.storage.media import media_of_publications
from campaignbot.watching.secrets import Service


class Hosting:
    """The media of a working folder on the web."""

    def __init__(self, folder: WorkingFolder, connections: Connections) -> None:
        self._folder, self._connections = folder, connections
        self._choosing = RLock()
        self._page_host: tuple[bytes, PublicHost] | None = None

    @cached_property
    def media(self) -> PublicMedia:
        """The media for adapters: the files, and addresses from which platforms can fetch them."""
        chosen = self._folder.settings.media
        practice = self._folder.settings.simulated or chosen.serve_port is not None
        return PublicMedia(self._folder.media, lambda: self.host, here_too=practice)

    @property
    def host(self) -> PublicHost | None:
        """Where pictures are put for platforms that fetch them; None where none is configured."""
        with self._choosing:
            if self._folder.settings.media.facebook is not None:
                # Whoever connects the page again gives it another token.
                return self._page(self._folder.settings.media.facebook)
            return self._chosen_host

    @cached_property
    def _chosen_host(self) -> PublicHost | None:
        return open_host(
            self._folder.settings.media,
            self._folder.workdir,
            self._folder.media,
            lambda: self._folder.secrets.find(Service.S3),
            self._page,
        )

    def _page(self, key: str) -> PublicHost:
        """Return the page that holds pictures for other platforms, with the token stored now."""
        entry = self._folder.entries.get(key)
        open_it = self._folder.platforms[entry.platform].open_host if entry else None
        if open_it is None:
            raise user_error("media.no_such_page", remedy="media.no_such_page.remedy", key=key)
        with self._folder.database.read() as tx:
            account = self._connections.access.account(tx, key)
            sealed = credentials.sealed_of(tx, account.id)
        if sealed is None:
            raise user_error(
                "media.page_unconnected", remedy="media.page_unconnected.remedy", key=key
            )
        if self._page_host is None or self._page_host[0] != sealed[0]:
            secrets = Credentials(self._folder.vault().open(sealed[0]), sealed[1])
            context = self._connections.context(account, secrets, self._folder.media)
            self._page_host = sealed[0], open_it(context)
        return self._page_host[1]

    def try_out(self, secret: Secret | None = None) -> str:
        """Put a picture on the web and look whether it can be fetched; UserError where it cannot.

        With the secret of a storage, if one is given. Return its address, which is gone by then.
        A folder that the daemon serves is served meanwhile, where no daemon does it.
        """
        folder, host, media = self._folder, self.host, self.media
        if secret is not None:
            host = open_host(
                folder.settings.media, folder.workdir, folder.media, lambda: secret, self._page
            )
            media = media.on(host)
        with ExitStack() as meanwhile:
            # Whoever has the port, most likely the daemon, is tried.
            with suppress(UserError):
                meanwhile.enter_context(self.served())
            return try_out(folder.media, host, media)

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve the media folder meanwhile, where the settings ask for it.

        UserError when its port is in use.
        """
        server = self.media_host()
        if server is not None:
            server.start()
        try:
            yield
        finally:
            if server is not None:
                server.stop()

    def tidy(self, *, dry_run: bool = False) -> list[str]:
        """Take media off the web that no post waits for any more; return their hashes."""
        host = self.host
        if host is None:
            raise user_error("media.no_public_url", remedy="media.no_public_url.remedy")
        with self._folder.database.read() as tx:
            over = no_longer_needed(media_of_publications(tx))
        for item in () if dry_run else over:
            host.remove(item)
        return [item.sha256 for item in over]

    def media_host(self) -> MediaHost | None:
        """Return a server for the media folder, where the settings ask for one.

        UserError when its port is in use.
        """
        port = self._folder.settings.media.serve_port
        if port is None:
            return None
        try:
            return MediaHost(self._folder.media.folder, port)
        except OSError as error:
            raise user_error(
                "media.port_in_use",
                remedy="media.port_in_use.remedy",
                port=str(port),
                said=error.strerror or "",
            ) from None

    def close(self) -> None:
        for host in (self.__dict__.get("_chosen_host"), self._page_host and self._page_host[1]):
            if host is not None:
                host.close()
