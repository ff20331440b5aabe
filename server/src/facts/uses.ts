import type { FunctionSpan, NameUse } from '../syntax/model.js';
import type { Lines } from './tree.js';
import type { OpsEntry, Param } from './model.js';

/** What a body says without a tree. */
export interface BodyUses {
  /** Names called, in order of first use, with the line relative to the function. */
  callees: [name: string, line: number][];
  /** Functions assigned to members, and (field '') functions of other files that are passed on. */
  ops: OpsEntry[];
  /** A function of this file is handed to a call: what it is registered for takes a tree to tell. */
  registers: boolean;
}

/** How often a word stands in a text, counted to two. */
function occurrences(text: string, word: string): number {
  let count = 0;
  for (let at = text.indexOf(word); at >= 0 && count < 2; at = text.indexOf(word, at + word.length)) {
    const before = at > 0 ? text.charCodeAt(at - 1) : 32;
    const after = text.charCodeAt(at + word.length);
    if (!isWord(before) && !isWord(after)) count++;
  }
  return count;
}

/** Whether a UTF-16 unit (NaN past an end) belongs to a word. */
export function isWord(c: number): boolean {
  return (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || (c >= 0x30 && c <= 0x39) || c === 0x5f;
}

/**
 * What the names found in a body say. A bare name counts as a function passed on when this file defines it, or when it stands only once in the
 * body and so is no local. `typeOf` gives the type text of a parameter or local, '' when not known.
 */
export function usesOf(
  found: readonly NameUse[],
  text: string,
  span: FunctionSpan,
  lines: Lines,
  functions: ReadonlySet<string>,
  params: Param[],
  typeOf: (variable: string) => string,
): BodyUses {
  const first = lines.lineOf(span.start);
  const callees: BodyUses['callees'] = [];
  const ops: OpsEntry[] = [];
  const seen = new Set<string>();
  let registers = false;
  let body = '';
  const passed = ({ name }: NameUse): boolean => {
    if (functions.has(name)) return true;
    if (!name.includes('_') || !/[a-z]/.test(name) || params.some((param) => param.name === name)) return false;
    body ||= text.slice(span.open, span.close);
    return occurrences(body, name) === 1;
  };
  for (const use of found) {
    if (use.how !== 'call') {
      if (!passed(use)) continue;
      const entry: OpsEntry = { struct: '', field: '', fn: use.name, line: lines.lineOf(use.at) + 1 };
      if (use.how === 'assigned') {
        const [variable, ...members] = targetBefore(text, span.open, use.at);
        entry.field = use.field ?? '';
        if (variable === undefined) entry.struct = tagOfInitialiser(text, span.open, use.at);
        else if (members.length === 0) {
          entry.struct = structOf(typeOf(variable));
          entry.variable = variable;
        } else {
          const struct = structOf(typeOf(variable));
          if (struct !== '') entry.within = [struct, ...members];
        }
      } else if (functions.has(use.name)) {
        registers = true;
        continue;
      }
      ops.push(entry);
      continue;
    }
    if (seen.has(use.name)) continue;
    seen.add(use.name);
    callees.push([use.name, lines.lineOf(use.at) - first]);
  }
  return { callees, ops, registers };
}

/** The variable of `variable->field = ` that ends at `at`, and the members between the two; empty for anything else. */
function targetBefore(text: string, from: number, at: number): string[] {
  const before = text.slice(Math.max(from, at - 120), at);
  const chain =
    /(?:^|[^\w.>)\]])([A-Za-z_]\w*(?:\s*\[[^\][]*\])?(?:\s*(?:->|\.)\s*\w+(?:\s*\[[^\][]*\])?)*)\s*(?:->|\.)\s*\w+\s*=\s*&?\s*$/.exec(
      before,
    )?.[1];
  return (
    chain
      ?.replace(/\[[^\][]*\]/g, '')
      .split(/\s*(?:->|\.)\s*/)
      .map((part) => part.trim()) ?? []
  );
}

/** The struct's tag, or the name of a type that may stand for one. */
function structOf(type: string): string {
  return /\bstruct (\w+)/.exec(type)?.[1] ?? /^(\w+_t) \*$/.exec(type)?.[1] ?? '';
}

