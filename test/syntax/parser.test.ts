import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { KIND, TOKEN, FIELD, isNamedKind, kindName } from '../../server/src/syntax/kinds.js';
import type { Ast } from '../../server/src/syntax/model.js';
import { normaliseFunction } from '../../server/src/syntax/normalise.js';
import { createParser } from '../../server/src/syntax/parser.js';
import { scanFunctions } from '../../server/src/syntax/scan.js';
import { describe, fixtures } from './help.js';

const require = createRequire(import.meta.url);
const ARRAYS = ['kind', 'start', 'end', 'parent', 'firstChild', 'nextSibling', 'field', 'flags'] as const;

/** A copy: the parser reuses its arrays. */
function copy(ast: Ast): Record<(typeof ARRAYS)[number], number[]> & { count: number; damaged: boolean } {
  const arrays = Object.fromEntries(ARRAYS.map((name) => [name, Array.from(ast[name].subarray(0, ast.count))]));
  return { ...(arrays as Record<(typeof ARRAYS)[number], number[]>), count: ast.count, damaged: ast.damaged(0) };
}

const ODD = [
  '',
  ' ',
  '\n',
  '// only a comment',
  'int',
  'int f(',
  '}}}}',
  '((((',
  'int f(void) { return "abc',
  '/* open',
  '\u0000\u0001',
  'int \u00e9\u6f22\ud83d\ude00 = 1;',
  'void f(void) { if (a { b(); } c(; } int g(void) { return }',
  '#if\n#endif\n#elif\n',
  'int a[] = { [1 ... 2] = 3, .b = 4, c: 5 };',
  '\ufeffint x;',
  `void f(void) { ${'a(b, c); '.repeat(5000)} }`,
  `int f(void) { return ${'('.repeat(3000)}1${')'.repeat(3000)}; }`,
  `void f(void) { ${'if (a) b(); else '.repeat(2000)} c(); }`,
];

test('both engines give the same arrays', async () => {
  const native = await createParser('native');
  const wasm = await createParser('wasm');
  // Where the optional engine has no binary for this machine the wasm one stands in and says why.
  if (native.engine === 'wasm') assert.notEqual(native.fallback ?? '', '');
  assert.equal(wasm.engine, 'wasm');
  assert.equal(wasm.direct, true, 'the tree is read from memory');
  const texts = [...ODD];
  for (const { text } of fixtures()) {
    texts.push(text, text.slice(0, text.length / 2));
    for (const span of scanFunctions(text).functions) texts.push(normaliseFunction(text, span).text);
  }
  for (const text of texts) assert.deepEqual(copy(wasm.parse(text)), copy(native.parse(text)), JSON.stringify(text.slice(0, 60)));
  native.dispose();
  wasm.dispose();
});

test('the tables of ids are the grammar', async () => {
  const { Language } = await import('web-tree-sitter');
  await createParser('wasm');
  const language = await Language.load(require.resolve('tree-sitter-c/tree-sitter-c.wasm'));
  for (const [name, id] of [...Object.entries(KIND), ...Object.entries(TOKEN)]) {
    if (name === 'ERROR') continue;
    assert.equal(language.nodeTypeForId(id), name);
    assert.equal(language.nodeTypeIsNamed(id), isNamedKind(id), name);
  }
  for (const [name, id] of Object.entries(FIELD)) assert.equal(language.fieldNameForId(id), name);
  const known = new Set([...Object.keys(KIND), ...Object.keys(TOKEN)]);
  for (let id = 0; id < language.nodeTypeCount; id++) {
    const name = language.nodeTypeForId(id);
    if (name !== null && language.nodeTypeIsVisible(id)) assert.ok(known.has(name), name);
  }
});

test('links, fields, flags and offsets hang together', async () => {
  const parser = await createParser();
  for (const { text } of fixtures()) {
    const ast = parser.parse(text, 100);
    assert.equal(ast.base, 100);
    assert.equal(ast.text, text);
    assert.equal(kindName(ast.kind[0]!), 'translation_unit');
    for (let i = 1; i < ast.count; i++) {
      const parent = ast.parent[i]!;
      assert.ok(parent >= 0 && parent < i);
      assert.ok(ast.start[i]! >= ast.start[parent]! && ast.end[i]! <= ast.end[parent]!);
      let sibling = ast.firstChild[parent]!;
      while (sibling !== i && sibling >= 0) sibling = ast.nextSibling[sibling]!;
      assert.equal(sibling, i);
      assert.notEqual(ast.kindName(ast.kind[i]!), '');
    }
  }
  const ast = parser.parse('int f(int a) { return a; }');
  const body = [...Array(ast.count).keys()].find((i) => ast.kind[i] === KIND.compound_statement)!;
  assert.equal(ast.field[body], FIELD.body);
  parser.dispose();
});

test('damaged() looks at and below a node only', async () => {
  const parser = await createParser();
  const ast = parser.parse('int good(void) { return 1; }\nint bad(void) { return (1; }\nint fine(void) { return 2; }\n');
  const functions = [...Array(ast.count).keys()].filter((i) => ast.kind[i] === KIND.function_definition);
  assert.deepEqual(
    functions.map((i) => ast.damaged(i)),
    [false, true, false],
    describe(ast),
  );
  assert.equal(ast.damaged(0), true);
  parser.dispose();
});

test('an Ast is good until the next parse, which reuses its arrays', async () => {
  const parser = await createParser();
  const first = parser.parse('int a;');
  const kind = first.kind;
  const second = parser.parse('int a, b;');
  assert.equal(second.kind, kind);
  assert.ok(second.count > 5);
  parser.dispose();
});

test('wasm files may be given as bytes or as paths', async () => {
  const grammar = readFileSync(require.resolve('tree-sitter-c/tree-sitter-c.wasm'));
  const parser = await createParser('wasm', { grammar });
  assert.equal(parser.parse('int x;').damaged(0), false);
  parser.dispose();
});

test("many parses do not grow the engine's memory", async () => {
  const parser = await createParser('wasm');
  const text = fixtures()[0]!.text.repeat(4);
  for (let i = 0; i < 20; i++) parser.parse(text);
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 150; i++) parser.parse(text);
  assert.ok(process.memoryUsage().rss - before < 60e6);
  parser.dispose();
});
