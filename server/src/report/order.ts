/** How reports group and count what they list. */
import type { Finding } from '../rules/model.js';
import { byPlace } from '../rules/order.js';

/** A sorted copy. */
export const inOrder = (findings: readonly Finding[]): Finding[] => [...findings].sort(byPlace);

/** Items by the file they stand in, files in order of first appearance. */
export function byFile<T>(items: readonly T[], fileOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(fileOf(item));
    if (group) group.push(item);
    else groups.set(fileOf(item), [item]);
  }
  return groups;
}

/** '1 file', '2 files'. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${count === 1 ? one : many}`;
}
