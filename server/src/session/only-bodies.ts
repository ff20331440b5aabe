/** Which changes of a file a revision of a linked tree follows exactly: those inside functions. */
import { hasBody } from '../facts/codec.js';
import type { Expr, FileFacts, FunctionFacts } from '../facts/model.js';
import type { FunctionRef } from '../flow/model.js';
import type { CallEdge } from '../index/edges.js';
import type { Program } from '../index/program.js';
import { takenLocks, type TakenLock } from '../index/reclaim.js';
import { callMoved, Revision, sameFacts, TooWide } from '../index/revision.js';

/** Whether two versions of a file differ in what functions do, and in nothing that is seen from elsewhere but through their summaries. */
export function onlyBodies(a: FileFacts, b: FileFacts): boolean {
  const places = (key: string, value: unknown): unknown =>
    key === 'line' || key === 'column' || key === 'pos' || key === 'endLine' ? undefined : value;
  const frame = ({ ops, structs, prototypes, constants, globals, functions }: FileFacts): string => {
    const seen = functions
      .filter((f) => !f.static || f.macro)
      .map((f) => [f.name, f.returns, f.params, f.marks, f.arms, f.macro === true ? [f.body ?? null, f.callees ?? null] : null]);
    return JSON.stringify([ops, structs, prototypes, constants, globals, seen], places);
  };
  if (frame(a) !== frame(b)) return false;
  const marks = (file: FileFacts): string => JSON.stringify(file.functions.filter((f) => f.marks.length > 0).map((f) => [f.name, f.marks]));
  if (marks(a) !== marks(b)) return false;
  const names = new Set(b.functions.map((f) => f.name));
  if (!a.functions.every((f) => names.has(f.name))) return false;
  const [was, is] = [handedOver(a), handedOver(b)];
  return [...is].every((name) => was.has(name)) && [...was].every((name) => is.has(name));
}

/** Names from beyond a function that it passes, stores or returns: one of them may be a callback. */
function handedOver({ functions }: FileFacts): Set<string> {
  const names = new Set<string>();
  for (const { name: fn, params, body } of functions) {
    const local = new Set([...Object.keys(body?.vars ?? {}), ...params.map(({ name }) => name)]);
    const note = (e: Expr | undefined): void => {
      const name = Array.isArray(e) && e[0] === 'u' && e[1] === '&' ? e[2] : e;
      if (typeof name === 'string' && !local.has(name) && /[a-z]/.test(name)) names.add(`${fn}: ${name}`);
    };
    for (const event of body?.blocks.flatMap((block) => block.ev) ?? []) {
      if (event.k === 'call') event.args.forEach(note);
      else if (event.k !== 'deref') note(event.value);
    }
  }
  return names;
}

/**
 * A revision of a linked tree that says what linking the changed tree anew would; null where that cannot be known without doing so: the
 * change reaches too far, functions are entered otherwise than before, or what reclaim takes may be something else.
 * @param base may be told where code has moved to (Program.adopt): it is this revision's own
 */
export function exactRevision(base: Program, changed: readonly FileFacts[]): Revision | null {
  let revision: Revision;
  try {
    revision = new Revision(base, changed, true);
  } catch (error) {
    if (error instanceof TooWide) return null;
    throw error;
  }
  if (revision.reenters) return null;
  const onTheWay = new Set(
    [...base.reclaimed.values()].flat().flatMap(({ path }) => path.map(({ file, function: fn }) => `${file}:${fn}`)),
  );
  for (const ref of revision.affected()) {
    const was = revision.twin(ref);
    if (!was) return null;
    const contexts = base.contextsOf(was);
    // What such a function calls is of unknown context too: a callee that goes may be so no more, one that comes must be so already.
    const [old, now] = [targetsOf(revision, base.edgesFrom(was)), targetsOf(revision, revision.edgesFrom(ref))];
    const gone = [...old.values()].filter(({ facts }) => !now.has(facts));
    const come = [...now.values()].filter(({ facts }) => !old.has(facts));
    if (base.useOf(was).fromUnknown || base.startsUnknown(was)) {
      if (gone.length > 0 || come.some((target) => !revision.useOf(target).fromUnknown)) return null;
    }
    // One that nobody calls any more, or that somebody does now.
    for (const target of [...gone, ...come]) {
      const twin = revision.twin(target);
      if (twin && base.startsUnknown(twin) !== revision.startsUnknown(target)) return null;
    }
    // What tasks are known to run is less sure where a function that nothing is known of calls it as well (index/contexts.ts).
    if (contexts.length === 0) {
      if (come.some((target) => revision.contextsOf(target).some((c) => c.from === 'caller' && c.held.length === 0))) return null;
    }
    if (contexts.some((c) => c.task === 'reclaim') && !sameForReclaim(base, was, revision, ref)) return null;
    // A way may begin where a function registers a callback as well.
    const within = onTheWay.has(`${was.file.path}:${was.facts.name}`) && !sameFacts(was.facts, ref.facts);
    if (within && !stepsMoved(base, revision, ref)) return null;
  }
  for (const ref of revision.affected()) registrationsMoved(base, revision.twin(ref)!, ref);
  return revision;
}

