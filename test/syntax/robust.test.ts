import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { calleesOf, surveyFunction } from '../../server/src/syntax/callees.js';
import { decodeSource } from '../../server/src/syntax/decode.js';
import { normalise, normaliseFunction } from '../../server/src/syntax/normalise.js';
import { scanFile } from '../../server/src/syntax/scan.js';
import { assertSameShape, fixtures, parser } from './help.js';

async function everything(text: string): Promise<{ functions: number; damaged: number }> {
  const { functions } = scanFile(text);
  let damaged = 0;
  for (const span of functions) {
    assert.ok(span.start >= 0 && span.start <= span.open && span.open < span.close && span.close <= text.length);
    const source = normaliseFunction(text, span);
    assertSameShape(text.slice(span.start, span.close), source.text);
    calleesOf(text, span.open, span.close);
    surveyFunction(text, span.open, span.close);
    if ((await parser()).parse(source.text, source.base).damaged(0)) damaged++;
  }
  return { functions: functions.length, damaged };
}

test('CRLF, tabs and trailing blanks change nothing', async () => {
  for (const { text } of fixtures()) {
    const plain = await everything(text);
    assert.equal(plain.damaged, 0);
    assert.deepEqual(await everything(text.replace(/\n/g, '\r\n')), plain);
    assert.deepEqual(await everything(text.replace(/\n/g, ' \t\n')), plain);
    assert.deepEqual(await everything(text.replace(/\t/g, '    ')), plain);
  }
});

test('CRLF keeps names, conditions and kinds of pieces', () => {
  const { text } = fixtures()[0]!;
  const a = scanFile(text);
  const b = scanFile(text.replace(/\n/g, '\r\n'));
  assert.deepEqual(
    b.functions.map((f) => [f.name, f.arms]),
    a.functions.map((f) => [f.name, f.arms]),
  );
  assert.deepEqual(
    b.pieces.map((p) => [p.kind, p.name, p.tag]),
    a.pieces.map((p) => [p.kind, p.name, p.tag]),
  );
});

test('bytes: UTF-8, a byte order mark, Latin-1, broken sequences', () => {
  const decode = (...bytes: number[]): string => decodeSource(Uint8Array.from(bytes));
  assert.equal(decode(0x61, 0xc3, 0xa9, 0x62), 'a\u00e9b');
  assert.equal(decode(0xef, 0xbb, 0xbf, 0x61), 'a');
  assert.equal(decode(0x61, 0xe9, 0x62), 'a\u00e9b');
  assert.equal(decode(0xef, 0xbb, 0xbf, 0x61, 0xff), 'a\u00ff');
  assert.equal(decode(0xe2, 0x82), '\u00e2\u0082', 'each byte of a cut sequence counts one');
  assert.equal(decode(0xe2, 0x82, 0xac, 0xc0, 0x80, 0xf0, 0x9f, 0x98, 0x80), '\u20ac\u00c0\u0080\ud83d\ude00');
  assert.equal(decode(0xed, 0xa0, 0x80).length, 3, 'a surrogate is no character');
  assert.equal(decode(), '');
});

test('decoding gives what a strict decoder gives, and one unit for every stray byte', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string().map((s) => [...new TextEncoder().encode(s)]),
          fc.integer({ min: 0x80, max: 0xff }).map((b) => [b]),
        ),
      ),
      (parts) => {
        const bytes = Uint8Array.from(parts.flat());
        let expected: string | undefined;
        try {
          expected = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
        } catch {
          assert.ok(decodeSource(bytes).length <= bytes.length);
          return;
        }
        assert.equal(decodeSource(bytes), expected);
      },
    ),
  );
});

test('files cut anywhere, with arms that do not balance', async () => {
  for (const { text } of fixtures()) for (let at = 0; at <= text.length; at += 37) await everything(text.slice(0, at));
  for (const text of [
    '#if A\n',
    '#else\n#endif\n#endif\nint f(void)\n{\n}\n',
    'int f(void)\n{\n#if A\n#if B\n}\n',
    '#ifdef A\nint f(void)\n{\n#else\n#ifdef B\n{\n}\n',
    '#if 0\nint f(void)\n{\n',
    'int f(void)\n{\n#else\n\tx();\n#elif Y\n}\n#endif\n',
  ]) {
    await everything(text);
    assertSameShape(text, normalise(text).text);
  }
});

