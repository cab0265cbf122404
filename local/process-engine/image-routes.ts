import type { Handler } from './container-routes.ts';
import type { Engine } from './engine.ts';
import { DockerError, sendJson, sendNothing } from './http.ts';
import type { Image } from './image.ts';
import { API_VERSION, distributionView, imageView } from './views.ts';

const find = (engine: Engine, reference: string): Image => {
  const image = engine.image(reference);
  if (image) return image;
  throw new DockerError(404, `No such image: ${reference}; images are mlops-platform/<folder of containers/>:local`);
};

export const ping: Handler = (_engine, { response }) => {
  response.writeHead(200, { 'content-type': 'text/plain', 'api-version': API_VERSION }).end('OK');
};

export const version: Handler = (_engine, call) =>
  sendJson(call, 200, {
    Version: 'process-engine',
    ApiVersion: API_VERSION,
    MinAPIVersion: '1.24',
    Os: 'linux',
    Arch: process.arch === 'arm64' ? 'arm64' : 'amd64',
    Platform: { Name: 'mlops-platform process engine' },
  });

export const info: Handler = (engine, call) =>
  sendJson(call, 200, { Name: 'process-engine', Containers: engine.store.list([]).length, OSType: 'linux' });

export const inspectImage: Handler = (engine, call) => sendJson(call, 200, imageView(find(engine, call.name)));

export const distribution: Handler = (engine, call) => sendJson(call, 200, distributionView(find(engine, call.name)));

/** A pull: the folder is the image, so there is nothing to fetch, but it must be there. */
export const pullImage: Handler = (engine, call) => {
  const from = call.query.get('fromImage') ?? '';
  const tag = call.query.get('tag') ?? '';
  const separator = tag.startsWith('sha256:') ? '@' : ':';
  const { name } = find(engine, tag ? `${from}${separator}${tag}` : from);
  sendJson(call, 200, { status: `Image is up to date for mlops-platform/${name}` });
};

/** A new tag on an image: every tag names the same folder already. */
export const tagImage: Handler = (engine, call) => {
  find(engine, call.name);
  sendNothing(call, 201);
};
