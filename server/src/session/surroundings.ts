/**
 * The rest of a tree, as far as a few open files can notice it: what the names in them mean elsewhere, what the functions they call do,
 * and how their own functions are entered from there. Made by whoever holds the whole tree linked (a thread of its own), as plain
 * data; an analysis of the open files with it says what an audit of the whole tree says of them.
 */
import { type Expr, type FileFacts, type FunctionFacts } from '../facts/model.js';
import { emptyFacts } from '../facts/units.js';
import type { EntryContext, FunctionRef, SleepChain } from '../flow/model.js';
import { structOf } from '../flow/types.js';
import { hopsOf } from '../index/brought.js';
import { Memo, type Use } from '../index/memo.js';
import type { Program } from '../index/program.js';
import type { ReclaimLock } from '../index/reclaim.js';
import type { Summary } from '../index/summary.js';
import type { Defined } from '../index/tree.js';

/** A file of the tree that somebody has open. */
export interface OpenName {
  path: string;
}

export interface Surroundings {
  /** The parts of closed files that matter: heads of functions, fields, constants, operations. */
  files: FileFacts[];
  /** What those functions do, in the order of `files` and of their functions. */
  summaries: Summary[];
  /** How functions of open files are entered from closed ones. */
  entries: { path: string; name: string; contexts: EntryContext[] }[];
  uses: { path: string; name: string; use: Use }[];
  reclaim: { lockClass: string; locks: ReclaimLock[] }[];
}

/** Fields of structures that lead to further structures, so far from what is named. */
const MAX_STRUCTS = 4000;
/** Operations beyond these make a call through them unknown anyway. */
const MAX_OPERATIONS = 5;

/** Identifiers of a text: what its analysis can ask about. */
export function identifiersOf(text: string): Set<string> {
  return new Set(text.match(/[A-Za-z_]\w*/g) ?? []);
}

/** @param names identifiers of the open files */
export function surroundingsOf(program: Program, open: readonly OpenName[], names: ReadonlySet<string>): Surroundings {
  return new Collector(program, open, names).collect();
}

class Collector {
  private readonly tree: Program['tree'];
  private readonly open: ReadonlySet<string>;
  /** Open files as the tree's names are resolved from them. */
  private readonly views: readonly FileFacts[];
  private readonly files = new Map<string, FileFacts>();
  private readonly taken = new Set<unknown>();
  private readonly summaries = new Map<FunctionFacts, Summary>();
  private readonly chains = new Map<SleepChain, SleepChain>();

  constructor(
    private readonly program: Program,
    open: readonly OpenName[],
    private readonly names: ReadonlySet<string>,
  ) {
    this.tree = program.tree;
    this.open = new Set(open.map(({ path }) => path));
    // Under a name that no file has: what the tree holds of an open file is not what its names mean now.
    this.views = open.map(({ path }) => emptyFacts(`${path}?`));
  }

  collect(): Surroundings {
    const queue = [...this.names];
    const seen = new Set(queue);
    const types: string[] = [];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      for (const view of this.views) {
        for (const ref of this.tree.resolve(name, view)) this.takeFunction(ref, types);
        const constant = this.tree.constant(name, view);
        if (constant) {
          this.takeAt(this.tree.constantsNamed(name), constant, 'constants');
          for (const used of namesIn(constant.value)) if (!seen.has(used)) queue.push(used) && seen.add(used);
        }
        const global = this.tree.global(name, view);
        if (global) {
          this.takeAt(this.tree.globalsNamed(name), global, 'globals');
          types.push(global.type);
        }
      }
      this.takePrototype(name, types);
    }
    this.takeStructures(types);
    const files = [...this.files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    return {
      files,
      summaries: files.flatMap((file) => file.functions.map((f) => this.summaries.get(f)!)),
      entries: this.entries(),
      uses: this.uses(),
      reclaim: this.reclaim(),
    };
  }

  private file(path: string): FileFacts {
    let file = this.files.get(path);
    if (!file) this.files.set(path, (file = emptyFacts(path)));
    return file;
  }

  private takeFunction(ref: FunctionRef, types: string[]): void {
    if (this.open.has(ref.file.path) || this.taken.has(ref.facts)) return;
    this.taken.add(ref.facts);
    const { name, line, column, endLine, static: isStatic, inline, macro, returns, params, marks, arms } = ref.facts;
    const head: FunctionFacts = { name, line, column, endLine, static: isStatic, inline, returns, params, marks };
    if (macro) head.macro = true;
    if (arms) head.arms = arms;
    // Without a graph of its own and without callees: what it does is told by its summary.
    head.callees = [];
    this.file(ref.file.path).functions.push(head);
    this.summaries.set(head, this.plainSummary(this.program.linker.summary(ref)));
    types.push(returns);
  }

  /** Its own data: a summary may be read from the store as it is asked. */
  private plainSummary({ net, sleeps, enomem }: Summary): Summary {
    return { net, sleeps: sleeps.map((chain) => this.plainChain(chain)), ...(enomem && { enomem }) };
  }

  private plainChain(chain: SleepChain): SleepChain {
    let plain = this.chains.get(chain);
    if (!plain) {
      const { next } = chain;
      plain = { ...chain, ...(next && { next: this.plainChain(next) }) };
      this.chains.set(chain, plain);
    }
    return plain;
  }

  private takeAt<T>(all: readonly Defined<T>[], facts: T, list: 'constants' | 'globals'): void {
    const path = all.find((entry) => entry.facts === facts)?.file.path;
    if (path === undefined || this.open.has(path) || this.taken.has(facts)) return;
    this.taken.add(facts);
    // Its initialiser registers callbacks of its own file: that has been told by contexts.
    const { init: _init, ...rest } = facts as T & { init?: unknown };
    (this.file(path)[list] as unknown[]).push(rest);
  }