test('any text at all', async () => {
  const token = fc.constantFrom(
    '{',
    '}',
    '(',
    ')',
    ';',
    ',',
    '\n',
    '\n{\n',
    '\n}\n',
    '\n#if A\n',
    '\n#else\n',
    '\n#endif\n',
    '\n#if 0\n',
    '"',
    "'",
    '/*',
    '*/',
    '//',
    '\\\n',
    ' ',
    '\t',
    'int f(void)',
    'struct a',
    'for_each_x(a)',
    'if (a)',
    'else',
    'do',
    'while',
    'case 1 ... 2:',
    'typeof(',
    'asm(',
    '__init',
    '__acquires(x)',
    '__free(',
    'static',
    'SYSCALL_DEFINE1(',
    'return',
    'goto',
    '&&',
    '*',
    '=',
    'X',
    '0x',
    '.',
    '[',
    ']',
    '#',
    'scoped_guard(a, b)',
    'offsetof(',
    'u32',
    ':',
    '?',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(token, { maxLength: 120 }), async (parts) => {
      const text = parts.join(parts.length % 2 === 0 ? ' ' : '');
      assertSameShape(text, normalise(text).text);
      await everything(`int f(void)\n{\n${text}\n}\n`);
    }),
    { numRuns: 400 },
  );
});

/** Doubling the input must not much more than double the work: counted in steps of the clock over inputs large enough to tell. */
test('large inputs: five megabytes of code, of braces, of conditionals, of one line', async () => {
  const { text } = fixtures()[0]!;
  const big = text.repeat(Math.ceil(5e6 / text.length));
  assert.equal(scanFile(big).functions.length, scanFile(text).functions.length * Math.ceil(5e6 / text.length));
  const n = 400_000;
  for (const odd of [
    '{'.repeat(n),
    '}'.repeat(n),
    '('.repeat(n),
    '#if A\n'.repeat(n / 4),
    '#if 0\n'.repeat(n / 4),
    '\n{\n'.repeat(n / 4),
    '\n}\n'.repeat(n / 4),
    'a '.repeat(n),
    'f(void)\n{\n'.repeat(n / 8),
    '/*'.repeat(n),
    '"'.repeat(n),
    "'\n".repeat(n / 2),
    '\\\n'.repeat(n / 2),
    `int f(void)\n{\n${'#ifdef A\n\tx();\n#else\n'.repeat(n / 20)}`,
    `int f(void)\n{\n${'\tif (a) {\n'.repeat(n / 20)}`,
    `int f(void)\n{\n${'M(a)\n'.repeat(n / 5)}}\n`,
    `int f(void)\n{\n${'#if A\n}\n'.repeat(n / 8)}`,
    `int f(void) { x(${'a, '.repeat(n / 3)}b); }`,
    `int f(void) { x(${'struct a, '.repeat(n / 10)}b); }`,
    `int f(void) {${' if (a)'.repeat(n / 8)} ; }`,
    `int f(void)\n{\n${'x(return '.repeat(n / 10)}\n}\n`,
    `int f(void)\n{\n${'\tx(a, if (b) '.repeat(n / 40)}\n}\n`,
  ])
    assertSameShape(odd, normalise(odd).text);
});

test('an empty file, a file of blanks, a NUL', async () => {
  for (const text of ['', '\n', '   ', '\u0000', '/', '#', '\\', '"', '{', '}']) assert.equal((await everything(text)).functions, 0);
});

test('a parenthesis inside a literal before a function, as while somebody types, is passed by', async () => {
  const text =
    '"otter_dive(urn 0;"P_KERNELinclude <otter.h>\n\nvoid *otter_get(struct otter *o, gfp_t gfp)\n{\n\treturn kmalloc(8, gfp);\n}\n';
  assert.equal((await everything(text)).functions, 1);
});
