/** What a change touches besides findings: allocations on its lines, scopes and retry loops that come or go. */
import type { RetryLoopRecord, ScopeRecord, SiteRecord } from '../engine.js';
import { readable } from '../patch/model.js';
import { inspectText } from './audit-text.js';
import type { Side } from './cause.js';
import type { Records } from './records.js';

export interface CameAndWent<T> {
  added: T[];
  removed: T[];
}

export interface TouchedRecords {
  /** Allocations on lines that the change adds or removes; 'changed' has the same call before and after. */
  sites: CameAndWent<SiteRecord> & { changed: { before: SiteRecord; after: SiteRecord }[] };
  /** Memalloc scopes of a function that has them on one side only. */
  scopes: CameAndWent<ScopeRecord>;
  /** Loops that repeat an allocation, likewise. */
  retryLoops: CameAndWent<RetryLoopRecord>;
}

export const noTouched = (): TouchedRecords => ({
  sites: { added: [], removed: [], changed: [] },
  scopes: { added: [], removed: [] },
  retryLoops: { added: [], removed: [] },
});

/** A change of more files than this is not read site by site. */
const MAX_LISTED = 200;

/**
 * Adds what one step of a change touches. Masks are what the changed files say of them.
 * @param originOf name that a file of the new side had before
 */
export async function addTouched(
  out: TouchedRecords,
  kernel: string,
  sides: { before: Side; after: Side },
  originOf: (file: string) => string,
): Promise<void> {
  if (sides.before.size + sides.after.size > 2 * MAX_LISTED) return;
  const [before, after] = [await recordsOf(sides.before, kernel), await recordsOf(sides.after, kernel)];
  const [removed, added] = [before.sites.filter(onChange(sides.before)), after.sites.filter(onChange(sides.after))];
  for (const site of added) {
    const twin = removed.findIndex((old) => old.file === originOf(site.file) && old.function === site.function && old.api === site.api);
    if (twin < 0) out.sites.added.push(site);
    else out.sites.changed.push({ before: removed.splice(twin, 1)[0]!, after: site });
  }
  out.sites.removed.push(...removed);
  difference(out.scopes, before.scopes, after.scopes, ({ file, kind, function: name }) => `${originOf(file)} ${name} ${kind}`);
  difference(
    out.retryLoops,
    before.retryLoops,
    after.retryLoops,
    ({ file, callee, function: name }) => `${originOf(file)} ${name} ${callee}`,
  );
}

async function recordsOf(side: Side, kernel: string): Promise<Pick<Records, 'sites' | 'scopes' | 'retryLoops'>> {
  const files = [...side].filter(([path]) => /\.[ch]$/.test(path));
  if (files.length === 0) return { sites: [], scopes: [], retryLoops: [] };
  const texts = files.map(([path, lines]) => ({ path, text: lines.map(({ text }) => `${readable(text)}\n`).join('') }));
  return (await inspectText(texts, { kernel })).records;
}

/** Lines of a call that are looked at for its end. */
const MAX_CALL = 20;

/** Whether one of the lines that a call stands on was changed: the mask is often on the last. */
const onChange =
  (side: Side) =>
  ({ file, line, column }: SiteRecord): boolean => {
    const lines = side.get(file) ?? [];
    let open = 0;
    for (let i = line - 1; i < Math.min(lines.length, line - 1 + MAX_CALL); i++) {
      if (lines[i]!.origin) return true;
      for (const c of lines[i]!.text.slice(i === line - 1 ? column - 1 : 0)) {
        if (c === '(') open++;
        else if (c === ')' && --open === 0) return false;
      }
    }
    return false;
  };

/** What one side has more often than the other. */
function difference<T>(out: CameAndWent<T>, before: readonly T[], after: readonly T[], key: (record: T) => string): void {
  const left = new Map<string, T[]>();
  for (const record of before) left.set(key(record), [...(left.get(key(record)) ?? []), record]);
  out.added.push(...after.filter((record) => left.get(key(record))?.shift() === undefined));
  out.removed.push(...[...left.values()].flat());
}
