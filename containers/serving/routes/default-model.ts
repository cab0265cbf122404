import { PlatformError } from '#core/shared/index.ts';
import type { RouteDeps } from './route.ts';

/**
 * The model that is asked by paths that name none.
 * @throws {PlatformError} MODEL_NOT_SERVED with the models that are
 */
export const defaultModelOf = ({ defaultModel, predict: { fleet } }: RouteDeps): string => {
  if (defaultModel !== undefined) return defaultModel;
  const models = fleet.models();
  const [only] = models;
  if (only !== undefined && models.length === 1) return only;
  throw new PlatformError(
    'MODEL_NOT_SERVED',
    `no default model is set and ${models.length} models are served: ${models.slice(0, 50).join(', ') || 'none yet'}; name one, e.g. POST /predict/${only ?? 'churn'}, or set DEFAULT_MODEL`,
    { served: models.slice(0, 50) },
  );
};
