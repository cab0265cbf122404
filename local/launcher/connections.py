"""Connections to tasks, kept between requests as a load balancer keeps them: to open one for each costs more than the
request itself."""

import asyncio
import time

import h11

Address = tuple[str, int]
# Tasks keep theirs for longer, so that this end is the one that lets go.
IDLE_SECONDS = 30.0
MOST_IDLE = 64


class Connection:
    """One connection and what HTTP says of it."""

    def __init__(self, address: Address, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.address, self.reader, self.writer = address, reader, writer
        self.http = h11.Connection(h11.CLIENT)
        self.idle_since = 0.0

    def is_usable(self) -> bool:
        is_fresh = time.monotonic() - self.idle_since < IDLE_SECONDS
        return is_fresh and not self.reader.at_eof() and not self.writer.is_closing()

    def is_done(self) -> bool:
        """Whether question and answer went through whole and another may follow."""
        return self.http.our_state is h11.DONE and self.http.their_state is h11.DONE


class Connections:
    """Those that wait for the next request."""

    def __init__(self) -> None:
        self._idle: dict[Address, list[Connection]] = {}

    async def take(self, address: Address) -> Connection:
        """One that waits, or a new one. Raises OSError where nobody listens."""
        idle = self._idle.get(address, [])
        while idle:
            connection = idle.pop()
            if connection.is_usable():
                return connection
            connection.writer.close()
        return Connection(address, *await asyncio.open_connection(*address))

    def give_back(self, connection: Connection) -> None:
        """Keeps it for the next request where it may be used again."""
        idle = self._idle.setdefault(connection.address, [])
        if not connection.is_done() or len(idle) >= MOST_IDLE:
            connection.writer.close()
            return
        connection.http.start_next_cycle()
        connection.idle_since = time.monotonic()
        idle.append(connection)
