import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scanFile, scanFunctions, scanTopLevel } from '../../server/src/syntax/scan.js';

const names = (text: string): string[] => scanFunctions(text).functions.map((f) => f.name);
const bodies = (text: string): string[] => scanFunctions(text).functions.map((f) => text.slice(f.open, f.close));
const pieces = (text: string): string[] => scanTopLevel(text).pieces.map((p) => `${p.kind} ${p.name}`);

test('kernel style: header over several lines, body from column 0 to column 0', () => {
  const text = 'static int\nadd(int a,\n    int b)\n{\n\treturn a + b;\n}\n\nint sub(int a) { return -a; }\n';
  const { functions } = scanFunctions(text);
  assert.deepEqual(
    functions.map((f) => f.name),
    ['add', 'sub'],
  );
  assert.equal(text.slice(functions[0]!.start, functions[0]!.nameAt), 'static int\n');
  assert.equal(text.slice(functions[0]!.open, functions[0]!.close), '{\n\treturn a + b;\n}');
  assert.equal(text.slice(functions[1]!.open, functions[1]!.close), '{ return -a; }');
});

test('the brace of the body on the header line, nested braces, a body without a column-0 end', () => {
  assert.deepEqual(bodies('int f(void) {\n\tif (x) {\n\t\ty();\n\t}\n}\nint g(void)\n{\n\tz();  }\n\nstatic int h(void)\n{\n}\n'), [
    '{\n\tif (x) {\n\t\ty();\n\t}\n}',
    '{\n\tz();  }',
    '{\n}',
  ]);
});

test('a brace in column 0 inside a body does not end it', () => {
  const text = 'void f(void)\n{\n\tif (a) {\n\t\tb();\n}\n\tc();\n}\nvoid g(void)\n{\n}\n';
  assert.deepEqual(names(text), ['f', 'g']);
  assert.equal(bodies(text)[0], '{\n\tif (a) {\n\t\tb();\n}\n\tc();\n}');
});

test('a column-0 brace in a comment or a local table', () => {
  const text = 'void f(void)\n{\n\t/*\n}\n\t*/\n\ta();\n}\nvoid g(void)\n{\nstatic const int t[] = {\n\t1,\n};\n\tb();\n}\n';
  assert.deepEqual(bodies(text), ['{\n\t/*\n}\n\t*/\n\ta();\n}', '{\nstatic const int t[] = {\n\t1,\n};\n\tb();\n}']);
});

test('a table that ends with an indented brace does not take what follows', () => {
  const table = (end: string): string => `static const struct id ids[] = {\n\t{ 1 },\n\t{ }\n${end};\n\n`;
  const after = ['MODULE_TABLE(ids);\n\nstatic struct op op = {\n\t.probe = f,\n};\n', 'struct op op = {\n\t.probe = f,\n};\n'];
  for (const rest of after) assert.deepEqual(pieces(table('\t}') + rest), pieces(table('}') + rest));
  assert.ok(pieces(table('\t}') + after[1]!).includes('initialiser op'));
  // A structure inside of another one ends none.
  assert.deepEqual(pieces('struct a {\n\tstruct {\n\t\tint b;\n\t};\n\tint c;\n};\nint d;\n'), ['struct a', 'variable d']);
});

test('a column-0 brace in a macro that the body defines', () => {
  assert.deepEqual(bodies('void f(void)\n{\n#define P(x) { \\\n\tq(x); \\\n}\n\tP(1);\n}\nvoid g(void)\n{\n}\n'), [
    '{\n#define P(x) { \\\n\tq(x); \\\n}\n\tP(1);\n}',
    '{\n}',
  ]);
});

test('braces in literals and comments do not count', () => {
  assert.deepEqual(bodies("void f(void) { a('}', \"}\", /* } */ '{'); // }\n}\nvoid g(void) { }\n"), [
    "{ a('}', \"}\", /* } */ '{'); // }\n}",
    '{ }',
  ]);
});

