import { z } from 'zod';
import { LocalStageError } from '../errors.ts';

const words = z.union([z.array(z.string()), z.string().transform((word) => [word])]).nullish();

/** The body of POST /containers/create, as far as a process can honour it. */
const CreateBody = z.object({
  Image: z.string(),
  Cmd: words,
  Entrypoint: words,
  Env: z.array(z.string()).nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
  HostConfig: z
    .object({
      PortBindings: z.record(z.string(), z.unknown()).nullish(),
      Binds: z.array(z.string()).nullish(),
      Privileged: z.boolean().nullish(),
    })
    .nullish(),
});
export type CreateBody = z.infer<typeof CreateBody>;

const unsupported = (message: string, remedy: string): LocalStageError =>
  new LocalStageError({ code: 'CONTAINER_SPEC_UNSUPPORTED', message, remedy });

/**
 * Reads a create call and refuses what a process could only pretend to do.
 * @throws {LocalStageError} CONTAINER_SPEC_UNSUPPORTED
 */
export const parseCreateBody = (json: unknown): CreateBody => {
  const body = CreateBody.parse(json);
  const ports = Object.keys(body.HostConfig?.PortBindings ?? {});
  if (ports.length > 0) {
    throw unsupported(`published ports (${ports.join(', ')}) need a container engine`, 'Use networkMode awsvpc');
  }
  if (body.HostConfig?.Binds?.length) {
    throw unsupported(`bind mounts (${body.HostConfig.Binds.join(', ')}) need a container engine`, 'Use S3 or /tmp');
  }
  if (body.HostConfig?.Privileged) throw unsupported('a process cannot be privileged', 'Leave privileged out');
  return body;
};

/** The AWS SDKs take container credentials over plain HTTP from a loopback address only. */
const onThisMachine = (value: string): string => value.replaceAll('host.docker.internal', '127.0.0.1');

/** `NAME=value` lines as a record, with Docker's name for this machine replaced. */
export const parseEnv = (lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    lines.map((line) => {
      const cut = line.indexOf('=');
      return cut < 0 ? [line, ''] : [line.slice(0, cut), onThisMachine(line.slice(cut + 1))];
    }),
  );
