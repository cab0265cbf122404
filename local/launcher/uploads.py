"""The way of an upload through a load balancer: each piece goes on to the task as it arrives, and no faster than the
task takes it. The emulator's own way would hold a file of a gigabyte in memory twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import h11
from ministack.core.responses import StreamingResponse

PIECE = 65_536
PLAIN = {"Content-Type": "text/plain"}
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


class Relay:
    """One request on its way to a task, and the task's answer on its way back."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.CLIENT)
        self._sending: asyncio.Task[None] | None = None

    def start(self, request: h11.Request, upload: Upload) -> None:
        self._writer.write(self._http.send(request) or b"")
        self._sending = asyncio.create_task(self._send(upload))

    async def _send(self, upload: Upload) -> None:
        try:
            async for piece in upload.pieces():
                self._writer.write(self._http.send(h11.Data(data=piece)) or b"")
                await self._writer.drain()
            self._writer.write(self._http.send(h11.EndOfMessage()) or b"")
        except (OSError, h11.LocalProtocolError):
            # Either end went away: the other must see that the file is not whole.
            self._writer.transport.abort()

    async def _event(self) -> Any:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(PIECE))
        return event

    async def answer(self) -> Answer:
        while not isinstance(event := await self._event(), h11.Response):
            pass  # 100 Continue
        headers: dict[str, Any] = {}
        for name, value in event.headers:
            headers.setdefault(name.decode(), []).append(value.decode("latin-1"))
        for name in ("connection", "keep-alive", "transfer-encoding"):
            headers.pop(name, None)
        return event.status_code, headers, StreamingResponse(self._run)

    async def _run(self, send: Callable[[Message], Awaitable[None]], _receive: Any) -> None:
        try:
            while isinstance(event := await self._event(), h11.Data):
                await send({"type": "http.response.body", "body": bytes(event.data), "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self.close()

    def close(self) -> None:
        if self._sending:
            self._sending.cancel()
        self._writer.close()


async def to_task(address: tuple[str, int], request: h11.Request, upload: Upload) -> Answer:
    """The task's answer, as soon as it has begun; the upload may still be on its way then."""
    try:
        relay = Relay(*await asyncio.open_connection(*address))
    except OSError as error:
        return 502, PLAIN, f"no target: {error}".encode()
    try:
        relay.start(request, upload)
        return await relay.answer()
    except (OSError, h11.ProtocolError) as error:
        relay.close()
        return 502, PLAIN, f"the target went away: {error}".encode()