/** Puts the beginning of contexts that a changed function registers callbacks for on the lines where it does so now. */
function registrationsMoved(base: Program, was: FunctionRef, is: FunctionRef): void {
  if (!hasBody(is.facts) || sameFacts(was.facts, is.facts)) return;
  const named = is.facts.body!.blocks.flatMap(({ ev }) => ev.flatMap((e) => (e.k === 'call' ? e.args : [])));
  const targets = named.flatMap((arg) => {
    const name = Array.isArray(arg) && arg[0] === 'u' && arg[1] === '&' ? arg[2] : arg;
    if (typeof name !== 'string') return [];
    // By its name, or by that of a structure that holds it.
    const held = was.file.ops.flatMap(({ variable, fn }) => (variable === name ? [fn] : []));
    return [name, ...held].flatMap((fn) => (base.tree.named(fn).length > 0 ? base.tree.resolve(fn, was.file) : []));
  });
  const steps = [...new Map(targets.map((ref) => [ref.facts, ref])).values()].flatMap((ref) =>
    base.contextsOf(ref).flatMap(({ from, path: [step] }) => (from === 'callback' && step ? [step] : [])),
  );
  for (const step of new Set(steps)) {
    if (step.file === was.file.path && step.function === was.facts.name) step.line = callMoved(was.facts, is.facts, step.line) ?? step.line;
  }
}

/** Whether reclaim finds in a function, changed as it is, the calls and locks that it found before; their lines aside. */
export function sameForReclaim(base: Program, was: FunctionRef, revision: Revision, is: FunctionRef): boolean {
  const calls = (edges: readonly CallEdge[]): string =>
    JSON.stringify(
      edges.map(({ target, several, variants }) => {
        const { file, facts } = revision.current(target) ?? target;
        return [file.path, facts.name, several, variants.map(({ assume, params, through }) => [assume, params, through])];
      }),
    );
  const locks = (program: Program, ref: FunctionRef): string =>
    JSON.stringify(locksIn(program, ref).map(({ line: _line, ...lock }) => lock));
  return calls(base.edgesFrom(was)) === calls(revision.edgesFrom(is)) && locks(base, was) === locks(revision, is);
}

const locksIn = (program: Program, ref: FunctionRef): TakenLock[] => (hasBody(ref.facts) ? takenLocks(program.linker.analyse(ref)) : []);

/** Puts the steps of reclaim's ways in a changed function on the lines where it takes them now; false where that is not clear. */
function stepsMoved(base: Program, revision: Revision, ref: FunctionRef): boolean {
  const places = new Map<string, Set<number>>();
  const note = (what: string, line: number): void => {
    places.set(what, (places.get(what) ?? new Set()).add(line));
  };
  for (const { target, line } of revision.edgesFrom(ref)) note(`calls ${target.facts.name}`, line);
  for (const lock of locksIn(revision, ref)) note(`takes ${lock.class}`, lock.line);
  const steps = [...base.reclaimed.values()]
    .flat()
    .flatMap(({ path }) => path.filter((s) => s.file === ref.file.path && s.function === ref.facts.name));
  if (steps.some(({ what }) => places.get(what)?.size !== 1)) return false;
  for (const step of steps) step.line = [...places.get(step.what)!][0]!;
  return true;
}

/** The functions that a function calls, as they are now. */
const targetsOf = (revision: Revision, edges: readonly CallEdge[]): Map<FunctionFacts, FunctionRef> =>
  new Map(
    edges.map(({ target }) => {
      const now = revision.current(target) ?? target;
      return [now.facts, now];
    }),
  );
