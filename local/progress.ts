/** Tells what happens: a live line on a terminal, a plain log elsewhere. Everything goes to stderr. */
export interface Progress {
  /** What the current stage is doing now. */
  say(message: string): void;
  begin(stage: string): void;
  end(stage: string, state: 'done' | 'failed', seconds: number): void;
  close(): void;
}

const clock = (ms: number) => `${(ms / 1_000).toFixed(1).padStart(6)}s`;

/** One line an event, with the seconds since the start. */
const plainProgress = (write: (line: string) => void): Progress => {
  const started = Date.now();
  let stage = '';
  let last = '';
  const line = (text: string) => write(`[${clock(Date.now() - started)}] ${text}\n`);
  return {
    begin: (name) => {
      stage = name;
      line(`${name}: started`);
    },
    say: (message) => {
      if (message === last) return;
      last = message;
      line(`${stage}: ${message}`);
    },
    end: (name, state, seconds) => line(`${name}: ${state} in ${seconds.toFixed(1)}s`),
    close: () => {},
  };
};

const redrawMs = 200;

/** The running stage is redrawn in place with its elapsed time; finished ones stay above it. */
const liveProgress = (out: NodeJS.WriteStream): Progress => {
  let stage = '';
  let message = '';
  let since = Date.now();
  const clear = () => out.write('\r\x1b[2K');
  const draw = () => {
    if (!stage) return;
    clear();
    out.write(`  … ${stage.padEnd(22)} ${clock(Date.now() - since)}  ${message}`.slice(0, (out.columns ?? 100) - 1));
  };
  const timer = setInterval(draw, redrawMs);
  timer.unref();
  return {
    begin: (name) => {
      [stage, message, since] = [name, '', Date.now()];
      draw();
    },
    say: (text) => {
      message = text.split('\n')[0] ?? '';
      draw();
    },
    end: (name, state, seconds) => {
      clear();
      out.write(`  ${state === 'done' ? '✔' : '✘'} ${name.padEnd(22)} ${clock(seconds * 1_000)}\n`);
      stage = '';
    },
    close: () => {
      clearInterval(timer);
      clear();
    },
  };
};

/** @example startProgress(process.stderr) */
export const startProgress = (out: NodeJS.WriteStream = process.stderr): Progress =>
  out.isTTY && !process.env.CI ? liveProgress(out) : plainProgress((line) => out.write(line));
