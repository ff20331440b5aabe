/** Entry contexts of callbacks, out of data/callback-registrations.ts and data/callback-fields.ts. */
import { FIELDS } from './data/callback-fields.js';
import { REGISTRATIONS } from './data/callback-registrations.js';
import type { CallbackContext, CallbackEntry } from './model.js';
import { checkWords, choice, index, parseTable, type Row } from './table.js';
import { inRange, type VersionRange } from './version.js';

export const CALLBACK_CONTEXTS = [
  'hardirq',
  'softirq',
  'bh_off',
  'irq_off',
  'rcu',
  'process',
  'workqueue',
  'kthread',
  'reclaim',
  'non_block',
  'signalling',
  'atomic',
  'nmi',
  'unknown',
] as const satisfies readonly CallbackContext[];

const WORDS: Record<CallbackContext, string> = {
  hardirq: 'runs in hard interrupt context',
  softirq: 'runs in softirq context',
  bh_off: 'runs with softirqs off',
  irq_off: 'runs with interrupts off',
  rcu: 'runs under rcu_read_lock()',
  process: 'runs in process context',
  workqueue: 'runs from a workqueue',
  kthread: 'runs in a kernel thread',
  reclaim: 'runs inside reclaim',
  non_block: 'runs where it must not block',
  signalling: 'runs before a fence is signalled that others wait for',
  atomic: 'may be called in atomic context',
  nmi: 'runs in NMI context',
  unknown: 'runs in contexts that differ',
};

interface Ranged {
  range: VersionRange;
  entry: CallbackEntry;
}

let rows: Ranged[] | undefined;

/** Every callback of the tables with its versions. */
export function callbackRows(): readonly Ranged[] {
  return (rows ??= [
    ...parseTable(REGISTRATIONS).map((row) => ({ range: row.range, entry: { register: row.name, arg: argOf(row), ...common(row) } })),
    ...parseTable(FIELDS).map((row) => ({ range: row.range, entry: { struct: row.section, field: row.name, ...common(row) } })),
  ]);
}

/** What every bus has its drivers do in process context: the core binds and unbinds them under the device's lock, and suspends them (drivers/base/{dd,power/main}.c, 5.10 to 6.12). */
const DRIVER_CALLS = new Set(['probe', 'remove', 'shutdown', 'suspend', 'resume', 'attach', 'detach', 'auto_attach', 'bind', 'unbind']);

/** A callback of a bus' structure for its drivers (`bcma_driver.probe`) that the tables do not name. */
export const ofDriver = (struct: string, field: string): CallbackEntry | undefined =>
  struct.endsWith('_driver') && DRIVER_CALLS.has(field)
    ? { struct, field, context: 'process', why: 'binds or unbinds a device', sure: true }
    : undefined;

export interface CallbackMaps {
  byRegister: Map<string, CallbackEntry[]>;
  /** 'struct.field' to entry. */
  byField: Map<string, CallbackEntry>;
  /**
   * For assignments to a structure of unknown type: fields with a name of some length that stand in one context only, and
   * that never surely, since a driver may have a field of that name too.
   */
  byFieldAlone: Map<string, CallbackEntry>;
}

/** The callbacks of one kernel (VERSION * 1e6 + PATCHLEVEL * 1e3 + SUBLEVEL); what the user says replaces what the tables say of the same place. */
export function callbacksAt(version: number, user: readonly CallbackEntry[]): CallbackMaps {
  const maps: CallbackMaps = { byRegister: new Map(), byField: new Map(), byFieldAlone: new Map() };
  for (const { range, entry } of callbackRows()) if (inRange(range, version)) add(maps, entry);
  for (const entry of user) add(maps, entry);
  const disputed = new Set<string>();
  for (const entry of maps.byField.values()) {
    const field = entry.field!;
    const other = maps.byFieldAlone.get(field);
    if (other && (other.context !== entry.context || other.sure !== entry.sure)) disputed.add(field);
    else if (/^\w{3,}_\w{3,}$|^[a-z]{2}_\w+_\w+$|^ndo_/.test(field)) maps.byFieldAlone.set(field, entry);
  }
  for (const field of disputed) maps.byFieldAlone.delete(field);
  for (const [field, entry] of maps.byFieldAlone) maps.byFieldAlone.set(field, { ...entry, sure: false });
  return maps;
}

/** A later entry replaces one for the same argument or field: the user's come last. */
function add(maps: CallbackMaps, entry: CallbackEntry): void {
  if (entry.struct !== undefined) {
    maps.byField.set(`${entry.struct}.${entry.field ?? ''}`, entry);
    return;
  }
  const list = maps.byRegister.get(entry.register!) ?? [];
  maps.byRegister.set(entry.register!, [...list.filter((e) => e.arg !== entry.arg), entry]);
}

function argOf(row: Row): number {
  const arg = index(row, 'arg');
  if (arg === undefined) throw new Error(`${row.name}: no arg=`);
  return arg;
}

function common(row: Row): Omit<CallbackEntry, 'register' | 'arg' | 'struct' | 'field'> {
  checkWords(row, [
    ...CALLBACK_CONTEXTS,
    'why',
    'maybe',
    'sure',
    'rt-thread',
    'needs',
    'holds',
    'under',
    'blockable',
    'via',
    'arg',
    'without',
    'unless',
    'rt-off',
    'tasks-in',
  ]);
  // The row's own context stands behind its section's.
  const context = [...row.words].filter((word): word is CallbackContext => (CALLBACK_CONTEXTS as readonly string[]).includes(word)).at(-1);
  // A field in another context than its fellows is not described by their words.
  const why = context && row.own.has(context) && !row.own.has('why') ? WORDS[context] : row.values.get('why');
  if (!context || !why) throw new Error(`${row.section}.${row.name}: needs a context and why=`);
  const needs = choice(row, 'needs', ['fs', 'io', 'any']);
  const holds = row.values.get('holds');
  const under = row.values.get('under');
  const via = row.values.get('via');
  const without = row.values.get('without');
  const unless = row.values.get('unless');
  const tasksIn = row.values.get('tasks-in');
  const blockable = /^(\d+)\.(\w+)$/.exec(row.values.get('blockable') ?? '');
  return {
    context,
    why,
    sure: row.words.has('sure') || !row.words.has('maybe'),
    ...(row.words.has('rt-thread') && context === 'hardirq' ? { rtThread: true } : {}),
    ...(context === 'reclaim' && needs ? { needs } : {}),
    ...(holds !== undefined && context === 'process' ? { holds } : {}),
    // A spinlock that callers hold: the reason why the context is atomic.
    ...(under !== undefined && context === 'atomic' ? { holds: under } : {}),
    ...(via === undefined ? {} : { via }),
    ...(without === undefined ? {} : { without }),
    ...(unless === undefined ? {} : { unless }),
    ...(row.words.has('rt-off') && context === 'irq_off' ? { rtOff: true } : {}),
    ...(tasksIn === undefined ? {} : { tasksIn }),
    ...(blockable ? { blockable: { arg: Number(blockable[1]), field: blockable[2]! } } : {}),
  };
}
