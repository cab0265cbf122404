import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Addresses, loopbackAddresses } from './addresses.ts';
import { Container, type ContainerSpec } from './container.ts';
import { ContainerLog } from './container-log.ts';
import { type ContainerStore, containerStore, newContainerId } from './container-store.ts';
import { type CreateBody, parseEnv } from './create-request.ts';
import { commandOf, findImage, hostEnv, hostWorkdir, type Image } from './image.ts';

export interface EngineOptions {
  /** The checkout; it stands for /app in an image. */
  readonly root: string;
  /** The folder whose subfolders are the images. */
  readonly containers: string;
  readonly logs: string;
  /** Where running processes are recorded. */
  readonly runFolder: string;
  /** What every container gets under its own variables (PATH, region…), for the image of that name. */
  readonly baseEnv: (image: string) => Promise<Readonly<Record<string, string>>>;
}

/** The engine behind the socket: images are folders, containers are processes. */
export interface Engine {
  readonly store: ContainerStore;
  image(reference: string): Image | undefined;
  create(image: Image, name: string, body: CreateBody): Promise<Container>;
  remove(container: Container): void;
  /** Ends every container. */
  close(): Promise<void>;
}

const openLog = (logs: string, name: string): ContainerLog => {
  const folder = join(logs, 'containers');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name.replace(/[^\w.-]/g, '_')}.log`);
  return new ContainerLog((text) => appendFileSync(file, text));
};

const specOf = async (options: EngineOptions, image: Image, body: CreateBody): Promise<Omit<ContainerSpec, 'name'>> => {
  const { root, runFolder } = options;
  return {
    id: newContainerId(),
    image: body.Image,
    labels: body.Labels ?? {},
    command: commandOf(image, { entrypoint: body.Entrypoint ?? undefined, cmd: body.Cmd ?? undefined }, root),
    cwd: hostWorkdir(image, root),
    env: { ...(await options.baseEnv(image.name)), ...hostEnv(image.config, root), ...parseEnv(body.Env ?? []) },
    address: '',
    runFolder,
  };
};

const withAddress = (spec: Omit<ContainerSpec, 'name'>, addresses: Addresses) => {
  const address = addresses.take();
  return { ...spec, address, env: { ...spec.env, HOST_ADDRESS: address } };
};

/** Makes an engine; nothing runs until a container is started. */
export const createEngine = (options: EngineOptions): Engine => {
  const store = containerStore();
  const addresses = loopbackAddresses();
  const remove = ({ spec }: Container): void => {
    store.remove(spec.id);
    addresses.giveBack(spec.address);
  };
  const create: Engine['create'] = async (image, name, body) => {
    const spec = withAddress(await specOf(options, image, body), addresses);
    const container = new Container(
      { ...spec, name: name || spec.id.slice(0, 12) },
      openLog(options.logs, name || spec.id),
    );
    store.add(container);
    return container;
  };
  const close = async (): Promise<void> => {
    await Promise.all(store.list([]).map((container) => container.stop(5_000)));
  };
  return { store, image: (reference) => findImage(options.containers, reference), create, remove, close };
};
