/** Chrome's DevTools protocol over one WebSocket: commands are answered by id, events come by session. */
export interface Cdp {
  send<T>(method: string, params?: object, sessionId?: string): Promise<T>;
  onEvent(listener: (event: CdpEvent) => void): void;
  close(): void;
}

export interface CdpEvent {
  readonly method: string;
  // The protocol has hundreds of shapes; who listens knows the one it asked for.
  readonly params: Record<string, unknown>;
  readonly sessionId?: string;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}
type Message = CdpEvent & { readonly id?: number; readonly result?: unknown; readonly error?: { message: string } };

const settle = ({ resolve, reject }: Pending, { result, error }: Message): void =>
  error ? reject(new Error(`the browser refused: ${error.message}`)) : resolve(result);

/** @throws Error when nobody listens at the address */
export const connectCdp = async (address: string): Promise<Cdp> => {
  const socket = new WebSocket(address);
  const pending = new Map<number, Pending>();
  const listeners: ((event: CdpEvent) => void)[] = [];
  let lastId = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id === undefined) {
      for (const listener of listeners) listener(message);
      return;
    }
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if (waiting) settle(waiting, message);
  });
  socket.addEventListener('close', () => {
    for (const { reject } of pending.values()) reject(new Error('the browser closed the connection'));
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`no browser answers at ${address}`)));
  });
  return {
    send: <T>(method: string, params: object = {}, sessionId?: string) =>
      new Promise<T>((resolve, reject) => {
        lastId += 1;
        pending.set(lastId, { resolve: resolve as Pending['resolve'], reject });
        socket.send(JSON.stringify({ id: lastId, method, params, ...(sessionId && { sessionId }) }));
      }),
    onEvent: (listener) => void listeners.push(listener),
    close: () => socket.close(),
  };
};
