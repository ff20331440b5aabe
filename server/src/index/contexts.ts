/**
 * Top-down: from every place where a context begins (a registered callback, an author's word, a lock taken around a call) to
 * the functions that run in it. Breadth first, so that the first path found to a context is a shortest one.
 */
import type { EntryContext, FunctionRef } from '../flow/model.js';
import { begun, pass, PassedContext, saysOf, saysTheSame, type Says } from './brought.js';
import type { CallEdge, EdgeVariant } from './edges.js';

/** Contexts kept per function; steps followed from where one begins. */
export const MAX_CONTEXTS = 8;
export const MAX_DEPTH = 12;

export interface Root {
  ref: FunctionRef;
  context: EntryContext;
}

type Key = FunctionRef['facts'];

/** A context on its way down, with the number of its signature. */
interface Front extends Root {
  key: number;
}

export class Contexts {
  private readonly of = new Map<Key, EntryContext[]>();
  /** Their signatures by number, while they spread. */
  private readonly keys = new Map<Key, number[]>();
  /** There are few different ones in a tree. */
  private readonly signatures = new Map<string, number>();
  /** Signature of what a call that changes nothing hands on of a context, by that context's; odd: of a call that may mean several functions. */
  private readonly handed = new Map<number, number>();

  constructor(private readonly edges: (ref: FunctionRef) => readonly CallEdge[]) {}

  get(ref: FunctionRef): EntryContext[] {
    return this.of.get(ref.facts) ?? [];
  }

  /** Spreads the roots, then what callers hold. `functions` are all whose calls begin a context of their own. */
  spread(roots: readonly Root[], functions: readonly FunctionRef[]): void {
    let front: Front[] = [];
    const begin = (ref: FunctionRef, context: EntryContext): void => {
      const key = this.keyOf(context);
      if (this.add(ref, context, key)) front.push({ ref, context, key });
    };
    for (const { ref, context } of roots) begin(ref, context);
    // A function that nobody registers and nobody calls is entered from outside: its calls carry only what it holds itself.
    for (const ref of functions) {
      for (const edge of this.edges(ref)) {
        for (const v of edge.variants) {
          const context = opens(v) ? begun(ref, edge, v) : null;
          if (context) begin(edge.target, context);
        }
      }
    }
    for (let depth = 0; depth < MAX_DEPTH && front.length; depth++) {
      const next: Front[] = [];
      for (const from of front) {
        for (const edge of this.edges(from.ref)) {
          for (const v of edge.variants) this.handOn(from, edge, v, next);
        }
      }
      front = next;
    }
    // Called from where nothing is known of, a function may run otherwise than the tasks that are known call it.
    for (const ref of functions) {
      if (this.of.has(ref.facts) || ref.facts.marks.some((m) => m.kind === 'init')) continue;
      for (const { target } of this.edges(ref))
        for (const c of this.get(target))
          if (c instanceof PassedContext && c.depth > 1 && c.held.length === 0)
            c.says = this.sharing(c.says, { ...c.says, sure: false, open: true });
    }
    // Nothing is added any more.
    this.keys.clear();
    this.derived.clear();
    this.signatures.clear();
    this.handed.clear();
  }

  /** What came of what a context says, one call on. */
  private readonly derived = new Map<Says | EntryContext, Says[]>();
  /** What was said already in place of its equal. */
  private sharing(before: Says | EntryContext, now: Says): Says {
    const list = this.derived.get(before);
    const known = list?.find((one) => saysTheSame(one, now));
    if (known) return known;
    if (list) list.push(now);
    else this.derived.set(before, [now]);
    return now;
  }

  private handOn({ ref, context, key }: Front, edge: CallEdge, v: EdgeVariant, next: Front[]): void {
    const { target } = edge;
    const known = this.of.get(target.facts);
    if (known && known.length >= MAX_CONTEXTS) return;
    // Most of what is handed on is there already: that is seen before it is made.
    const same = context.begins !== undefined && changesNothing(v) ? 2 * key + Number(edge.several) : undefined;
    const expected = same === undefined || !known ? undefined : this.handed.get(same);
    if (expected !== undefined && this.keys.get(target.facts)!.includes(expected)) return;
    const passed = pass(ref, context, edge, v);
    if (!passed) return;
    if (passed.says !== saysOf(context)) passed.says = this.sharing(saysOf(context), passed.says);
    const passedKey = this.keyOf(passed);
    if (same !== undefined) this.handed.set(same, passedKey);
    if (this.add(target, passed, passedKey)) next.push({ ref: target, context: passed, key: passedKey });
  }

  private keyOf(context: EntryContext): number {
    const text = signature(context);
    let key = this.signatures.get(text);
    if (key === undefined) this.signatures.set(text, (key = this.signatures.size));
    return key;
  }

  private add(ref: FunctionRef, context: EntryContext, key: number): boolean {
    const known = this.of.get(ref.facts);
    if (!known) {
      this.of.set(ref.facts, [context]);
      this.keys.set(ref.facts, [key]);
      return true;
    }
    const keys = this.keys.get(ref.facts)!;
    if (known.length >= MAX_CONTEXTS || keys.includes(key)) return false;
    // Longer by one, not by the sixteen that push() would add: a tree has hundreds of thousands of these.
    this.keys.set(ref.facts, keys.concat(key));
    this.of.set(ref.facts, known.concat(context));
    return true;
  }
}

/** Whether a call holds or opens anything at all. */
const opens = (v: EdgeVariant): boolean => v.held.length > 0 || v.scopes.length > 0 || v.nonBlock;

/** Whether a call hands a context on as it is, whatever it tells of parameters. */
const changesNothing = (v: EdgeVariant): boolean => !opens(v) && !v.chosen && v.dropped.length === 0 && v.assume.length === 0;

/** What tells two contexts apart: what is forbidden, what is held by class, scopes and the task; not the path. */
export function signature(c: EntryContext): string {
  const held = joined(c.held, (h) => `${h.kind}:${h.class}`);
  return `${c.task}|${held}|${joined(c.scopes, (s) => s.kind)}|${c.nonBlock}|${c.begins === 'callback'}|${c.sure}|${c.open === true}`;
}

/** Words for a list, each once, in order. */
function joined<T>(list: readonly T[], word: (item: T) => string): string {
  if (list.length < 2) return list.length ? word(list[0]!) : '';
  return [...new Set(list.map(word))].sort().join();
}
