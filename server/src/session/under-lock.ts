/** What happens in a function while a lock is held that is taken at one place: allocations, calls that allocate or sleep. */
import { isSite } from '../flow/sites.js';
import type { SiteRecord } from '../engine.js';
import type { LockRecord, UnderLock } from '../explain/lock.js';
import type { CallPoint, FunctionFlow, Held } from '../flow/model.js';
import type { ReclaimLock } from '../index/reclaim.js';
import { sleeps, type Sleep } from '../rules/query.js';
import { lockName } from '../rules/words.js';

/** The lock that a call takes, which begins at a place; lines as the flow has them. Undefined when it takes none. */
export function underLock(
  flow: FunctionFlow,
  line: number,
  column: number,
  sites: readonly SiteRecord[],
  reclaimTakes: (lockClass: string) => readonly ReclaimLock[],
): LockRecord | undefined {
  const isIt = ({ at, origin }: Held): boolean => origin === 'local' && at.line === line && at.column === column;
  let lock: Held | undefined;
  const under: UnderLock[] = [];
  for (const call of flow.calls) {
    const among = call.states.map((state) => state.held.find(isIt));
    const held = among.find((h) => h !== undefined);
    if (!held) continue;
    // Of `spin_lock_irqsave` the lock itself, not the interrupts that go with it.
    if (!lock || (lock.text === '' && held.text !== '')) lock = held;
    const entry = entryOf(flow, call, among, sites);
    if (entry) under.push(entry);
  }
  if (!lock) return undefined;
  const { kind, class: lockClass, atomic, rtAtomic } = lock;
  const reclaim = lockClass === '' ? [] : reclaimTakes(lockClass).map(({ by, path }) => ({ by, path: path.map((step) => ({ ...step })) }));
  under.sort((a, b) => a.line - b.line || a.column - b.column);
  return { name: lockName(lock), kind, class: lockClass, line, atomic, rtAtomic, under, reclaim };
}

function entryOf(
  flow: FunctionFlow,
  call: CallPoint,
  among: readonly (Held | undefined)[],
  sites: readonly SiteRecord[],
): UnderLock | undefined {
  const site = flow.sites.find((s) => s.at.line === call.at.line && s.at.column === call.at.column);
  const point = site ?? call;
  const ways = among.flatMap((held, i) => (held ? sleeps(flow, point, i).filter((s) => !s.drops.some((d) => same(d, held))) : []));
  // What allocates is what one asks about; then what surely sleeps.
  const rank = (s: Sleep): number => (s.kind === 'alloc' ? 4 : 0) + (s.how === 'must' ? 2 : 0) + (s.sure ? 1 : 0);
  const way = ways.reduce<Sleep | undefined>((best, s) => (!best || rank(s) > rank(best) ? s : best), undefined);
  const record = sites.find((s) => s.line === call.at.line && s.column === call.at.column);
  if (!way && !record) return undefined;
  return {
    line: call.at.line,
    column: call.at.column,
    call: record?.api ?? (isSite(point) ? point.api : call.name),
    always: among.every((held) => held !== undefined),
    ...(record ? { mask: { text: record.gfp.text, effective: record.gfp.effective } } : {}),
    ...(way
      ? {
          sleeps: {
            kind: way.kind,
            why: way.why,
            sure: way.sure && way.how === 'must',
            path: way.path.map((step) => ({ ...step, what: step.what ?? '' })),
          },
        }
      : {}),
  };
}

const same = (a: Held, b: Held): boolean => a.kind === b.kind && (a.class === b.class || a.text === b.text || a.text === '');
