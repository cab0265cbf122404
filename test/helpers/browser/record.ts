/** One request of a page. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
  /** Undefined while no answer came. */
  status?: number;
  /** Why no answer came. */
  failure?: string;
}

/** What a page did, written down as the browser's events tell it. */
export interface PageRecord {
  /** Errors on the console and exceptions that nobody caught, oldest first. */
  readonly errors: string[];
  /** Oldest first. */
  readonly requests: Seen[];
  readonly underWay: ReadonlyMap<string, Seen>;
  /** When a request began or ended last, ms since 1970. */
  lastChangeMs(): number;
  take(method: string, params: object): void;
  /** The page is another one: what it still waited for is nobody's any more. */
  turnOver(): void;
}

interface ConsoleCall {
  readonly type: string;
  readonly args: readonly { readonly value?: unknown; readonly description?: string }[];
}
interface Exception {
  readonly exceptionDetails: { readonly text: string; readonly exception?: { readonly description?: string } };
}
interface Sent {
  readonly requestId: string;
  readonly request: { readonly method: string; readonly url: string; readonly postData?: string };
}
interface Received {
  readonly requestId: string;
  readonly response: { readonly status: number };
}
interface Ended {
  readonly requestId: string;
  readonly errorText?: string;
  readonly canceled?: boolean;
}

// A worker's script ends in the worker, which is a target of its own.
const isWorker = (url: string): boolean => /\.worker\.js$/.test(url);
const consoleText = ({ args }: ConsoleCall): string =>
  args.map(({ value, description }) => String(value ?? description)).join(' ');

export const pageRecord = (): PageRecord => {
  const errors: string[] = [];
  const requests: Seen[] = [];
  const underWay = new Map<string, Seen>();
  let lastChangeMs = Date.now();

  const begin = ({ requestId, request: { method, url, postData } }: Sent): void => {
    const seen: Seen = { method, url, ...(postData !== undefined && { body: postData }) };
    requests.push(seen);
    if (!isWorker(url)) underWay.set(requestId, seen);
    lastChangeMs = Date.now();
  };
  const end = ({ requestId, errorText, canceled }: Ended): void => {
    const seen = underWay.get(requestId);
    if (seen && errorText !== undefined) seen.failure = canceled ? 'canceled' : errorText;
    underWay.delete(requestId);
    lastChangeMs = Date.now();
  };
  const answered = ({ requestId, response }: Received): void => {
    const seen = underWay.get(requestId);
    if (seen) seen.status = response.status;
  };
  const said = (call: ConsoleCall): void => {
    if (call.type === 'error') errors.push(`console: ${consoleText(call)}`);
  };
  const thrown = ({ exceptionDetails: { text, exception } }: Exception): void =>
    void errors.push(`exception: ${text} ${exception?.description ?? ''}`);

  const listeners = new Map<string, (params: never) => void>([
    ['Network.requestWillBeSent', begin],
    ['Network.responseReceived', answered],
    ['Network.loadingFinished', end],
    ['Network.loadingFailed', end],
    ['Runtime.consoleAPICalled', said],
    ['Runtime.exceptionThrown', thrown],
  ]);
  return {
    errors,
    requests,
    underWay,
    lastChangeMs: () => lastChangeMs,
    turnOver: () => {
      underWay.clear();
      lastChangeMs = Date.now();
    },
    take: (method, params) => listeners.get(method)?.(params as never),
  };
};
