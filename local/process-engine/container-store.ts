import { randomBytes } from 'node:crypto';
import type { Container } from './container.ts';

/** Label filters as Docker takes them: `name` or `name=value`, all must hold. */
export const matchesLabels = (labels: Readonly<Record<string, string>>, filters: readonly string[]): boolean =>
  filters.every((filter) => {
    const cut = filter.indexOf('=');
    return cut < 0 ? filter in labels : labels[filter.slice(0, cut)] === filter.slice(cut + 1);
  });

/** Docker's kind of id: 64 hex digits. */
export const newContainerId = (): string => randomBytes(32).toString('hex');

export interface ContainerStore {
  add(container: Container): void;
  /** By id, by the beginning of an id (12 digits or more), or by name. */
  find(reference: string): Container | undefined;
  list(labels: readonly string[]): Container[];
  remove(id: string): void;
}

export const containerStore = (): ContainerStore => {
  const byId = new Map<string, Container>();
  const all = (): Container[] => [...byId.values()];
  const fits = ({ spec }: Container, wanted: string): boolean =>
    spec.name === wanted || (wanted.length >= 12 && spec.id.startsWith(wanted));
  return {
    add: (container) => void byId.set(container.spec.id, container),
    find: (reference) => byId.get(reference) ?? all().find((one) => fits(one, reference.replace(/^\//, ''))),
    list: (labels) => all().filter(({ spec }) => matchesLabels(spec.labels, labels)),
    remove: (id) => void byId.delete(id),
  };
};
