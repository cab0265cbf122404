"""Connections to tasks, kept between requests as a load balancer keeps them: to open one for each costs more than the
request itself."""

import asyncio

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
        self.letting_go: asyncio.TimerHandle | None = None

    def is_usable(self) -> bool:
        """Whether it is open, and nothing came on it that would be taken for the next answer."""
        return not (self.reader.at_eof() or self.reader._buffer or self.writer.is_closing())

    def is_done(self) -> bool:
        """Whether question and answer went through whole, with nothing behind them, and another may follow."""
        unread, _ = self.http.trailing_data
        unsent = self.writer.transport.get_write_buffer_size()
        return self.http.our_state is h11.DONE and self.http.their_state is h11.DONE and not unread and not unsent

    def close(self) -> None:
        """At once: a task that does not take what is still to be sent would hold it up for ever."""
        self.writer.transport.abort()


class Connections:
    """Those that wait for the next request."""

    def __init__(self) -> None:
        self._idle: dict[Address, list[Connection]] = {}

    async def take(self, address: Address) -> Connection:
        """One that waits, or a new one. Raises OSError where nobody listens."""
        idle = self._idle.get(address, [])
        while idle:
            connection = idle.pop()
            if connection.letting_go:
                connection.letting_go.cancel()
            if connection.is_usable():
                return connection
            connection.close()
        return Connection(address, *await asyncio.open_connection(*address))

    def give_back(self, connection: Connection) -> None:
        """Keeps it for the next request where it may be used again."""
        idle = self._idle.setdefault(connection.address, [])
        if not connection.is_done() or len(idle) >= MOST_IDLE:
            connection.close()
            return
        connection.http.start_next_cycle()
        connection.letting_go = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._let_go, connection)
        idle.append(connection)

    def _let_go(self, connection: Connection) -> None:
        self._idle[connection.address].remove(connection)
        connection.close()
