/** Locks, switches and guard classes by kernel version, out of data/locks.ts, sleeping-locks.ts and guards.ts. */
import { GUARDS } from './data/guards.js';
import { LOCKS } from './data/locks.js';
import { SLEEPING_LOCKS } from './data/sleeping-locks.js';
import { LOCK_KINDS, takingSleeps } from './kinds.js';
import type { LockEntry } from './model.js';
import { VersionedTable, checkWords, index, parseTable, type Row } from './table.js';
import type { VersionRange } from './version.js';

interface TableRow {
  name: string;
  range: VersionRange;
  entry: LockEntry;
}

let locks: VersionedTable<LockEntry> | undefined;
let guards: VersionedTable<LockEntry> | undefined;

/** Locks by function name, every version. */
export function lockTable(): VersionedTable<LockEntry> {
  return (locks ??= new VersionedTable([LOCKS, SLEEPING_LOCKS].flatMap((text) => parseTable(text)).map(lockRow)));
}

/** Guard classes by class name, every version; the entries say what entering the guard does. */
export function guardTable(): VersionedTable<LockEntry> {
  return (guards ??= new VersionedTable(parseTable(GUARDS).map(guardRow)));
}

const OPS = ['open', 'close', 'try', 'assert'] as const;
const WORDS = [...OPS, 'bare', 'zero', 'nonzero', 'irq', 'bh', 'any', 'sleeps', 'lock', 'class'];

function lockRow(row: Row): TableRow {
  checkWords(row, WORDS);
  const ops = OPS.filter((op) => row.words.has(op));
  const op = ops[0];
  if (op === undefined || ops.length > 1) throw new Error(`${row.name}: needs one of ${OPS.join(', ')}`);
  const heldIf = row.words.has('zero') ? 'zero' : row.words.has('nonzero') ? 'nonzero' : undefined;
  if (op === 'try' && !heldIf) throw new Error(`${row.name}: try needs zero or nonzero`);
  const kind = kindOf(row);
  return {
    name: row.name,
    range: row.range,
    entry: {
      ...base(row, kind),
      op,
      sleeps: op === 'open' && (takingSleeps(kind) || row.words.has('sleeps')),
      ...(heldIf ? { heldIf } : {}),
      ...(row.words.has('any') ? { anyKind: true } : {}),
    },
  };
}

function guardRow(row: Row): TableRow {
  checkWords(row, ['bare', 'irq', 'bh', 'class']);
  const kind = kindOf(row);
  const conditional = /_(?:try|intr|kill)$/.test(row.name);
  const tries = row.name.endsWith('_try');
  return {
    name: row.name,
    range: row.range,
    entry: {
      ...base(row, kind),
      op: tries ? 'try' : 'open',
      sleeps: !tries && takingSleeps(kind),
      ...(conditional ? { heldIf: 'nonzero' as const } : {}),
    },
  };
}

function base(row: Row, kind: LockEntry['kind']): Pick<LockEntry, 'name' | 'kind' | 'lock' | 'irq' | 'class'> {
  const lockClass = row.values.get('class');
  return {
    name: row.name,
    kind,
    lock: row.words.has('bare') ? null : (index(row, 'lock') ?? 0),
    ...(row.words.has('irq') ? { irq: 'irq' as const } : row.words.has('bh') ? { irq: 'bh' as const } : {}),
    ...(lockClass === undefined ? {} : { class: lockClass }),
  };
}

function kindOf(row: Row): LockEntry['kind'] {
  const kind = LOCK_KINDS.find((k) => k === row.section);
  if (!kind) throw new Error(`${row.name}: no lock kind '${row.section}'`);
  return kind;
}
