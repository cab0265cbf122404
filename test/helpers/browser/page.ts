import type { Cdp, CdpEvent } from './cdp.ts';
import type { Browser } from './chromium.ts';
import { type PageRecord, pageRecord } from './record.ts';

/** Given when a server asks for them (Basic), as a person would type them. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Page extends Pick<PageRecord, 'errors' | 'requests'> {
  /** Opens an empty page, so that the next one begins anew even where only the fragment of its address differs. */
  leave(): Promise<void>;
  /** Opens the address and waits until its requests have ended. */
  goto(url: string): Promise<void>;
  /** Visible text, as a reader would copy it. */
  text(): Promise<string>;
  /** Waits until the page shows the text. @throws Error with what it shows instead */
  shows(text: string): Promise<void>;
  /** Waits until no request has been under way for a while. */
  settled(): Promise<void>;
  /** Clicks the first visible element whose own text this is, inside of `within`. @default the whole page */
  click(text: string, within?: string): Promise<void>;
  /** Types into the field that the selector names. */
  type(selector: string, text: string): Promise<void>;
  evaluate<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}

const WAIT_MS = 30_000;
const QUIET_MS = 500;
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

const until = async (holds: () => Promise<boolean> | boolean, otherwise: () => Promise<string> | string) => {
  const end = Date.now() + WAIT_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(await otherwise());
    await pause(100);
  }
};

type Send = <T>(method: string, params?: object) => Promise<T>;

const openTab = async (cdp: Cdp) => {
  const { browserContextId } = await cdp.send<{ browserContextId: string }>('Target.createBrowserContext');
  const wanted = { url: 'about:blank', browserContextId };
  const { targetId } = await cdp.send<{ targetId: string }>('Target.createTarget', wanted);
  const { sessionId } = await cdp.send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
  const send: Send = (method, params = {}) => cdp.send(method, params, sessionId);
  return {
    sessionId,
    send,
    close: async () => void (await cdp.send('Target.disposeBrowserContext', { browserContextId })),
  };
};

/** Lets every request pass, and signs in where the server asks for it. */
const gatekeeper = (send: Send, credentials: Credentials | undefined) => {
  const answer = credentials ? { response: 'ProvideCredentials', ...credentials } : { response: 'CancelAuth' };
  const moves: Record<string, (requestId: string) => Promise<unknown>> = {
    'Fetch.requestPaused': (requestId) => send('Fetch.continueRequest', { requestId }),
    'Fetch.authRequired': (requestId) => send('Fetch.continueWithAuth', { requestId, authChallengeResponse: answer }),
  };
  // A tab that closes while it is asked has nothing to answer.
  return ({ method, params }: CdpEvent): void => void moves[method]?.(String(params.requestId)).catch(() => {});
};

const clickOn = (text: string, within: string): string => `(() => {
  const wanted = ${JSON.stringify(text)};
  const own = (node) => [...node.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join('').trim();
  const found = [...document.querySelectorAll(${JSON.stringify(`${within} *`)})].find((n) => own(n) === wanted && n.getClientRects().length > 0);
  found?.click();
  return found !== undefined;
})()`;

/** A tab of its own, without what other tabs have stored. */
export const openPage = async ({ cdp }: Browser, credentials?: Credentials): Promise<Page> => {
  const { sessionId, send, close } = await openTab(cdp);
  const record = pageRecord();
  const letPass = gatekeeper(send, credentials);
  cdp.onEvent((event) => {
    if (event.sessionId !== sessionId) return;
    record.take(event.method, event.params);
    letPass(event);
  });
  for (const domain of ['Page', 'Runtime', 'Network']) await send(`${domain}.enable`);
  await send('Fetch.enable', { handleAuthRequests: true });

  const evaluate = async <T>(expression: string): Promise<T> => {
    const asked = { expression, returnByValue: true, awaitPromise: true };
    return (await send<{ result: { value: T } }>('Runtime.evaluate', asked)).result.value;
  };
  const text = (): Promise<string> => evaluate<string>('document.body?.innerText ?? ""');
  const settled = (): Promise<void> =>
    until(
      () => record.underWay.size === 0 && Date.now() - record.lastChangeMs() > QUIET_MS,
      () => `requests are still under way: ${[...record.underWay.values()].map(({ url }) => url).join(', ')}`,
    );
  return {
    errors: record.errors,
    requests: record.requests,
    leave: async () => {
      await send('Page.navigate', { url: 'about:blank' });
      record.turnOver();
    },
    goto: async (url) => {
      record.turnOver();
      const { errorText } = await send<{ errorText?: string }>('Page.navigate', { url });
      if (errorText) throw new Error(`${url}: ${errorText}`);
      await settled();
    },
    text,
    shows: (wanted) =>
      until(
        async () => (await text()).includes(wanted),
        async () => `the page does not show "${wanted}" but:\n${await text()}`,
      ),
    settled,
    click: (wanted, within = 'body') =>
      until(
        () => evaluate<boolean>(clickOn(wanted, within)),
        async () => `there is nothing to click that says "${wanted}" on:\n${await text()}`,
      ),
    type: async (selector, wanted) => {
      const field = `document.querySelector(${JSON.stringify(selector)})`;
      await until(
        () => evaluate<boolean>(`${field} !== null && (${field}.focus(), true)`),
        () => `there is no field ${selector}`,
      );
      await send('Input.insertText', { text: wanted });
    },
    evaluate,
    close,
  };
};
