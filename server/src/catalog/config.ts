/** gfp-audit.json: what a tree tells the tool about itself. Checked against one schema that is also published (docs/gfp-audit.schema.json). */
import * as v from 'valibot';
import { CALLBACK_CONTEXTS } from './callbacks.js';
import { LOCK_KINDS, takingSleeps } from './kinds.js';
import type { AllocatorEntry, CallbackEntry, LockEntry, ScopeEntry, SleeperEntry } from './model.js';
import { nearest } from './nearest.js';
import { SCOPE_KINDS } from './scopes.js';

const say = <T extends v.GenericSchema>(schema: T, text: string) => v.pipe(schema, v.description(text));

const identifier = v.pipe(v.string(), v.regex(/^[A-Za-z_]\w*$/, 'must be a C identifier'));
const argument = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20));
const mask = v.pipe(
  v.string(),
  v.regex(/^(?:0|(?:__)?GFP_\w+)(?:\s*\|\s*(?:__)?GFP_\w+)*$/, 'must be a mask such as GFP_KERNEL|__GFP_ZERO'),
);
const severity = v.picklist(['off', 'note', 'warning', 'error']);
const lockArgument = say(v.nullable(argument), 'index of the lock argument, from 0; null where there is none');
const lockClass = say(v.string(), 'lock class, such as foo_dev.lock');
const lockKind = say(v.picklist(LOCK_KINDS), 'what kind of lock or switch it is');
const irq = say(v.picklist(['irq', 'bh']), 'also switches interrupts (irq) or softirqs (bh) off');

const allocator = v.strictObject({
  name: identifier,
  class: v.optional(say(v.string(), "family, such as 'slab' or 'page'; 'user' when left out")),
  gfp: v.optional(say(v.nullable(argument), 'index of the gfp_t argument, from 0; null where the mask is implied')),
  implied: v.optional(say(mask, 'mask used where no argument gives one')),
  size: v.optional(say(argument, 'index of the size in bytes')),
  count: v.optional(say(argument, 'index of the number of elements')),
  order: v.optional(say(argument, 'index of the page order')),
  pool: v.optional(say(argument, 'index of the pool')),
  returns: v.optional(say(v.picklist(['ptr-NULL', 'ERR_PTR', 'int', 'bool', 'count', 'void', 'unknown']), 'how failure is seen')),
  sleeps: v.optional(say(v.picklist(['by-gfp', 'always', 'never']), 'by-gfp: exactly when the mask has __GFP_DIRECT_RECLAIM')),
  nofail: v.optional(say(v.picklist(['honoured', 'ignored', 'pointless']), 'what __GFP_NOFAIL does here')),
  waits: v.optional(say(v.boolean(), 'never fails with a mask that may sleep')),
  otherFailure: v.optional(say(v.boolean(), 'can fail for another reason than memory')),
  helper: v.optional(say(v.boolean(), 'takes a mask without allocating')),
});
const lock = v.strictObject({
  name: identifier,
  kind: lockKind,
  op: say(v.picklist(['open', 'close', 'try', 'assert']), 'takes it, gives it back, tries, or states that it is held'),
  lock: v.optional(lockArgument),
  irq: v.optional(irq),
  heldIf: v.optional(say(v.picklist(['zero', 'nonzero']), 'held exactly when the result is zero, or is not')),
  class: v.optional(lockClass),
});
const guard = v.strictObject({
  name: say(identifier, 'class name, as in guard(NAME)'),
  kind: lockKind,
  lock: v.optional(lockArgument),
  irq: v.optional(irq),
  conditional: v.optional(say(v.boolean(), 'may be entered without the lock (scoped_cond_guard)')),
  class: v.optional(lockClass),
});
const scope = v.strictObject({
  name: identifier,
  kind: say(v.picklist(SCOPE_KINDS), 'what the scope takes out of every mask'),
  op: v.picklist(['open', 'close']),
  cookie: v.optional(say(argument, 'close: index of the argument that takes back what open returned')),
  implied: v.optional(say(v.boolean(), 'a side effect: nobody must balance it')),
});
const sleeper = v.strictObject({
  name: identifier,
  why: v.optional(say(v.pipe(v.string(), v.minLength(1)), "words that complete 'it ...', such as 'waits for the firmware'")),
  sure: v.optional(say(v.boolean(), 'false when it sleeps in some set-ups only')),
});
const context = say(v.picklist(CALLBACK_CONTEXTS), 'what the callback runs in');
const words = v.optional(say(v.string(), "words that complete 'it ...', such as 'is an interrupt handler'"));
const callback = v.union([
  v.strictObject({
    register: say(identifier, 'function that registers the callback'),
    arg: say(argument, 'index of the callback argument'),
    context,
    why: words,
    sure: v.optional(v.boolean()),
  }),
  v.strictObject({
    struct: say(identifier, 'structure of operations'),
    field: say(identifier, 'field that holds the callback'),
    context,
    why: words,
    sure: v.optional(v.boolean()),
  }),
]);

