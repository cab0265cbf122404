import { z } from 'zod';
import { fargateEnv } from './emulator-env.ts';
import type { Addresses } from './process-engine/addresses.ts';
import { parseEnv } from './process-engine/create-request.ts';

/** Where a container's own loopback address is written down. */
export const ADDRESS_LABEL = 'mlops.address';

const Body = z.looseObject({
  Env: z.array(z.string()).nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
  HostConfig: z.looseObject({}).nullish(),
});

/**
 * A create call for Docker as the local stage needs it. The AWS SDKs take container credentials over HTTP from
 * loopback addresses only, so the container shares this machine's network and gets a loopback address of its own.
 */
export const rewriteCreate = (json: unknown, addresses: Addresses): unknown => {
  const { NetworkingConfig: _, ...body } = Body.parse(json) as z.infer<typeof Body> & { NetworkingConfig?: unknown };
  const address = addresses.take();
  const env = { ...fargateEnv, ...parseEnv(body.Env ?? []), HOST_ADDRESS: address };
  const { ExtraHosts: _hosts, PortBindings: _ports, ...host } = body.HostConfig ?? {};
  return {
    ...body,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: { ...body.Labels, [ADDRESS_LABEL]: address },
    HostConfig: { ...host, NetworkMode: 'host' },
  };
};

const Inspected = z.looseObject({
  Config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }),
  NetworkSettings: z.looseObject({}),
});

/** An inspect answer of Docker with the container's loopback address in it; others stay as they are. */
export const rewriteInspect = (json: unknown): unknown => {
  const seen = Inspected.safeParse(json);
  const address = seen.success ? seen.data.Config.Labels?.[ADDRESS_LABEL] : undefined;
  if (!seen.success || !address) return json;
  const Networks = { host: { IPAddress: address } };
  return { ...seen.data, NetworkSettings: { ...seen.data.NetworkSettings, Networks } };
};