  private takePrototype(name: string, types: string[]): void {
    const returns = this.tree.declaredReturns(name);
    if (returns === undefined || this.tree.named(name).length > 0) return;
    const gfp = this.tree.declaredGfp(name) ?? -1;
    const params = Array.from({ length: gfp + 1 }, (_, i) => ({ name: '', type: i === gfp ? 'gfp_t' : '' }));
    this.file('include/').prototypes.push({ name, line: 1, returns, params, marks: [] });
    types.push(returns);
  }

  /** Structures that a chain of fields named in the open files can pass through, with those fields; and the operations in them. */
  private takeStructures(types: readonly string[]): void {
    const queue = [...new Set([...this.names, ...types.map(structOf)])].filter((name) => name !== '');
    const seen = new Set(queue);
    for (let name = queue.pop(); name !== undefined && seen.size < MAX_STRUCTS; name = queue.pop()) {
      const all = this.tree.fieldsOf(name);
      if (!all) continue;
      const fields: Record<string, string> = {};
      for (const [field, type] of all) {
        if (!this.names.has(field)) continue;
        fields[field] = type;
        const next = structOf(type);
        if (next !== '' && !seen.has(next)) queue.push(next) && seen.add(next);
        this.takeOperations(name, field);
      }
      if (Object.keys(fields).length > 0) this.file('include/').structs.push({ name, line: 1, fields });
    }
  }

  private takeOperations(struct: string, field: string): void {
    for (const ref of this.program.operationsIn(`${struct}.${field}`).slice(0, MAX_OPERATIONS)) {
      if (this.open.has(ref.file.path)) continue;
      this.takeFunction(ref, []);
      this.file(ref.file.path).ops.push({ struct, field, fn: ref.facts.name, line: ref.facts.line });
    }
  }

  private entries(): Surroundings['entries'] {
    const out: Surroundings['entries'] = [];
    for (const ref of this.program.functionsIn(this.open)) {
      const contexts = this.program.contextsOf(ref).filter((context) => !this.open.has(cameFrom(context)));
      if (contexts.length > 0) out.push({ path: ref.file.path, name: ref.facts.name, contexts: contexts.map(plain) });
    }
    return out;
  }

  private uses(): Surroundings['uses'] {
    const out: Surroundings['uses'] = [];
    for (const ref of this.program.functionsIn(this.open)) {
      const use = this.program.useOf(ref);
      if (use.addressTaken || use.called || use.fromUnknown) out.push({ path: ref.file.path, name: ref.facts.name, use });
    }
    return out;
  }

  private reclaim(): Surroundings['reclaim'] {
    const out: Surroundings['reclaim'] = [];
    for (const [lockClass, locks] of this.program.reclaimed) {
      if (lockClass.split(/\W+/).every((part) => part === '' || this.names.has(part) || part === lockClass.split('.')[0]))
        out.push({ lockClass, locks: [...locks] });
    }
    return out;
  }
}

/** The file of the last call or registration through which a context came. */
function cameFrom(context: EntryContext): string {
  for (const hop of hopsOf(context)) return hop.caller.file.path;
  return context.path[0]?.file ?? '';
}

/** A context's own data: what it is made of leads through the whole tree. */
function plain({ held, scopes, nonBlock, task, path, from, begins, why, params, sure, open }: EntryContext): EntryContext {
  return { held, scopes, nonBlock, task, path, from, ...(begins ? { begins } : {}), why, params, sure, ...(open ? { open } : {}) };
}

function namesIn(e: Expr): string[] {
  if (typeof e === 'string') return [e];
  return Array.isArray(e) ? (e.slice(1) as Expr[]).flatMap(namesIn) : [];
}

/** A memo that knows the surroundings of the open files. */
export class SurroundedMemo extends Memo {
  private given = new Map<FunctionFacts, Summary>();
  private contexts = new Map<string, readonly EntryContext[]>();
  private used = new Map<string, Use>();
  private reclaims = new Map<string, readonly ReclaimLock[]>();

  /** Takes over new surroundings, in place of those before; undefined: there are none. */
  surround(around: Surroundings | undefined): void {
    const functions = around?.files.flatMap((file) => file.functions) ?? [];
    this.given = new Map(functions.map((facts, i) => [facts, around!.summaries[i]!]));
    this.contexts = new Map(around?.entries.map(({ path, name, contexts }) => [key(path, name), contexts]));
    this.used = new Map(around?.uses.map(({ path, name, use }) => [key(path, name), use]));
    this.reclaims = new Map(around?.reclaim.map(({ lockClass, locks }) => [lockClass, locks]));
  }

  override summary(facts: FunctionFacts, fresh: Summary): Summary {
    return this.given.get(facts) ?? super.summary(facts, fresh);
  }

  override *entries(functions: readonly FunctionRef[]): Generator<{ ref: FunctionRef; contexts: readonly EntryContext[] }> {
    if (this.contexts.size === 0) return;
    for (const ref of functions) {
      const contexts = this.contexts.get(key(ref.file.path, ref.facts.name));
      if (contexts) yield { ref, contexts };
    }
  }

  override use({ file, facts }: FunctionRef): Use | undefined {
    return this.used.get(key(file.path, facts.name));
  }

  override reclaimTakes(lockClass: string): readonly ReclaimLock[] {
    return this.reclaims.get(lockClass) ?? [];
  }
}

const key = (path: string, name: string): string => `${path}\0${name}`;
