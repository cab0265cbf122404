import type { Container } from './container.ts';
import type { Image } from './image.ts';

/** The newest Docker API that this answers like. */
export const API_VERSION = '1.43';

const networks = (address: string) => ({ bridge: { IPAddress: address, Gateway: '127.0.0.1' } });

/** As GET /containers/{id}/json answers. */
export const inspectView = ({ spec, state, createdAt }: Container) => ({
  Id: spec.id,
  Name: `/${spec.name}`,
  Image: spec.image,
  Created: createdAt,
  Path: spec.command[0],
  Args: spec.command.slice(1),
  State: {
    Status: state.status,
    Running: state.status === 'running',
    Paused: false,
    Restarting: false,
    OOMKilled: false,
    Dead: false,
    Pid: state.pid,
    ExitCode: state.exitCode,
    Error: state.error,
    StartedAt: state.startedAt,
    FinishedAt: state.finishedAt,
  },
  Config: {
    Image: spec.image,
    Labels: spec.labels,
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Cmd: spec.command,
    WorkingDir: spec.cwd,
    Tty: false,
  },
  HostConfig: { LogConfig: { Type: 'json-file', Config: {} }, NetworkMode: 'bridge' },
  NetworkSettings: { IPAddress: spec.address, Ports: {}, Networks: networks(spec.address) },
  Mounts: [],
});

/** As one entry of GET /containers/json. */
export const summaryView = ({ spec, state, createdAt }: Container) => ({
  Id: spec.id,
  Names: [`/${spec.name}`],
  Image: spec.image,
  ImageID: spec.image,
  Command: spec.command.join(' '),
  Created: Math.floor(Date.parse(createdAt) / 1_000),
  Labels: spec.labels,
  State: state.status,
  Status: state.status,
  Ports: [],
  NetworkSettings: { Networks: networks(spec.address) },
});

/** As GET /images/{name}/json answers. */
export const imageView = ({ name, digest, config }: Image) => ({
  Id: digest,
  RepoTags: [`mlops-platform/${name}:local`],
  RepoDigests: [`mlops-platform/${name}@${digest}`],
  Architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
  Os: 'linux',
  Config: { Cmd: config.cmd, Entrypoint: config.entrypoint, WorkingDir: config.workdir },
});

/** As GET /distribution/{name}/json answers. */
export const distributionView = ({ digest }: Image) => ({
  Descriptor: { mediaType: 'application/vnd.docker.distribution.manifest.v2+json', digest, size: 0 },
  Platforms: [],
});
