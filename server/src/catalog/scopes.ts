/** Allocation scopes by kernel version, out of data/scopes.ts. */
import { SCOPES } from './data/scopes.js';
import type { ScopeEntry } from './model.js';
import { VersionedTable, checkWords, choice, index, parseTable, type Row } from './table.js';

export const SCOPE_KINDS = ['nofs', 'noio', 'noreclaim', 'pin', 'nocma', 'flags'] as const satisfies readonly ScopeEntry['kind'][];

let table: VersionedTable<ScopeEntry> | undefined;

/** Scopes by function name, every version. */
export function scopeTable(): VersionedTable<ScopeEntry> {
  return (table ??= new VersionedTable(parseTable(SCOPES).map((row) => ({ name: row.name, range: row.range, entry: entryOf(row) }))));
}

function entryOf(row: Row): ScopeEntry {
  checkWords(row, ['open', 'close', 'implied', 'cookie', 'handle', 'type', 'fails', 'out', 'bits']);
  const kind = SCOPE_KINDS.find((k) => k === row.section);
  if (!kind || row.words.has('open') === row.words.has('close')) throw new Error(`${row.name}: not a scope row`);
  const handle = row.values.get('handle');
  const type = row.values.get('type');
  const fails = choice(row, 'fails', ['ERR_PTR', 'nonzero']);
  const optional = (key: 'cookie' | 'out' | 'bits') => {
    const at = index(row, key);
    return at === undefined ? {} : { [key]: at };
  };
  return {
    name: row.name,
    kind,
    op: row.words.has('open') ? 'open' : 'close',
    ...optional('cookie'),
    ...(row.words.has('implied') ? { implied: true } : {}),
    ...(handle === undefined ? {} : { handle }),
    ...(type === undefined ? {} : { type }),
    ...(fails === undefined ? {} : { fails }),
    ...optional('out'),
    ...optional('bits'),
  };
}
