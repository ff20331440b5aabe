import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Ast, FunctionSpan, KernelParser, Normalised } from '../../server/src/syntax/model.js';
import { normaliseFunction } from '../../server/src/syntax/normalise.js';
import { createParser } from '../../server/src/syntax/parser.js';
import { scanFunctions } from '../../server/src/syntax/scan.js';

const folder = fileURLToPath(new URL('./fixtures/', import.meta.url)).replace('/out/test/', '/test/');

/** The bundled fixtures: name and bytes as text. */
export function fixtures(): { name: string; text: string }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.c'))
    .map((name) => ({ name, text: readFileSync(folder + name, 'latin1') }));
}

let shared: Promise<KernelParser> | undefined;
export function parser(): Promise<KernelParser> {
  shared ??= createParser();
  return shared;
}

/** The only function of a text, normalised. */
export function only(text: string): { span: FunctionSpan; source: Normalised } {
  const { functions } = scanFunctions(text);
  assert.equal(functions.length, 1, `one function expected in ${text}`);
  const span = functions[0]!;
  const source = normaliseFunction(text, span);
  assertSameShape(text.slice(span.start, span.close), source.text);
  return { span, source };
}

/** Same length, same lines. */
export function assertSameShape(before: string, after: string): void {
  assert.equal(after.length, before.length);
  for (let i = 0; i < before.length; i++) {
    if (before.charCodeAt(i) === 10) assert.equal(after.charCodeAt(i), 10, `newline at ${i}`);
    else assert.notEqual(after.charCodeAt(i), 10, `new newline at ${i}`);
  }
}

/** Wraps statements in a function and says how its tree reads: node types of the statements at the top of the body. */
export async function statements(body: string): Promise<{ kinds: string[]; ast: Ast; source: Normalised }> {
  const { source } = only(`static void f(void)\n{\n${body}\n}\n`);
  const ast = (await parser()).parse(source.text, source.base);
  assert.equal(ast.damaged(0), false, `clean tree expected for\n${source.text}\n${describe(ast)}`);
  let block = -1;
  for (let i = 0; i < ast.count && block < 0; i++) if (ast.kindName(ast.kind[i]!) === 'compound_statement') block = i;
  const kinds: string[] = [];
  for (let i = ast.firstChild[block]!; i >= 0; i = ast.nextSibling[i]!)
    if ((ast.flags[i]! & 1) !== 0) kinds.push(ast.kindName(ast.kind[i]!));
  return { kinds, ast, source };
}

/** A tree as text, named nodes only. */
export function describe(ast: Ast): string {
  const depth = new Int32Array(ast.count);
  const lines: string[] = [];
  for (let i = 0; i < ast.count; i++) {
    depth[i] = i === 0 ? 0 : depth[ast.parent[i]!]! + 1;
    const broken = ast.flags[i]! & 6;
    if ((ast.flags[i]! & 1) === 0 && broken === 0) continue;
    const field = ast.field[i]! === 0 ? '' : `${ast.fieldName(ast.field[i]!)}: `;
    lines.push(
      `${'  '.repeat(depth[i]!)}${field}${broken ? 'BROKEN ' : ''}${ast.kindName(ast.kind[i]!)} ${JSON.stringify(ast.text.slice(ast.start[i]!, ast.end[i]!).slice(0, 40))}`,
    );
  }
  return lines.join('\n');
}

/** Texts of all nodes of a type. */
export function textsOf(ast: Ast, kind: string): string[] {
  const found: string[] = [];
  for (let i = 0; i < ast.count; i++) if (ast.kindName(ast.kind[i]!) === kind) found.push(ast.text.slice(ast.start[i]!, ast.end[i]!));
  return found;
}
