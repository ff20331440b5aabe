/** Allocators by kernel version, out of the tables in data/. */
import type { Profile } from '../../../simulator/src/index.js';
import { ALLOCATORS } from './data/allocators.js';
import { DRIVER_ALLOCATORS } from './data/allocators-drivers.js';
import { MASK_TAKERS } from './data/mask-takers.js';
import { WRAPPERS } from './data/wrappers.js';
import type { AllocatorEntry } from './model.js';
import { VersionedTable, checkWords, choice, index, parseTable, type Row } from './table.js';

const RETURNS = ['ptr-NULL', 'ERR_PTR', 'int', 'bool', 'count', 'void', 'unknown'] as const;
const KNOWN = [
  'gfp',
  'implied',
  'size',
  'count',
  'order',
  'ret',
  'sleeps',
  'nofail',
  'pool',
  'drops',
  'lock',
  'only-with',
  'helper',
  'optional',
  'waits',
  'other-failure',
  'of-object',
  'tracks',
];

let table: VersionedTable<AllocatorEntry> | undefined;

/** The whole table, every version. Parsed on first use. */
export function allocatorTable(): VersionedTable<AllocatorEntry> {
  return (table ??= new VersionedTable(
    [WRAPPERS, MASK_TAKERS, DRIVER_ALLOCATORS, ALLOCATORS]
      .flatMap((text) => parseTable(text))
      .map((row) => ({ name: row.name, range: row.range, entry: entryOf(row) })),
  ));
}

/**
 * Allocators of one kernel, with what depends on its allocator filled in: vmalloc and kvmalloc changed their attitude to
 * blocking and to __GFP_NOFAIL (mm/vmalloc.c, mm/util.c; see the profile's switches).
 */
export function allocatorsAt(version: number, profile: Profile): Map<string, AllocatorEntry> {
  const map = allocatorTable().at(version);
  for (const [name, entry] of map) {
    if (entry.class === 'vmalloc') {
      map.set(name, {
        ...entry,
        sleeps: profile.vmallocNonBlocking ? 'by-gfp' : 'always',
        nofail: profile.vmallocHonoursNofail ? 'honoured' : 'ignored',
      });
    } else if (entry.class === 'kvmalloc') {
      map.set(name, { ...entry, nofail: profile.kvmallocTryDropsNofail ? 'honoured' : 'ignored' });
    }
  }
  return map;
}

function entryOf(row: Row): AllocatorEntry {
  checkWords(row, KNOWN);
  const gfpText = row.values.get('gfp');
  const gfp = gfpText === 'null' ? null : index(row, 'gfp');
  if (gfp === undefined) throw new Error(`${row.name}: no gfp=`);
  const implied = row.values.get('implied');
  if (gfp === null && implied === undefined) throw new Error(`${row.name}: gfp=null needs implied=`);
  const optional = (key: 'size' | 'count' | 'order' | 'pool' | 'drops') => {
    const at = index(row, key);
    return at === undefined ? {} : { [key]: at };
  };
  const onlyWith = row.values.get('only-with');
  const lock = row.values.get('lock');
  return {
    name: row.name,
    class: row.section,
    gfp,
    ...(implied === undefined ? {} : { implied }),
    ...optional('size'),
    ...optional('count'),
    ...optional('order'),
    returns: choice(row, 'ret', RETURNS) ?? 'ptr-NULL',
    sleeps: choice(row, 'sleeps', ['by-gfp', 'always', 'never']) ?? 'by-gfp',
    nofail: choice(row, 'nofail', ['honoured', 'ignored', 'pointless']) ?? 'honoured',
    ...optional('pool'),
    ...optional('drops'),
    ...(lock === undefined ? {} : { lock }),
    ...(onlyWith === undefined ? {} : { onlyWith }),
    ...(row.words.has('helper') ? { helper: true } : {}),
    ...(row.words.has('optional') ? { optional: true } : {}),
    ...(row.words.has('waits') ? { waits: true } : {}),
    ...(row.words.has('of-object') ? { ofObject: true } : {}),
    ...(row.words.has('tracks') ? { tracks: true } : {}),
    ...(row.words.has('other-failure') ? { otherFailure: true } : {}),
  };
}