test('attributes and annotations are not the name', () => {
  assert.deepEqual(
    names(
      '__printf(1, 2) static __must_check int log_it(const char *f, ...)\n{\n}\n' +
        'static void drop(struct a *a)\n\t__releases(&a->lock)\n\t__acquires(&b)\n{\n}\n' +
        '__attribute__((noinline)) void slow(void)\n{\n}\n',
    ),
    ['log_it', 'drop', 'slow'],
  );
});

test('functions that return function pointers, names in parentheses', () => {
  assert.deepEqual(names('static int (*pick(int kind))(struct x *)\n{\n}\nint (strange)(void)\n{\n}\n'), ['pick', 'strange']);
});

test('definitions by macro: system calls get the name of the call, others their first argument', () => {
  const text =
    'SYSCALL_DEFINE2(openme, int, fd, long, n)\n{\n}\nCOMPAT_SYSCALL_DEFINE1(openme, int, fd)\n{\n}\n' +
    'DEFINE_IDTENTRY(exc_odd)\n{\n}\nBPF_CALL_1(bpf_odd, u64, x)\n{\n}\n';
  const { functions } = scanFunctions(text);
  assert.deepEqual(
    functions.map((f) => [f.name, f.macro]),
    [
      ['sys_openme', 'SYSCALL_DEFINE2'],
      ['compat_sys_openme', 'COMPAT_SYSCALL_DEFINE1'],
      ['exc_odd', 'DEFINE_IDTENTRY'],
      ['bpf_odd', 'BPF_CALL_1'],
    ],
  );
});

test('macros without semicolon before a function do not lend it their name', () => {
  assert.deepEqual(names('MODULE_THING("x")\nstatic int f(void)\n{\n}\nEXPORT_IT(f)\n\nDECLARE_ODD\n\n/* c */\nint g(void)\n{\n}\n'), [
    'f',
    'g',
  ]);
});

test('no function: tables, types, prototypes, statements in macros', () => {
  const text =
    'struct a {\n\tint b;\n};\nstatic struct a c[] =\n{\n\t{ 1 },\n};\nenum d { E, F };\nint g(int);\n#define H(x) do { x(); } while (0)\n' +
    'typedef struct {\n\tint i;\n} j_t;\nextern int k;\nunion l {\n\tint m;\n} __packed;\ndefine_thing(n) {\n\t.o = p,\n};\n';
  assert.deepEqual(names(text), []);
});

test('#if arms: conditions around a function, outermost first, include guards left out', () => {
  const text =
    '#ifndef _A_H\n#define _A_H\n#ifdef CONFIG_A\nint f(void)\n{\n}\n#elif defined(CONFIG_B) || X\nint f(void)\n{\n}\n' +
    '#else\n#if N > 2\nint f(void)\n{\n}\n#endif\n#endif\n#endif\n';
  const { functions } = scanFunctions(text);
  assert.deepEqual(
    functions.map((f) => f.name),
    ['f', 'f', 'f'],
  );
  assert.deepEqual(
    functions.map((f) => f.arms),
    [
      ['defined(CONFIG_A)'],
      ['!defined(CONFIG_A) && (defined(CONFIG_B) || X)'],
      ['!defined(CONFIG_A) && !(defined(CONFIG_B) || X)', 'N > 2'],
    ],
  );
});

test('two headers, one body; one header, two bodies', () => {
  const shared = '#ifdef A\nint f(int a)\n#else\nint f(long a)\n#endif\n{\n\tx();\n}\nint g(void)\n{\n}\n';
  assert.deepEqual(names(shared), ['f', 'g']);
  const split = 'static bool f(int a)\n#ifdef A\n{\n\tx();\n}\n#else\n{\n\ty();\n}\n#endif\nint g(void)\n{\n}\n';
  assert.deepEqual(names(split), ['f', 'f', 'g']);
  assert.deepEqual(bodies(split).slice(0, 2), ['{\n\tx();\n}', '{\n\ty();\n}']);
});

test('arms with different numbers of braces', () => {
  const text =
    'void f(void)\n{\n#ifdef A\n\tif (x) {\n#else\n\tif (y) {\n#endif\n\t\tz();\n\t}\n#ifdef B\n}\n#else\n\tlast();\n}\n#endif\nvoid g(void)\n{\n}\n';
  assert.deepEqual(names(text), ['f', 'g']);
});

