import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EdgeBehaviour, type EdgePlan, edgePlanName } from '#infra/local/edge-plan.ts';
import { stackName } from '#infra/naming.ts';
import type { LocalPaths } from '../paths.ts';

/** The behaviours of the synthesised distribution; undefined when the app that was deployed has none. */
export const readPlan = ({ state }: LocalPaths): EdgePlan | undefined => {
  const file = join(state, 'cdk.out', `${stackName('Platform', 'local')}.template.json`);
  if (!existsSync(file)) return undefined;
  const { Metadata = {} } = JSON.parse(readFileSync(file, 'utf8')) as { Metadata?: Record<string, unknown> };
  return Metadata[edgePlanName] as EdgePlan | undefined;
};

const escaped = (text: string): string => text.replace(/[.+^${}()|[\]\\]/g, '\\$&');

/** Whether a path fits a pattern of CloudFront: * is any text, ? any character, and case counts. */
const fits = (pattern: string, path: string): boolean =>
  new RegExp(`^${escaped(pattern).replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(path);

/** The behaviour that decides about a path: the first that fits, with or without the leading slash. */
export const behaviourOf = ({ behaviours }: EdgePlan, path: string): EdgeBehaviour | undefined =>
  behaviours.find(({ path: pattern }) => fits(pattern, path));