/** The configuration file. Every key may be left out. */
export const CONFIG_SCHEMA = v.strictObject({
  $schema: v.optional(v.string()),
  kernel: v.optional(
    say(
      v.pipe(
        v.string(),
        v.regex(/^(?:auto|mainline|v?\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)$/, "must be 'auto', 'mainline' or a version such as 6.12"),
      ),
      'kernel to judge by, where --kernel says nothing',
    ),
  ),
  rt: v.optional(say(v.boolean(), 'judge by PREEMPT_RT')),
  rules: v.optional(say(v.record(v.string(), severity), 'severity of rules by id')),
  exclude: v.optional(say(v.array(v.pipe(v.string(), v.minLength(1))), 'files to leave out, as globs relative to this file')),
  suppressions: v.optional(say(v.pipe(v.string(), v.minLength(1)), 'file of suppressed findings, relative to this file')),
  allocators: v.optional(say(v.array(allocator), 'functions that allocate')),
  locks: v.optional(say(v.array(lock), 'functions that take or release a lock or switch')),
  guards: v.optional(say(v.array(guard), 'classes for guard() and scoped_guard()')),
  scopes: v.optional(say(v.array(scope), 'functions that open or close an allocation scope')),
  sleepers: v.optional(say(v.array(sleeper), 'functions that may sleep')),
  notSleepers: v.optional(say(v.array(identifier), 'functions that the built-in catalogue takes for sleeping and that do not')),
  callbacks: v.optional(say(v.array(callback), 'how callbacks are entered')),
  neverReturns: v.optional(say(v.array(identifier), 'functions that do not come back')),
});
export type ConfigFile = v.InferOutput<typeof CONFIG_SCHEMA>;

/** The user's additions in the catalogue's own form. */
export interface UserCatalogue {
  allocators: AllocatorEntry[];
  locks: LockEntry[];
  guards: LockEntry[];
  scopes: ScopeEntry[];
  sleepers: SleeperEntry[];
  notSleepers: string[];
  callbacks: CallbackEntry[];
  neverReturns: string[];
}

/** A configuration that cannot be used: one line that names the file, the key and what would be right. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads a configuration. `file` is its name for messages, `ruleIds` the rules that exist.
 * @throws {ConfigError} for broken JSON, an unknown key or rule, a wrong value.
 */
