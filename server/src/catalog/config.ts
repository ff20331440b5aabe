/** gfp-audit.json: what a tree tells the tool about itself. Checked against one schema that is also published (docs/gfp-audit.schema.json). */
import * as v from 'valibot';
import { CALLBACK_CONTEXTS } from './callbacks.js';
import { LOCK_KINDS, takingSleeps } from './locks.js';
import type { AllocatorEntry, CallbackEntry, LockEntry, ScopeEntry, SleeperEntry } from './model.js';
import { nearest } from './nearest.js';
import { SCOPE_KINDS } from './scopes.js';

const identifier = v.pipe(v.string(), v.regex(/^[A-Za-z_]\w*$/, 'must be a C identifier'));
const argument = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20));
const mask = v.pipe(v.string(), v.regex(/^(?:0|(?:__)?GFP_\w+)(?:\s*\|\s*(?:__)?GFP_\w+)*$/, 'must be a mask such as GFP_KERNEL|__GFP_ZERO'));
const severity = v.picklist(['off', 'note', 'warning', 'error']);

const allocator = v.strictObject({
  name: identifier,
  class: v.optional(v.string()),
  gfp: v.optional(v.nullable(argument)),
  implied: v.optional(mask),
  size: v.optional(argument),
  count: v.optional(argument),
  order: v.optional(argument),
  pool: v.optional(argument),
  returns: v.optional(v.picklist(['ptr-NULL', 'ERR_PTR', 'int', 'bool', 'count', 'void', 'unknown'])),
  sleeps: v.optional(v.picklist(['by-gfp', 'always', 'never'])),
  nofail: v.optional(v.picklist(['honoured', 'ignored', 'pointless'])),
  waits: v.optional(v.boolean()),
  otherFailure: v.optional(v.boolean()),
  helper: v.optional(v.boolean()),
});
const lock = v.strictObject({
  name: identifier,
  kind: v.picklist(LOCK_KINDS),
  op: v.picklist(['open', 'close', 'try', 'assert']),
  lock: v.optional(v.nullable(argument)),
  irq: v.optional(v.picklist(['irq', 'bh'])),
  heldIf: v.optional(v.picklist(['zero', 'nonzero'])),
  class: v.optional(v.string()),
});
const guard = v.strictObject({
  name: identifier,
  kind: v.picklist(LOCK_KINDS),
  lock: v.optional(v.nullable(argument)),
  irq: v.optional(v.picklist(['irq', 'bh'])),
  conditional: v.optional(v.boolean()),
  class: v.optional(v.string()),
});
const scope = v.strictObject({
  name: identifier,
  kind: v.picklist(SCOPE_KINDS),
  op: v.picklist(['open', 'close']),
  cookie: v.optional(argument),
  implied: v.optional(v.boolean()),
});
const sleeper = v.strictObject({
  name: identifier,
  why: v.optional(v.pipe(v.string(), v.minLength(1))),
  sure: v.optional(v.boolean()),
});
const context = v.picklist(CALLBACK_CONTEXTS);
const callback = v.union([
  v.strictObject({ register: identifier, arg: argument, context, why: v.optional(v.string()), sure: v.optional(v.boolean()) }),
  v.strictObject({ struct: identifier, field: identifier, context, why: v.optional(v.string()), sure: v.optional(v.boolean()) }),
]);

/** The configuration file. Every key may be left out. */
export const CONFIG_SCHEMA = v.strictObject({
  $schema: v.optional(v.string()),
  kernel: v.optional(v.pipe(v.string(), v.regex(/^(?:auto|mainline|v?\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)$/, "must be 'auto', 'mainline' or a version such as 6.12"))),
  rt: v.optional(v.boolean()),
  rules: v.optional(v.record(v.string(), severity)),
  exclude: v.optional(v.array(v.pipe(v.string(), v.minLength(1)))),
  suppressions: v.optional(v.pipe(v.string(), v.minLength(1))),
  allocators: v.optional(v.array(allocator)),
  locks: v.optional(v.array(lock)),
  guards: v.optional(v.array(guard)),
  scopes: v.optional(v.array(scope)),
  sleepers: v.optional(v.array(sleeper)),
  notSleepers: v.optional(v.array(identifier)),
  callbacks: v.optional(v.array(callback)),
  neverReturns: v.optional(v.array(identifier)),
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
      throw new ConfigError(`${file}: allocators: '${entry.name}' needs gfp (the index of its mask argument) or implied (the mask it uses)`);
    }
  }
  return result.output;
}

/** The additions of a configuration, defaults filled in. */
export function userCatalogue(config: ConfigFile): UserCatalogue {
  const tried = (op: LockEntry['op'], kind: LockEntry['kind']) => op === 'open' && takingSleeps(kind);
  return {
    allocators: (config.allocators ?? []).map((a) => defined({
      name: a.name, class: a.class ?? 'user', gfp: a.gfp ?? null, implied: a.implied, size: a.size, count: a.count, order: a.order, pool: a.pool,
      returns: a.returns ?? 'ptr-NULL', sleeps: a.sleeps ?? 'by-gfp', nofail: a.nofail ?? 'honoured', waits: a.waits,
      otherFailure: a.otherFailure, helper: a.helper, user: true,
    }) as AllocatorEntry),
    locks: (config.locks ?? []).map((l) => defined({
      name: l.name, kind: l.kind, op: l.op, lock: l.lock === undefined ? 0 : l.lock, irq: l.irq, sleeps: tried(l.op, l.kind),
      heldIf: l.heldIf ?? (l.op === 'try' ? ('nonzero' as const) : undefined), class: l.class, user: true,
    }) as LockEntry),
    guards: (config.guards ?? []).map((g) => defined({
      name: g.name, kind: g.kind, op: 'open' as const, lock: g.lock === undefined ? 0 : g.lock, irq: g.irq, sleeps: takingSleeps(g.kind),
      heldIf: g.conditional ? ('nonzero' as const) : undefined, class: g.class, user: true,
    }) as LockEntry),
    scopes: (config.scopes ?? []).map((s) => defined({
      name: s.name, kind: s.kind, op: s.op, cookie: s.cookie, implied: s.implied, user: true,
    }) as ScopeEntry),
    sleepers: (config.sleepers ?? []).map((s) => ({ name: s.name, why: s.why ?? 'sleeps', sure: s.sure ?? true, user: true })),
    notSleepers: config.notSleepers ?? [],
    callbacks: (config.callbacks ?? []).map((c) => ({ ...c, why: c.why ?? 'is registered as a callback', sure: c.sure ?? true, user: true }) as CallbackEntry),
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
  if (choices.length > 1) return `${where}: ${issue.received} is none of ${choices.join(', ')}${typeof issue.input === 'string' ? didYouMean(issue.input, choices) : ''}`;
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
