import { describe, expect, it } from '@jest/globals';
import { rewriteCreate, rewriteInspect } from '#local/docker-rewrite.ts';
import { loopbackAddresses } from '#local/process-engine/addresses.ts';

describe('calls to a real Docker', () => {
  it('put a new container on this machine’s network, at a loopback address of its own', () => {
    const call = {
      Image: 'mlops-platform/serving:local',
      Env: ['AWS_ENDPOINT_URL=http://host.docker.internal:4566'],
      Labels: { ministack: 'ecs' },
      HostConfig: { ExtraHosts: ['host.docker.internal:host-gateway'], NetworkMode: 'default', Memory: 7 },
      NetworkingConfig: { EndpointsConfig: {} },
    };
    expect(rewriteCreate(call, loopbackAddresses('linux'))).toEqual({
      Image: 'mlops-platform/serving:local',
      Env: [
        'AWS_REGION=us-east-1',
        'AWS_DEFAULT_REGION=us-east-1',
        'AWS_EXECUTION_ENV=AWS_ECS_FARGATE',
        'AWS_ENDPOINT_URL=http://127.0.0.1:4566',
        'HOST_ADDRESS=127.77.0.1',
      ],
      Labels: { ministack: 'ecs', 'mlops.address': '127.77.0.1' },
      HostConfig: { NetworkMode: 'host', Memory: 7 },
    });
  });

  it('tell that address when the container is inspected', () => {
    const seen = { Id: 'a', Config: { Labels: { 'mlops.address': '127.77.0.9' } }, NetworkSettings: { Networks: {} } };
    expect(rewriteInspect(seen)).toMatchObject({
      Id: 'a',
      NetworkSettings: { Networks: { host: { IPAddress: '127.77.0.9' } } },
    });
  });

  it('leave other containers and error answers alone', () => {
    const foreign = {
      Config: { Labels: null },
      NetworkSettings: { Networks: { bridge: { IPAddress: '172.17.0.2' } } },
    };
    expect(rewriteInspect(foreign)).toEqual(foreign);
    expect(rewriteInspect({ message: 'No such container' })).toEqual({ message: 'No such container' });
  });
});

describe('loopback addresses', () => {
  it('differ on Linux, and are never one that is still in use', () => {
    const addresses = loopbackAddresses('linux');
    const taken = Array.from({ length: 70_000 - 5_000 }, () => addresses.take());
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken[0]).toBe('127.77.0.1');
    addresses.giveBack('127.77.0.5');
    expect(addresses.take()).toBe('127.77.0.5');
  });

  it('are the one loopback address elsewhere', () => {
    expect(loopbackAddresses('darwin').take()).toBe('127.0.0.1');
  });
});