export function parseConfig(text: string, file: string, ruleIds: readonly string[]): ConfigFile {
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new ConfigError(`${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const result = v.safeParse(CONFIG_SCHEMA, data);
  if (Array.isArray(data)) throw new ConfigError(`${file}: must be an object, not a list`);
  if (!result.success) throw new ConfigError(`${file}: ${explain(worst(result.issues))}`);
  for (const id of Object.keys(result.output.rules ?? {})) {
    if (!ruleIds.includes(id)) throw new ConfigError(`${file}: rules.${id}: no such rule${didYouMean(id, ruleIds)}`);
  }
  for (const entry of result.output.allocators ?? []) {
    if ((entry.gfp ?? null) === null && entry.implied === undefined) {
      throw new ConfigError(
        `${file}: allocators: '${entry.name}' needs gfp (the index of its mask argument) or implied (the mask it uses)`,
      );
    }
  }
  return result.output;
}

/** The additions of a configuration, defaults filled in. */
export function userCatalogue(config: ConfigFile): UserCatalogue {
  const tried = (op: LockEntry['op'], kind: LockEntry['kind']) => op === 'open' && takingSleeps(kind);
  return {
    allocators: (config.allocators ?? []).map(
      (a) =>
        defined({
          name: a.name,
          class: a.class ?? 'user',
          gfp: a.gfp ?? null,
          implied: a.implied,
          size: a.size,
          count: a.count,
          order: a.order,
          pool: a.pool,
          returns: a.returns ?? 'ptr-NULL',
          sleeps: a.sleeps ?? 'by-gfp',
          nofail: a.nofail ?? 'honoured',
          waits: a.waits,
          otherFailure: a.otherFailure,
          helper: a.helper,
          user: true,
        }) as AllocatorEntry,
    ),
    locks: (config.locks ?? []).map(
      (l) =>
        defined({
          name: l.name,
          kind: l.kind,
          op: l.op,
          lock: l.lock === undefined ? 0 : l.lock,
          irq: l.irq,
          sleeps: tried(l.op, l.kind),
          heldIf: l.heldIf ?? (l.op === 'try' ? ('nonzero' as const) : undefined),
          class: l.class,
          user: true,
        }) as LockEntry,
    ),
    guards: (config.guards ?? []).map(
      (g) =>
        defined({
          name: g.name,
          kind: g.kind,
          op: 'open' as const,
          lock: g.lock === undefined ? 0 : g.lock,
          irq: g.irq,
          sleeps: takingSleeps(g.kind),
          heldIf: g.conditional ? ('nonzero' as const) : undefined,
          class: g.class,
          user: true,
        }) as LockEntry,
    ),
    scopes: (config.scopes ?? []).map(
      (s) =>
        defined({
          name: s.name,
          kind: s.kind,
          op: s.op,
          cookie: s.cookie,
          implied: s.implied,
          user: true,
        }) as ScopeEntry,
    ),
    sleepers: (config.sleepers ?? []).map((s) => ({ name: s.name, why: s.why ?? 'sleeps', sure: s.sure ?? true, user: true })),
    notSleepers: config.notSleepers ?? [],
    callbacks: (config.callbacks ?? []).map(
      (c) => ({ ...c, why: c.why ?? 'is registered as a callback', sure: c.sure ?? true, user: true }) as CallbackEntry,
    ),
    neverReturns: config.neverReturns ?? [],
  };
}

function defined<T extends object>(entry: T): object {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}

type Issue = v.InferIssue<typeof CONFIG_SCHEMA>;

/** A key that does not exist explains a missing one: it goes first. */
function worst(issues: readonly [Issue, ...Issue[]]): Issue {
  return issues.find((i) => i.expected === 'never') ?? issues[0];
}

/** 'allocators[0].gpf: no such key; did you mean 'gfp'?' */
function explain(issue: Issue): string {
  // A callback is one of two forms: the form that the user began to write is the one to speak about.
  if (issue.type === 'union' && issue.issues) {
    const given = issue.input !== null && typeof issue.input === 'object' ? Object.keys(issue.input) : [];
    const form = callback.options[given.includes('struct') || given.includes('field') ? 1 : 0];
    const nested = v.safeParse(form, issue.input);
    if (!nested.success) {
      const inner = worst(nested.issues as unknown as readonly [Issue, ...Issue[]]);
      return explain({ ...inner, path: [...(issue.path ?? []), ...(inner.path ?? [])] } as unknown as Issue);
    }
  }
  const keys = (issue.path ?? []).map((p) => p.key as string | number);
  const where = keys.map((k, i) => (typeof k === 'number' ? `[${k}]` : i === 0 ? k : `.${k}`)).join('') || 'the file';
  if (issue.expected === 'never') {
    const known = keysAt(CONFIG_SCHEMA, keys.slice(0, -1));
    const key = String(keys.at(-1));
    const hint = didYouMean(key, known);
    return `${where}: no such key${hint || `; known: ${known.filter((k) => k !== '$schema').join(', ')}`}`;
  }
  if (issue.received === 'undefined') return `${where}: missing`;
  const choices = [...(issue.expected ?? '').matchAll(/"([^"]+)"/g)].map((m) => m[1]!);
  if (choices.length > 1)
    return `${where}: ${issue.received} is none of ${choices.join(', ')}${typeof issue.input === 'string' ? didYouMean(issue.input, choices) : ''}`;
  if (issue.type === 'regex') return `${where}: ${issue.message}, not ${issue.received}`;
  return `${where}: must be ${issue.expected ?? issue.message}, not ${issue.received}`;
}

function didYouMean(word: string, names: readonly string[]): string {
  const hit = nearest(word, names);
  return hit === undefined ? '' : `; did you mean '${hit}'?`;
}

interface AnySchema {
  type: string;
  entries?: Record<string, AnySchema>;
  wrapped?: AnySchema;
  item?: AnySchema;
  options?: AnySchema[];
}

/** Keys that an object of the schema may have, by path. */
function keysAt(schema: unknown, path: readonly (string | number)[]): string[] {
  let at = schema as AnySchema | undefined;
  const open = (s: AnySchema | undefined) => {
    while (s?.wrapped) s = s.wrapped;
    return s;
  };
  for (const key of path) {
    at = open(at);
    at = typeof key === 'number' ? at?.item : at?.entries?.[key];
  }
  at = open(at);
  const keys = at?.entries ? Object.keys(at.entries) : (at?.options ?? []).flatMap((o) => Object.keys(o.entries ?? {}));
  return [...new Set(keys)];
}
