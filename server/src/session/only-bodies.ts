/** Which changes of a file a revision of a linked tree follows exactly: those inside functions. */
import type { Expr, FileFacts } from '../facts/model.js';

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
