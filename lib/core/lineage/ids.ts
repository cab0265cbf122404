import type { LineageRef } from '#contracts/lineage.ts';

/** Neighbours of one node that are looked at; a run of a project is rarely the parent of more. */
export const NEIGHBOURS = 100;

/** Whether there are more than are looked at. */
export const isCutAt = (all: readonly unknown[]): boolean => all.length > NEIGHBOURS;

/** Name and the part behind the last colon. @example splitId('churn:3') // ['churn', '3'] */
export const splitId = (id: string): [string, string] => {
  const at = id.lastIndexOf(':');
  return at < 0 ? ['', id] : [id.slice(0, at), id.slice(at + 1)];
};

/** @example numberedId('churn:3') // { name: 'churn', number: 3 }; undefined when it is none */
export const numberedId = (id: string): { name: string; number: number } | undefined => {
  const [name, digits] = splitId(id);
  return name !== '' && /^[1-9]\d{0,8}$/.test(digits) ? { name, number: Number(digits) } : undefined;
};

export const source = (project: string, name: string): LineageRef => ({ kind: 'source', id: `${project}:${name}` });
export const view = (project: string, name: string, number: number): LineageRef => ({
  kind: 'view',
  id: `${project}:${name}:${number}`,
});
export const dataset = (scope: string, digest: string): LineageRef => ({ kind: 'dataset', id: `${scope}:${digest}` });
export const run = (runId: string): LineageRef => ({ kind: 'run', id: runId });
export const version = (model: string, number: number): LineageRef => ({ kind: 'version', id: `${model}:${number}` });
export const deployment = (model: string, revision: number): LineageRef => ({
  kind: 'deployment',
  id: `${model}:${revision}`,
});
export const window = (project: string, reportId: string): LineageRef => ({
  kind: 'window',
  id: `${project}:${reportId}`,
});

/** Facts that are there. */
export const facts = (all: Readonly<Record<string, string | number | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
