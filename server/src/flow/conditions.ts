/** From the analysis' own state to the plain PathState that rules read; conditions on parameters for callers. */
import { nameMask, GFP } from '../../../simulator/src/index.js';
import { type Know, range, sameKnow } from './know.js';
import type { ParamCondition, PathState, ScopeKind } from './model.js';
import type { State } from './state.js';
import type { Transfer } from './transfer.js';

/** The state as rules see it, the same object for the same state. */
export function toPathState(t: Transfer, s: State): PathState {
  let out = t.pathStates.get(s);
  if (!out) t.pathStates.set(s, (out = new StateView(t, s)));
  return out;
}

/** A state as rules see it. What its branches assumed is put into words when somebody asks: of most states nobody does. */
class StateView implements PathState {
  readonly held: PathState['held'];
  readonly dropped: PathState['dropped'];
  readonly scopes: PathState['scopes'];
  readonly nonBlock: number;
  declare readonly closed?: ScopeKind[];
  private assumed: Map<string, boolean> | undefined;
  private conditions: ParamCondition[] | undefined;

  constructor(
    private readonly transfer: Transfer,
    private readonly state: State,
  ) {
    this.held = state.held as PathState['held'];
    this.dropped = state.dropped as PathState['dropped'];
    this.scopes = state.scopes as PathState['scopes'];
    this.nonBlock = state.nonBlock;
    if (state.closed.length) this.closed = [...state.closed];
  }

  get assume(): ReadonlyMap<string, boolean> {
    if (!this.assumed) {
      this.assumed = new Map();
      for (const [subject, k] of this.state.know) {
        const truth = k.lo === 0 && k.hi === 0 ? false : k.lo > 0 || k.hi < 0 || k.ne.includes(0) ? true : undefined;
        if (truth !== undefined) this.assumed.set(subject, truth);
      }
    }
    return this.assumed;
  }

  get paramAssume(): ParamCondition[] {
    if (!this.conditions) {
      this.conditions = [];
      for (const [subject, k] of this.state.know) conditions(this.transfer, subject, k, this.conditions);
    }
    return this.conditions;
  }
}

/** Conditions on the function's own parameters, only where the function never assigns them. */
function conditions(t: Transfer, subject: string, k: Know, out: ParamCondition[]): void {
  const index = t.paramIndex(subject);
  if (index !== undefined) {
    if (t.isAssigned(subject)) return;
    for (const [name, is] of k.named ?? []) out.push({ index, op: is ? '==' : '!=', value: name });
    if (k.lo === k.hi) out.push({ index, op: '==', value: k.lo });
    else {
      if (k.lo !== -Infinity) out.push({ index, op: '>=', value: k.lo });
      if (k.hi !== Infinity) out.push({ index, op: '<=', value: k.hi });
      for (const v of k.ne) out.push({ index, op: '!=', value: v });
    }
    return;
  }
  const bit = /^\((\w+)&(\w+)\)$/.exec(subject);
  if (bit) {
    const [, a, b] = bit as unknown as [string, string, string];
    const [name, flag] = t.paramIndex(a) !== undefined ? [a, b] : [b, a];
    const i = t.paramIndex(name);
    if (i === undefined || t.isAssigned(name)) return;
    const set = sameKnow(k, range(0, 0)) ? false : k.ne.includes(0) || k.lo > 0 ? true : undefined;
    if (set === undefined) return;
    const bits = nameMask(t.cat.gfp, flag);
    if (bits === GFP.__GFP_DIRECT_RECLAIM) out.push({ index: i, op: set ? 'blocking' : 'nonblocking', value: flag });
    else out.push({ index: i, op: set ? 'bit' : 'nobit', value: flag });
    return;
  }
  const test = /^gfpflags_allow_blocking\((\w+)\)$/.exec(subject);
  const i = test ? t.paramIndex(test[1]!) : undefined;
  if (i !== undefined && !t.isAssigned(test![1]!))
    out.push({ index: i, op: k.lo === 0 && k.hi === 0 ? 'nonblocking' : 'blocking', value: 0 });
}