test('what #if 0 hides is not code', () => {
  assert.deepEqual(names('#if 0\nint dead(void)\n{\n#ifdef X\n#endif\n}\n#else\nint live(void)\n{\n}\n#endif\nint more(void)\n{\n}\n'), [
    'live',
    'more',
  ]);
});

test('a declaration that only some arms end', () => {
  assert.deepEqual(names('static enum { A, B } mode =\n#ifdef X\n\tA;\n#else\n#error none\n#endif\n\nstatic int f(void)\n{\n}\n'), ['f']);
});

test('a type defined in the header of a function', () => {
  assert.deepEqual(names('static enum verdict {\n\tGOOD,\n} judge(int a)\n{\n\treturn GOOD;\n}\nint g(void)\n{\n}\n'), ['judge', 'g']);
});

test('kernel-doc above, and only directly above', () => {
  const text =
    '/**\n * f() - x\n * Context: any\n */\nint f(void)\n{\n}\n/** old */\nint x;\nint g(void)\n{\n}\n/* plain */\nint h(void)\n{\n}\n';
  const docs = scanFunctions(text).functions.map((f) => f.doc);
  assert.match(docs[0]!, /Context: any/);
  assert.deepEqual(docs.slice(1), ['', '']);
});

test('a file that ends inside a function', () => {
  const text = 'int f(void)\n{\n\tif (x) {\n\t\ty();\n';
  const { functions } = scanFunctions(text);
  assert.equal(functions[0]!.close, text.length);
});

test('file scope: kinds, names and spans', () => {
  const text =
    '#define ONE 1\n#define TWO(a, b) \\\n\t((a) + (b))\nstruct s {\n\tspinlock_t lock;\n};\nenum e {\n\tE1 = 3,\n};\n' +
    'static const struct s_ops ops = {\n\t.open = s_open,\n};\nstatic DEFINE_MUTEX(m);\nDEFINE_SPINLOCK(l);\nstatic spinlock_t k;\n' +
    'void *get(gfp_t gfp);\nint boring(int);\nextern int take(void) __acquires(&l);\ntypedef struct s s_t;\nstatic struct s one, *two = &one;\n';
  const found = scanTopLevel(text).pieces;
  assert.deepEqual(
    found.map((p) => `${p.kind} ${p.name}`),
    [
      'define ONE',
      'define TWO',
      'struct s',
      'enum e',
      'initialiser ops',
      'invocation DEFINE_MUTEX',
      'invocation DEFINE_SPINLOCK',
      'variable k',
      'prototype get',
      'prototype take',
      'typedef s_t',
      'variable two',
    ],
  );
  const by = (name: string) => found.find((p) => p.name === name)!;
  assert.equal(text.slice(by('TWO').open, by('TWO').close), ' \\\n\t((a) + (b))');
  assert.equal(text.slice(by('TWO').params, by('TWO').open), '(a, b)');
  assert.equal(by('ONE').params, -1);
  assert.equal(by('ops').tag, 's_ops');
  assert.equal(text.slice(by('ops').open, by('ops').close), '{\n\t.open = s_open,\n}');
  assert.equal(text.slice(by('DEFINE_MUTEX').open, by('DEFINE_MUTEX').close), '(m)');
  assert.equal(text.slice(by('e').open, by('e').close), '{\n\tE1 = 3,\n}');
});

test('a #define inside a conditional carries its arms', () => {
  const piece = scanTopLevel('#ifdef CONFIG_X\n#define A 1\n#endif\n').pieces[0]!;
  assert.deepEqual([piece.name, piece.arms], ['A', ['defined(CONFIG_X)']]);
});

test('one pass gives what two give', () => {
  const text = 'static DEFINE_MUTEX(m);\nint f(void)\n{\n}\n#define X 2\n';
  const both = scanFile(text);
  assert.deepEqual(both.functions, scanFunctions(text).functions);
  assert.deepEqual(both.pieces, scanTopLevel(text).pieces);
  assert.deepEqual(pieces(text), ['invocation DEFINE_MUTEX', 'define X']);
});
