import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '#local/paths.ts';
import { parseDockerfile } from '#local/process-engine/dockerfile.ts';

/**
 * Node's arguments as the serving image has them: from sources, where the image holds a bundle at the same path.
 * @example imageArgs() // ['--single-threaded-gc', 'containers/serving/start.mjs']
 */
export const imageArgs = (): readonly string[] =>
  parseDockerfile(readFileSync(join(repositoryRoot, 'containers/serving/Dockerfile'), 'utf8')).entrypoint.slice(1);
