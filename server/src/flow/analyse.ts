/** Entry of the flow layer: one function's facts in, every point that matters with its states out. */
import { BACKOFFS } from '../catalog/failure.js';
import type { CallEvent } from '../facts/model.js';
import { applicable } from './applicable.js';
import { toPathState } from './conditions.js';
import { effectsOf } from './effects.js';
import { entryStates } from './entry.js';
import { inPlaces } from './expanded.js';
import { exitOf } from './exits.js';
import { flatMapped, settle, solve } from './fixpoint.js';
import { forgetAtoms } from './know.js';
import type { FlowCatalogue, Knowledge } from './knowledge.js';
import { mentionsGfp } from './masks.js';
import type { CallPoint, EntryContext, ExitState, FunctionFlow, FunctionRef, NonBlockUse, Site } from './model.js';
import { ScopeRecorder } from './scopes.js';
import { siteOf } from './sites.js';
import { assume, type State } from './state.js';
import { forgetTexts, textOf } from './text.js';
import { Transfer } from './transfer.js';

export interface Analysis extends FunctionFlow {
  /** What the run knew of the function's own names (parameters, masks, what it assigns): summaries ask it. */
  transfer: Transfer;
}

/** Runs the flow analysis of one function with a body. Throws only on facts that break their own contract. */
export function analyseFunction(
  ref: FunctionRef,
  cat: FlowCatalogue,
  know: Knowledge,
  contexts: EntryContext[] = [],
  callersComplete = false,
): Analysis {
  const body = ref.facts.body;
  if (!body) throw new Error(`${ref.file.path}: ${ref.facts.name} has no body to analyse`);
  forgetTexts();
  forgetAtoms();
  const transfer = new Transfer(ref, cat, know);
  const entry = entryStates(transfer);
  const { in: states, imprecise } = solve(body, entry, transfer);
  const scopes = new ScopeRecorder(transfer);
  const calls: CallPoint[] = [];
  const sites: Site[] = [];
  const waits: FunctionFlow['waits'] = [];
  const exits: ExitState[] = [];
  const nonBlock: NonBlockUse[] = [];
  const inLoop = (block: number): boolean => body.loops.some((l) => l.blocks.includes(block));

  body.blocks.forEach((block, b) => {
    let current: readonly State[] = states[b]!;
    block.ev.forEach((ev, index) => {
      if (ev.k === 'call') {
        const point = callPoint(transfer, ev, current, b);
        calls.push(point);
        const site = siteOf(transfer, ev, point, current, index);
        if (site) sites.push(site);
        scopes.inside(point, current);
        if (WAITS.has(point.name)) waits.push({ api: point.name, at: point.at, args: ev.args, states: point.states, inLoop: inLoop(b) });
        nonBlockPoint(nonBlock, point, current);
      } else if (ev.k === 'ret') {
        for (const s of current) exits.push(exitOf(transfer, s, ev.value, ev.pos));
      }
      if (ev.k === 'call' || ev.k === 'set') {
        transfer.listener = scopes;
        current = settle(
          flatMapped(current, (s) => {
            const out = transfer.apply(s, ev);
            scopes.opened(ev, s, out);
            return out;
          }),
        );
        transfer.listener = undefined;
      }
    });
    const last = block.ev[block.ev.length - 1];
    if (b !== 1 && last?.k !== 'ret') {
      const end = ref.facts.endLine - ref.facts.line;
      for (const e of block.next) {
        if (e.to !== 1) continue;
        for (const s of current) {
          const left = e.when === undefined ? s : assume(s, e.when, e.is !== false, transfer.tracks);
          if (left) exits.push(exitOf(transfer, left, undefined, [end, 1, end, 2]));
        }
      }
    }
  });
  argumentsOfWaits(calls);
  calls.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  sites.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  return {
    ref,
    calls,
    sites,
    scopes: scopes.finish(exits),
    loops: [],
    waits,
    nonBlock,
    flagUses: body.flags.map((f) => ({ flag: f.flag, kind: f.kind, at: transfer.where(f.pos) })),
    exits,
    contexts,
    callersComplete,
    entry: entry.map((s) => toPathState(transfer, s)),
    imprecise: imprecise || body.damaged === true,
    transfer,
  };
}

/**
 * A macro that lets go of a lock while it waits (`wait_event_cmd()` and what is built on it) runs what stands among its arguments
 * without the lock too: nothing is concluded from calls inside its parentheses.
 */
function argumentsOfWaits(calls: readonly CallPoint[]): void {
  for (const outer of calls) {
    if (!outer.effects?.sleeps.some((w) => w.drops.length > 0)) continue;
    const [line, column, endLine, endColumn] = outer.pos;
    for (const inner of calls) {
      const [l, c, el, ec] = inner.pos;
      const within = inner !== outer && (l > line || (l === line && c > column)) && (el < endLine || (el === endLine && ec < endColumn));
      if (within) delete inner.effects;
    }
  }
}

/** Waits that the inventory lists. */
const WAITS: ReadonlySet<string> = new Set(BACKOFFS.filter(({ kind }) => kind === 'memory' || kind === 'reclaim').map(({ name }) => name));

function callPoint(t: Transfer, ev: CallEvent, states: readonly State[], block: number): CallPoint {
  const name = typeof ev.fn === 'string' ? ev.fn : '';
  const point: CallPoint = {
    name,
    target: ev.fn,
    args: name ? inPlaces(ev.args, () => t.know.parameters(name, t.ref.file)) : ev.args,
    to: ev.to === undefined ? '' : textOf(ev.to),
    use: ev.use,
    at: t.where(ev.pos),
    pos: ev.pos,
    states: states.map((s) => toPathState(t, s)),
    masks: {},
    block,
  };
  const gfpIndex = name ? (t.called(name).allocator?.gfp ?? t.gfpParameter(name)) : undefined;
  point.args.forEach((arg, i) => {
    if (i === gfpIndex || mentionsGfp(arg, t.masks.isName)) point.masks[i] = states.map((s) => t.masks.of(s, arg));
  });
  const effects = effectsOf(t, ev);
  if (effects) point.effects = applicable(effects, point, t);
  return point;
}

function nonBlockPoint(list: NonBlockUse[], point: CallPoint, states: readonly State[]): void {
  if (point.name === 'non_block_start') list.push({ at: point.at, ends: [], inside: [] });
  else if (point.name === 'non_block_end') list[list.length - 1]?.ends.push(point.at);
  else if (states.some((s) => s.nonBlock > 0)) list[list.length - 1]?.inside.push(point);
}
