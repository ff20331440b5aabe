/** Which changes of a file a revision of a linked tree follows exactly: those inside functions. */
import { hasBody } from '../facts/codec.js';
import type { Expr, FileFacts, FunctionFacts } from '../facts/model.js';
import type { FunctionRef } from '../flow/model.js';
import type { CallEdge } from '../index/edges.js';
import { takenLocks, type Program } from '../index/program.js';
import { Revision, TooWide } from '../index/revision.js';

/** Whether two versions of a file differ in what functions do, and in nothing that is seen from elsewhere but through their summaries. */
export function onlyBodies(a: FileFacts, b: FileFacts): boolean {
  const places = (key: string, value: unknown): unknown =>
    key === 'line' || key === 'column' || key === 'pos' || key === 'endLine' ? undefined : value;
  const frame = ({ ops, structs, prototypes, constants, globals, functions }: FileFacts): string => {
    const seen = functions
      .filter((f) => !f.static || f.macro)
      .map((f) => [f.name, f.returns, f.params, f.marks, f.arms, f.macro === true ? f : null]);
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
    const use = base.useOf(was);
    if (use.fromUnknown || (use.addressTaken && contexts.length === 0)) {
      const [old, now] = [targetsOf(revision, base.edgesFrom(was)), targetsOf(revision, revision.edgesFrom(ref))];
      if ([...old.keys()].some((facts) => !now.has(facts))) return null;
      if ([...now.values()].some((target) => !old.has(target.facts) && !revision.useOf(target).fromUnknown)) return null;
    }
    // What tasks are known to run is less sure where a function that nothing is known of calls it as well (index/contexts.ts).
    if (contexts.length === 0) {
      const old = targetsOf(revision, base.edgesFrom(was));
      const others = [...targetsOf(revision, revision.edgesFrom(ref)).values()].filter(({ facts }) => !old.has(facts));
      if (others.some((target) => revision.contextsOf(target).some((c) => c.from === 'caller' && c.held.length === 0))) return null;
    }
    if (!contexts.some((c) => c.task === 'reclaim')) continue;
    if (onTheWay.has(`${was.file.path}:${was.facts.name}`)) return null;
    if (takenIn(revision, ref) !== takenIn(base, was)) return null;
  }
  return revision;
}

/** The functions that a function calls, as they are now. */
const targetsOf = (revision: Revision, edges: readonly CallEdge[]): Map<FunctionFacts, FunctionRef> =>
  new Map(
    edges.map(({ target }) => {
      const now = revision.current(target) ?? target;
      return [now.facts, now];
    }),
  );

/** Locks that a function takes, without their places. */
const takenIn = (program: Program, ref: FunctionRef): string =>
  hasBody(ref.facts) ? JSON.stringify(takenLocks(program.linker.analyse(ref)).map(({ line: _line, ...lock }) => lock)) : '';
