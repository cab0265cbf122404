import { servingRoutes } from '#contracts/serving.ts';
import { json, type Reply } from '../reply.ts';
import { uploadEndpoint } from '../uploads/upload-door.ts';
import { fixedRoutes, type RouteDeps, type RouteFamily } from './route.ts';

const about = ({ predict: { fleet } }: RouteDeps): Reply =>
  json({
    service: 'mlops-platform serving',
    description: 'Predictions of every deployed model; the platform API authenticates callers',
    models: fleet.models().map((name) => {
      const deployment = fleet.find(name)?.deployment;
      const variants = deployment?.variants.map(({ version, weight }) => ({ version, weight }));
      return { model: name, revision: deployment?.revision, phase: deployment?.phase, variants };
    }),
    routes: [
      ...Object.values(servingRoutes).map(({ method, path, summary }) => `${method} ${path}: ${summary}`),
      'POST /v2/models/{model}[/versions/{version}]/infer: Open Inference Protocol, with GET /v2, /v2/models/{model}',
      'POST /invocations: as SageMaker asks, with GET /ping',
      `PUT ${uploadEndpoint}: an artifact of any size, with the caller's own key`,
      'GET /docs, /openapi.json: each model with an example',
      'GET /live, /ready, /health, /health/{model}: state of this task',
      'GET /metrics: Prometheus metrics',
    ],
  });

export const aboutRoutes: RouteFamily = (deps) => fixedRoutes({ '/': () => about(deps) }, true);
