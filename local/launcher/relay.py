"""The way of a request through a load balancer: an upload goes on to its task piece by piece as it arrives, and no
faster than the task takes it, as a long answer comes back. The emulator's own way would hold a file of a gigabyte in
memory twice, and takes three threads and a new connection for each request."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import h11
from connections import Address, Connection, Connections
from ministack.core.responses import StreamingResponse
from ministack.services import alb

PIECE = 65_536
PLAIN = {"Content-Type": "text/plain"}
NOT_BROUGHT_BACK = ("connection", "keep-alive", "transfer-encoding")
Message = dict[str, Any]
Answer = tuple[int, dict[str, Any], Any]


class Upload:
    """The body of a request, read no faster than it is passed on."""

    def __init__(self, receive: Callable[[], Awaitable[Message]]) -> None:
        self._receive = receive

    async def pieces(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError("the sender went away")
            yield message.get("body", b"")
            more = message.get("more_body", False)

    async def whole(self) -> bytes:
        return b"".join([piece async for piece in self.pieces()])


Body = bytes | Upload


class Relay:
    """One request on its way to a task, and the task's answer on its way back."""

    def __init__(self, connection: Connection, kept: Connections) -> None:
        self._connection, self._kept = connection, kept
        self._http = connection.http
        self._sending: asyncio.Task[None] | None = None
        self._moved_at = 0.0

    def start(self, request: h11.Request, body: Body) -> None:
        if isinstance(body, Upload):
            self._write(request)
            self._sending = asyncio.create_task(self._send(body))
        else:
            self._write(request, *([h11.Data(data=body)] if body else []), h11.EndOfMessage())

    def _write(self, *events: Any) -> None:
        self._connection.writer.write(b"".join(self._http.send(event) or b"" for event in events))

    async def _send(self, upload: Upload) -> None:
        try:
            async for piece in upload.pieces():
                self._write(h11.Data(data=piece))
                await self._connection.writer.drain()
                self._moved_at = asyncio.get_running_loop().time()
            self._write(h11.EndOfMessage())
        except (OSError, h11.LocalProtocolError):
            # Either end went away: the other must see that the file is not whole.
            self._connection.close()

    async def _read(self) -> bytes:
        """Raises TimeoutError where nothing moved, in neither direction, for as long as a load balancer waits."""
        now = asyncio.get_running_loop().time
        self._moved_at = now()
        while True:
            try:
                async with asyncio.timeout_at(self._moved_at + alb.TARGET_IDLE_TIMEOUT):
                    return await self._connection.reader.read(PIECE)
            except TimeoutError:
                if now() >= self._moved_at + alb.TARGET_IDLE_TIMEOUT:
                    raise

    async def _event(self) -> Any:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._read())
        return event

    async def _pieces(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def answer(self) -> Answer:
        while isinstance(event := await self._event(), h11.InformationalResponse):
            pass  # 100 Continue
        headers: dict[str, Any] = {}
        for name, value in event.headers:
            headers.setdefault(name.decode(), []).append(value.decode("latin-1"))
        if "transfer-encoding" in headers:
            headers.pop("content-length", None)  # It says nothing beside the other, and would be believed.
        for name in NOT_BROUGHT_BACK:
            headers.pop(name, None)
        if int(headers.get("content-length", [PIECE + 1])[0]) > PIECE:
            return event.status_code, headers, StreamingResponse(self._run)
        body = b"".join([piece async for piece in self._pieces()])
        self.end()
        return event.status_code, headers, body

    async def _watch(self, receive: Callable[[], Awaitable[Message]]) -> None:
        """Ends the answer where nobody is left to read it."""
        if self._sending:
            # Until then the upload is read from the same client.
            await asyncio.wait([self._sending])
        await alb._await_http_disconnect(receive)
        self._connection.close()

    async def _run(self, send: Callable[[Message], Awaitable[None]], receive: Any) -> None:
        watching = asyncio.create_task(self._watch(receive))
        try:
            async for piece in self._pieces():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        except (OSError, h11.RemoteProtocolError):
            return  # An answer without its end is what says that it is not whole.
        finally:
            # Before the end is sent: a client that goes away with it is nothing to whoever has the connection next.
            watching.cancel()
            self.end()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def end(self) -> None:
        if self._sending:
            self._sending.cancel()
        self._kept.give_back(self._connection)


def unanswered(why: str, error: Exception) -> Answer:
    return 504 if isinstance(error, TimeoutError) else 502, PLAIN, f"{why}: {error}".encode()


async def to_task(kept: Connections, address: Address, request: h11.Request, body: Body) -> Answer:
    """The task's answer, as soon as it has begun; the upload may still be on its way then."""
    try:
        async with asyncio.timeout(alb.TARGET_CONNECT_TIMEOUT):
            relay = Relay(await kept.take(address), kept)
    except OSError as error:
        return unanswered("no target", error)
    try:
        relay.start(request, body)
        return await relay.answer()
    except (OSError, h11.ProtocolError) as error:
        relay.end()
        return unanswered("the target went away", error)
    except asyncio.CancelledError:
        relay.end()  # Whoever asked waits no longer.
        raise
