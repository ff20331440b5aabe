/** What a function's masks are: of names and expressions in a state, of the requests that its calls make, and under the scopes that are open. */
import { GFP } from '../../../simulator/src/index.js';
import type { Expr, SetEvent } from '../facts/model.js';
import type { FlowCatalogue, Knowledge } from './knowledge.js';
import { ALL_BITS, UNKNOWN_MASK, evaluateMask, maskOf, mentionsGfp, union, without, type MaskScope } from './masks.js';
import type { FunctionRef, MaskValue } from './model.js';
import { truthOf, type State } from './state.js';
import { structOf, typeOf } from './types.js';

export class FunctionMasks {
  /** gfp parameters and locals by name: they are evaluated as masks. */
  private readonly names = new Set<string>();

  /** @param params parameters by name, with their places */
  constructor(
    private readonly ref: FunctionRef,
    private readonly cat: FlowCatalogue,
    private readonly know: Knowledge,
    private readonly params: ReadonlyMap<string, number>,
  ) {
    const { facts } = ref;
    for (const p of facts.params) if (/\bgfp_t\b/.test(p.type)) this.names.add(p.name);
    for (const [name, type] of Object.entries(facts.body?.vars ?? {})) if (/\bgfp_t\b/.test(type)) this.names.add(name);
    // A variable of another type is a mask when it is given one somewhere (`int flags = GFP_KERNEL;`).
    for (const block of facts.body?.blocks ?? [])
      for (const ev of block.ev)
        if (ev.k === 'set' && typeof ev.to === 'string' && mentionsGfp(ev.value, () => false)) this.names.add(ev.to);
  }

  isName = (name: string): boolean => this.names.has(name);

  private scopeOf: { s: State; scope: MaskScope } | undefined;
  private scopeFor(s: State): MaskScope {
    if (this.scopeOf?.s !== s) this.scopeOf = { s, scope: this.makeScope(s) };
    return this.scopeOf.scope;
  }

  private makeScope(s: State): MaskScope {
    return {
      profile: this.cat.gfp,
      file: this.ref.file,
      knowledge: this.know,
      local: (name) => s.masks.get(name),
      param: (name) => (this.names.has(name) && !s.masks.has(name) ? this.params.get(name) : undefined),
      truth: (e) => truthOf(s, e),
      helper: (name, args) => this.helper(s, name, args),
      field: (e) => this.field(e),
    };
  }

  of(s: State, e: Expr | undefined): MaskValue {
    return evaluateMask(e, this.scopeFor(s));
  }

  /** Fields that keep a mask, such as sock.sk_allocation. */
  private field(e: Expr): MaskValue | undefined {
    if (!Array.isArray(e) || (e[0] !== '->' && e[0] !== '.')) return undefined;
    const known = this.cat.maskField(structOf(typeOf(e[1], this.ref.facts, this.ref.file, this.know)), e[2]);
    return known && { must: known.must, may: known.may, params: [], unknown: known.must !== known.may };
  }

  private helper(s: State, name: string, args: Expr[]): MaskValue | undefined {
    const helper = this.cat.maskHelper(name);
    if (!helper) return undefined;
    if (helper.from !== undefined) {
      const given = this.of(s, args[helper.from]);
      // What may be cleared is all it may have: the value is what both masks allow, and the helper's own always may block.
      if (helper.may !== 0 && helper.may === helper.mayClear) {
        return {
          must: given.must & (GFP.__GFP_DIRECT_RECLAIM | GFP.__GFP_KSWAPD_RECLAIM),
          may: given.may & helper.may,
          params: [],
          unknown: given.unknown,
        };
      }
      if (helper.meets) return { must: given.must & helper.must, may: given.may & helper.may, params: [], unknown: true };
      const kept = without(given, helper.mayClear ?? 0);
      return { ...given, must: kept.must | helper.must, may: given.may | helper.may };
    }
    return { must: helper.must, may: helper.may, params: [], unknown: helper.must !== helper.may };
  }

  /** What a name that keeps a mask has after an assignment. */
  assigned(s: State, ev: SetEvent): MaskValue {
    const value = this.of(s, ev.value);
    if (ev.op === '=') return value;
    const old = this.of(s, ev.to);
    if (ev.op === '|=' || ev.op === '+=') return union(old, value);
    if (ev.op === '&=')
      return evaluateMask(['b', '&', 'old', 'by'], {
        ...this.scopeFor(s),
        local: (n) => (n === 'old' ? old : n === 'by' ? value : undefined),
      });
    if (ev.op === '-=' && value.must === value.may) return without(old, value.must);
    if (ev.op === '^=' && value.must === value.may)
      return { must: old.must & ~value.must, may: (old.may | value.must) & ALL_BITS, params: old.params, unknown: true };
    return UNKNOWN_MASK;
  }

  /** The mask with open scopes applied, as current_gfp_context (include/linux/sched/mm.h) does it. */
  effective(s: State, m: MaskValue): MaskValue {
    let out = m;
    for (const o of s.scopes) {
      if (o.kind === 'noio') out = without(out, GFP.__GFP_IO | GFP.__GFP_FS);
      else if (o.kind === 'nofs') out = without(out, GFP.__GFP_FS);
      else if (o.kind === 'pin') out = without(out, GFP.__GFP_MOVABLE);
    }
    return out;
  }

  /** Mask of a call's argument list: the gfp argument, or what the callee implies. */
  requested(s: State, args: readonly Expr[], gfp: number | null, implied: string | undefined): MaskValue {
    if (gfp !== null && args[gfp] !== undefined) return this.of(s, args[gfp]);
    if (implied) return this.impliedMask(implied);
    return UNKNOWN_MASK;
  }

  private readonly implied = new Map<string, MaskValue>();
  private impliedMask(text: string): MaskValue {
    let m = this.implied.get(text);
    if (!m) {
      let bits = 0;
      for (const name of text.split('|')) bits |= this.cat.gfp.flags.get(name.trim()) ?? this.cat.gfp.composites.get(name.trim()) ?? 0;
      this.implied.set(text, (m = maskOf(bits)));
    }
    return m;
  }
}