/** Struct of the local initialiser that `.field = ` at `at` is directly part of; '' when it is none. */
function tagOfInitialiser(text: string, from: number, at: number): string {
  const before = text.slice(Math.max(from, at - 2000), at);
  return /\bstruct\s+(\w+)\s+\w+\s*(?:\[[^\]]*\]\s*)?=\s*\{[^{};]*(?:^|[,{\s])\.\w+\s*=\s*&?\s*$/.exec(before)?.[1] ?? '';
}

/** Types of the locals that a body declares at the beginning of lines, by text alone. */
export function declaredIn(text: string, span: FunctionSpan, variable: string): string {
  if (variable === '') return '';
  const pattern = new RegExp(`^[ \\t]*((?:const\\s+)?struct\\s+\\w+)[^;=()]*?\\b${variable}\\b\\s*(?:[;,=]|\\[)`, 'm');
  return pattern.exec(text.slice(span.open, span.close))?.[1] ?? '';
}

/** A comparison with an error: what a callback was told of, not how its caller wants it. */
const ERRORS = /\b(\w+)\s*(?:[!=]=\s*-\s*E[A-Z]+\b|(?:<|>=)\s*0\b)/g;
const CONDITION = /\b(?:if|switch|while)\s*\(/;

/** A directive of the preprocessor that opens, changes or closes an arm. */
const DIRECTIVE = /^[ \t]*#[ \t]*(if(?:n?def)?|endif)\b(.*)$/gm;
/** Macros that configurations set, and what asks for them. */
const CONFIGURED = /^(?:CONFIG_\w+|IS_(?:ENABLED|BUILTIN|MODULE|REACHABLE)|defined|[01])$/;

/**
 * Names that text[span.open, span.close) calls only in arms of the preprocessor that a macro decides which neither a configuration nor the file
 * itself sets: which arm there is cannot be told.
 */
export function armedIn(text: string, span: FunctionSpan, uses: readonly NameUse[]): string[] {
  const body = text.slice(span.open, span.close);
  if (!/^[ \t]*#[ \t]*if/m.test(body)) return [];
  const spans: [number, number][] = [];
  const open: (number | undefined)[] = [];
  for (const { 0: line, 1: kind, 2: condition, index } of body.matchAll(DIRECTIVE)) {
    if (kind === 'endif') {
      const from = open.pop();
      if (from !== undefined) spans.push([from, span.open + index]);
      continue;
    }
    const names = condition!.match(/\w+/g) ?? [];
    const told = names.every((name) => CONFIGURED.test(name) || new RegExp(`^[ \\t]*#[ \\t]*define[ \\t]+${name}\\b`, 'm').test(text));
    open.push(told ? undefined : span.open + index + line.length);
  }
  if (spans.length === 0) return [];
  const inside = ({ at }: NameUse): boolean => spans.some(([from, to]) => from <= at && at < to);
  const called = uses.filter((use) => use.how === 'call');
  return [...new Set(called.filter(inside).map((use) => use.name))].filter((name) =>
    called.every((use) => use.name !== name || inside(use)),
  );
}

/** What is done at once or handed to a task: `if (direct) return submit(x); queue_submission(x);` (flow/asked.ts, isPutOffElse()). */
const AT_ONCE =
  /\bif\s*\([^;{}]*\)\s*\{?\s*(?:return\s+|\w+\s*=\s*)?(\w+)\s*\(\s*(\w+)[^;{}]*\);\s*(?:return\b[^;{}]*;\s*)?(?:\}\s*)?(?:else\s*\{?\s*)?(?:return\s+|\w+\s*=\s*)?\w*(?:queue|schedule|defer)(?:_\w+)?\s*\([^;{}]*\b\2\b/g;

/** Names whose calls a body makes where it puts off the same otherwise. */
export function putOffIn(body: string): string[] {
  if (!/queue|schedule|defer/.test(body)) return [];
  return [...body.matchAll(AT_ONCE)].map(([, name]) => name!);
}

/** A call that is made where an optional parameter was not given, in its stead: `if (!list) { put(obj);`. Read from an `if` on. */
const STEPS_IN =
  /if\s*\(\s*(?:!\s*(\w+)|(\w+)\s*==\s*NULL)\s*\)\s*\{?\s*(?!(?:return|goto|WARN\w*|BUG\w*|pr_\w+|dev_\w+|\w*(?:err|warn|dbg|log|print)\w*)\b)\w+\s*\(/y;

/** Whether a body makes a call where one of its pointers was not given. */
function stepsIn(body: string, params: readonly Param[]): boolean {
  if (!params.some((p) => p.type.endsWith('*') && p.name !== '')) return false;
  for (let at = body.indexOf('if'); at >= 0; at = body.indexOf('if', at + 2)) {
    if (at > 0 && isWord(body.charCodeAt(at - 1))) continue;
    STEPS_IN.lastIndex = at;
    const found = STEPS_IN.exec(body);
    const name = found?.[1] ?? found?.[2];
    if (name !== undefined && params.some((p) => p.name === name && p.type.endsWith('*'))) return true;
  }
  return false;
}

/**
 * Does a condition in the body ask about a scalar parameter (a flag, a bool, an enum), other than whether it is an error or whether an optional one
 * was given? Then what the function does depends on what the names alone do not show.
 */
export function selectsByParameter(body: string, params: readonly Param[]): boolean {
  if (stepsIn(body, params)) return true;
  const scalars = params.filter((p) => p.name !== '' && p.type !== '' && !/[*(]/.test(p.type)).map((p) => p.name);
  return scalars.length > 0 && statementsWith(body, scalars).some((statement) => asksAbout(statement, scalars));
}

/** Whether a condition of the statement (without its semicolon and braces) asks about one of the names. */
function asksAbout(statement: string, names: readonly string[]): boolean {
  const asks = (condition: string): boolean => {
    const text = condition.replace(ERRORS, '');
    return names.some((name) => occurrences(text, name) > 0);
  };
  const mark = statement.lastIndexOf('?');
  if (mark >= 0 && asks(statement.slice(0, mark))) return true;
  const rest = statement.slice(mark + 1);
  const head = CONDITION.exec(rest);
  return head !== null && asks(rest.slice(head.index + head[0].length));
}

/** Stretches between semicolons and braces in which one of the names stands. Most bodies hold few: to take each body apart costs a tenth of reading a file. */
function statementsWith(body: string, names: readonly string[]): string[] {
  const out: string[] = [];
  for (const name of names) {
    for (let at = body.indexOf(name); at >= 0;) {
      let from = at;
      while (from > 0 && !endsStatement(body.charCodeAt(from - 1))) from--;
      let to = at + name.length;
      while (to < body.length && !endsStatement(body.charCodeAt(to))) to++;
      out.push(body.slice(from, to));
      at = body.indexOf(name, to);
    }
  }
  return out;
}

/** `;`, `{` or `}`. */
const endsStatement = (c: number): boolean => c === 0x3b || c === 0x7b || c === 0x7d;
