import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calleesOf } from '../../server/src/syntax/callees.js';
import { normalise, normaliseFunction } from '../../server/src/syntax/normalise.js';
import { scanFunctions } from '../../server/src/syntax/scan.js';
import { assertSameShape, describe, fixtures, only, parser, statements, textsOf } from './help.js';

test('iterator macros are loops with their arguments in the tree and their name beside it', async () => {
  const { kinds, ast, source } = await statements(
    '\tlist_for_each_entry(pos, &head->list, member) {\n\t\tuse(pos);\n\t}\n\tfor_each_cpu(c, m)\n\t\t(void)use(c);',
  );
  assert.deepEqual(kinds, ['while_statement', 'while_statement']);
  assert.deepEqual(
    source.rewrites.map((r) => [r.kind, r.name, source.text.slice(r.argsFrom, r.argsTo)]),
    [
      ['iterator', 'list_for_each_entry', 'pos, &head->list, member'],
      ['iterator', 'for_each_cpu', 'c, m'],
    ],
  );
  const loops = [...Array(ast.count).keys()].filter((i) => ast.kindName(ast.kind[i]!) === 'while_statement').map((i) => ast.start[i]);
  assert.deepEqual(
    loops,
    source.rewrites.map((r) => r.at),
  );
  assert.deepEqual(textsOf(ast, 'call_expression'), ['use(pos)', 'use(c)']);
});

test('a call whose name says for_each stays a call', async () => {
  const { kinds, source } = await statements('\tbus_for_each_dev(&bus, NULL, &x, fn);\n\terr = xa_for_each_marked(a, b);');
  assert.deepEqual(kinds, ['expression_statement', 'expression_statement']);
  assert.deepEqual(source.rewrites, []);
});

test('iterators nest, stand under if and else, and may have no argument', async () => {
  const { kinds } = await statements(
    '\tif (a)\n\t\thlist_for_each_entry(p, h, n)\n\t\t\tif (b) {\n\t\t\t\tc();\n\t\t\t} else\n\t\t\t\td();\n\telse\n\t\tfor_each_online_node(n) { e(); }\n\tfor_each_thing() {\n\t\tf();\n\t}',
  );
  assert.deepEqual(kinds, ['if_statement', 'while_statement']);
});

test('do { } with an iterating macro for its condition', async () => {
  const { kinds, source } = await statements('\tdo {\n\t\tx();\n\t} while_each_thread(g, t);\n\ty();');
  assert.deepEqual(kinds, ['do_statement', 'expression_statement']);
  assert.deepEqual(
    source.rewrites.map((r) => r.name),
    ['while_each_thread'],
  );
});

test('guards: scoped ones are blocks, guard() and CLASS() stay calls, __free leaves a mark', async () => {
  const { kinds, source, ast } = await statements(
    '\tscoped_guard(mutex, &m) {\n\t\tx();\n\t}\n\tscoped_cond_guard(mutex_intr, return -EINTR, &m)\n\t\ty();\n\tguard(spinlock)(&l);\n\tCLASS(fd, f)(n);\n\tchar *p __free(kfree) = NULL;',
  );
  assert.deepEqual(kinds, ['while_statement', 'while_statement', 'expression_statement', 'expression_statement', 'declaration']);
  assert.deepEqual(
    source.rewrites.map((r) => [r.kind, r.name]),
    [
      ['block', 'scoped_guard'],
      ['block', 'scoped_cond_guard'],
      ['jump', 'return'],
    ],
  );
  assert.deepEqual(
    source.marks.map((m) => [m.name, m.args]),
    [['__free', 'kfree']],
  );
  assert.ok(textsOf(ast, 'call_expression').includes('guard(spinlock)(&l)'));
});

test('types among macro arguments', async () => {
  const { ast } = await statements(
    '\ta = container_of(p, struct foo, m);\n\tb = kmalloc_obj(struct foo, GFP_KERNEL);\n\tc = va_arg(ap, unsigned long);\n\td = va_arg(ap, struct foo *);\n\te = va_arg(ap, u32 *);\n\tf = min_t(int, a, b);\n\tg = list_entry(p, const struct foo, m);\n\th = rcu_dereference_raw((struct foo __rcu *)x);\n\ti = offsetof(struct foo, a.b[2]);\n\tj = __alignof__(*p);\n\tk = container_of(p, typeof(*q), m);',
  );
  const calls = textsOf(ast, 'call_expression').map((text) => text.replace(/\s+/g, ' '));
  assert.deepEqual(calls, [
    'container_of(p, foo, m)',
    'kmalloc_obj( foo, GFP_KERNEL)',
    'va_arg(ap, Unsigned_long)',
    'va_arg(ap, foo )',
    'va_arg(ap, u32 )',
    'min_t(Int, a, b)',
    'list_entry(p, foo, m)',
    'rcu_dereference_raw((struct foo *)x)',
    'container_of(p, typeof , m)',
  ]);
});

test('casts, sizeof and compound literals keep their types', async () => {
  const { source } = await statements(
    '\ta = (struct foo *)b;\n\tc = sizeof(struct foo);\n\td = f(&(struct foo){ .x = 1 }, sizeof(int *), (unsigned long)e);\n\tint (*cb)(struct foo *, int) = NULL;',
  );
  assert.match(source.text, /\(struct foo \*\)b/);
  assert.match(source.text, /f\(&\(struct foo\)\{ \.x = 1 \}, sizeof\(int \*\), \(unsigned long\)e\)/);
  assert.match(source.text, /\(\*cb\)\(struct foo \*, int\)/);
});

test('typeof is a type wherever it stands', async () => {
  const { kinds } = await statements(
    '\ttypeof(*p) *q = p;\n\t__typeof__(a->b) c;\n\td = (typeof(*p))(e);\n\t__auto_type f = g;\n\tconst auto h = i;\n\tauto j = k();',
  );
  assert.deepEqual(kinds, ['declaration', 'declaration', 'expression_statement', 'declaration', 'declaration', 'declaration']);
});

test('macros without a semicolon: the call stays where there is room for one', async () => {
  const { kinds, source, ast } = await statements(
    '\tSTEP_ONE(a) \n\tSTEP_TWO(b)\n\tc();\n\tALONE\n\tif (d)\n\t\te();\n\tN(x) N(y) N(z)\n\tunrolled\n\tfor (;;)\n\t\tbreak;',
  );
  assert.equal(kinds.at(-1), 'for_statement');
  assert.deepEqual(textsOf(ast, 'call_expression'), ['STEP_ONE(a)', 'c()', 'e()', 'N(x)', 'N(y)']);

  assert.deepEqual(
    source.rewrites.map((r) => [r.kind, r.name]),
    [
      ['statement', 'STEP_TWO'],
      ['statement', 'ALONE'],
      ['statement', 'N'],
      ['statement', 'unrolled'],
    ],
  );
});

test('inline assembly becomes an empty statement with its text beside it', async () => {
  const { kinds, source } = await statements(
    '\tasm volatile("1: nop" FOO(a) : "=r" (x) : "0" (f(y)) : "memory");\n\tasm_volatile_goto("jmp %l0" : : : : out);\nout:\n\tz();',
  );
  assert.deepEqual(kinds, ['expression_statement', 'expression_statement', 'labeled_statement']);
  assert.deepEqual(
    source.rewrites.map((r) => r.kind),
    ['asm', 'asm'],
  );
  assert.match(only(`void f(void)\n{\n\tasm("x" : : : "y");\n}\n`).source.rewrites[0]!.name, /asm/);
});

test('arms that are whole statements stay in the tree', async () => {
  const { kinds } = await statements(
    '\ta();\n#ifdef CONFIG_A\n\tb();\n\tif (c) {\n\t\td();\n\t}\n#elif X\n\te();\n#else\n#endif\n\tf();\n#if IS_ENABLED(CONFIG_B) && N > 2 /* c */\n\tint g;\n#endif',
  );
  assert.deepEqual(kinds, ['expression_statement', 'preproc_ifdef', 'expression_statement', 'preproc_if']);
});

test('arms that are not: one is kept, the other is told', async () => {
  const open = await statements('#ifdef A\n\tif (x) {\n#else\n\tif (y(1)) {\n#endif\n\t\tz();\n\t}');
  assert.deepEqual(open.kinds, ['if_statement']);
  assert.deepEqual(textsOf(open.ast, 'parenthesized_expression'), ['(x)']);
  assert.deepEqual(
    open.source.rewrites.map((r) => [r.kind, r.name, open.source.text.slice(r.at, r.end).trim()]),
    [['arm', 'A', '']],
  );
  const cond = await statements(
    '\tif (a\n#ifdef A\n\t    && b\n#endif\n\t    )\n\t\tc();\n\tif (d)\n\t\te();\n#ifdef A\n\telse if (f)\n\t\tg();\n#endif\n\telse\n\t\th();',
  );
  assert.deepEqual(cond.kinds, ['if_statement', 'if_statement']);
  assert.deepEqual(textsOf(cond.ast, 'call_expression'), ['c()', 'e()', 'g()', 'h()']);
  const list = await statements(
    '\tstruct foo a = {\n#ifdef A\n\t\t.b = c,\n#else\n\t\t.d = e,\n#endif\n\t};\n\tf(g,\n#ifdef A\n\t  h,\n#endif\n\t  i);',
  );
  assert.deepEqual(list.kinds, ['declaration', 'expression_statement']);
  assert.deepEqual(
    textsOf(list.ast, 'argument_list').map((t) => t.replace(/\s+/g, '')),
    ['(g,h,i)'],
  );
});

test('a condition that the grammar cannot read', async () => {
  const { ast } = await statements(
    '#if defined(A) ? (B == A) : defined(C)\n\ta();\n#else\n\tb();\n#endif\n#if __has_include(<x.h>)\n\tc();\n#endif',
  );
  assert.deepEqual(textsOf(ast, 'call_expression'), ['a()', 'c()']);
});

test('#if 0 inside a function is blanked, its #else kept, prose in it does no harm', async () => {
  const { ast } = await statements("#if 0\n\tdon't( {\n#else\n\ta();\n#endif\n#if 0\n\tb();\n#endif\n\tc();");
  assert.deepEqual(textsOf(ast, 'call_expression'), ['a()', 'c()']);
});

test('a label before a conditional, a conditional between case labels', async () => {
  await statements('again:\n#ifdef A\n\ta();\n#endif\n\tgoto again;');
  await statements(
    '\tswitch (a) {\n#ifdef A\n\tcase 1:\n\t\tb();\n\t\tbreak;\n#endif\n\tcase 2:\n#ifdef B\n\t\tc();\n#endif\n\t\td();\n\tdefault:\n\t\tbreak;\n\t}',
  );
});

test('other directives inside a body go', async () => {
  const { ast } = await statements('#define X(a) \\\n\tdo { a(); } while (0)\n\tX(b);\n#undef X\n#pragma pack(1)');
  assert.deepEqual(textsOf(ast, 'call_expression'), ['X(b)']);
});

test('GNU C', async () => {
  const { source } = await statements(
    '\tswitch (a) {\n\tcase 1 ... 3:\n\t\tbreak;\n\tcase A ... B: {\n\t\tx();\n\t}\n\t}\n\tb = c ?: d;\n\te = ({ int f = 1; g(f); });\n\tstatic void *t[] = { &&one, &&two };\n\tgoto *t[h];\none:\ntwo:\n\ti();\n\tint j[] = { [0 ... 3] = 1, [5] = 2 };\n\tstruct k l = { m: 1, n: 2 };',
  );
  assert.deepEqual(
    source.rewrites.map((r) => r.kind),
    ['range', 'range', 'jump'],
  );
});

test('odd macro arguments: operators, nothing, statements, jumps, halves of names', async () => {
  const { ast, source } = await statements(
    '\tASSERTCMP(a, ==, b);\n\tEMPTY(, c);\n\tLAST(d, /* nothing */);\n\tCHECK(e, dump(f););\n\tPP_CHECK((g == 0), "bad", return -1);\n\tWLAN(4WAY_HANDSHAKE);\n\tD1(if (h)\n\t\ti(); else j(););\n\tpoll(k, 2000,\n\t\tif (done(k))\n\t\t\tbreak;\n\t);',
  );
  assert.deepEqual(
    textsOf(ast, 'call_expression').filter((t) => /^\w+\(\w?\)$/.test(t)),
    ['dump(f)', 'i()', 'j()', 'done(k)'],
  );
  assert.deepEqual(
    source.rewrites.map((r) => [r.kind, r.name]),
    [
      ['jump', 'return'],
      ['block', 'D1'],
    ],
  );
});

test('designated initialisers and braced lists among macro arguments', async () => {
  const { ast } = await statements(
    '\tx = CONFIG(.event = 1, .umask = f(2));\n\tJ(a, { .b = true, .c = { 1, 2, } });\n\tOPTS(d, e,\n\t\t.g = 1,\n\t);\n\tk(({ int l = 1; l; }), { m(); });',
  );
  assert.deepEqual(
    textsOf(ast, 'call_expression').filter((t) => /^\w\(\d?\)$/.test(t)),
    ['f(2)', 'm()'],
  );
});

test('more words in a declaration than C has a use for', async () => {
  const { kinds, source } = await statements(
    '\tint __outvar a;\n\tstruct b c __uninit;\n\tunsigned long d, e __odd = 1;\n\tstruct g __near *h;\n\tu32 i;\n\tconst struct j *k;\n\tstatic const char l[] = "m";\n\tSTATUS n;\n\tlong long o;\n\tchar p[2] __TAIL__;\n\tunsigned char FAR *q;\n\tPAD(32) u32 r[8];',
  );
  assert.deepEqual(kinds, Array(12).fill('declaration'));
  assert.deepEqual(
    source.marks.map((m) => m.name),
    ['__outvar', '__uninit', '__odd', '__near', '__TAIL__', 'FAR', 'PAD'],
  );
});

test('strings made of macros', async () => {
  await statements('\tprintk(KERN_ERR PFX "a\\n");\n\tpr_info("b" __stringify(C) "d" PRIx "%s\\n", __func__);\n\te("f" G, h);');
});

test('attributes in odd places', async () => {
  const { kinds, source } = await statements(
    '\tint __maybe_unused a, b __attribute__((aligned(8))) = 1;\n\tstruct c d __aligned(4), *e __cleanup(put);\n\tvoid __user *f = (void __user __force *)g;\n\tstatic __read_mostly int h;\n\t__attribute__((__fallthrough__));\n\tx->__used = 1;\n\tu32 __iomem *i;',
  );
  assert.deepEqual(kinds, [
    'declaration',
    'declaration',
    'declaration',
    'declaration',
    'expression_statement',
    'expression_statement',
    'declaration',
  ]);
  assert.ok(source.marks.some((m) => m.name === '__cleanup' && m.args === 'put'));
  assert.match(source.text, /x->__used = 1/);
});

test('header: annotations become marks, unknown attributes go, the name stays where it was', async () => {
  const text =
    'static notrace FANCY_ATTR int __odd_attr\ngrab(struct a *a, gfp_t gfp __maybe_unused)\n\t__acquires(&a->lock)\n\t__cond_odd(x, y)\n{\n}\n';
  const { span, source } = only(text);
  const ast = (await parser()).parse(source.text);
  assert.equal(ast.damaged(0), false, describe(ast));
  assert.deepEqual(
    source.marks.map((m) => m.name),
    ['notrace', 'FANCY_ATTR', '__odd_attr', '__maybe_unused', '__acquires', '__cond_odd'],
  );
  assert.equal(source.marks.find((m) => m.name === '__acquires')!.args, '&a->lock');
  assert.equal(source.text.slice(span.nameAt - span.start, span.nameAt - span.start + 4), 'grab');
  assert.deepEqual(
    textsOf(ast, 'parameter_declaration').map((t) => t.trim()),
    ['struct a *a', 'gfp_t gfp'],
  );
});

test('unknown attributes between a star and a name, and in a cast', async () => {
  const { source } = only('static int copy(char * const POS p, const void *ODD q, int n)\n{\n\treturn *(void __odd __force *)p + n;\n}\n');
  const ast = (await parser()).parse(source.text);
  assert.equal(ast.damaged(0), false, describe(ast));
  assert.deepEqual(
    source.marks.map((m) => m.name),
    ['POS', 'ODD', '__odd', '__force'],
  );
});

test('a type of two words, a type in upper case, a type that begins with underscores', async () => {
  for (const [text, type] of [
    ['unsigned long f(void)\n{\n}\n', 'sized_type_specifier'],
    ['STATUS f(void)\n{\n}\n', 'type_identifier'],
    ['static __be32 f(void)\n{\n}\n', 'type_identifier'],
    ['struct a *f(void)\n{\n}\n', 'struct_specifier'],
  ] as const) {
    const ast = (await parser()).parse(only(text).source.text);
    assert.equal(ast.damaged(0), false, text);
    assert.ok(textsOf(ast, type).length > 0, `${text}: ${describe(ast)}`);
  }
});

test('system calls read as functions with their parameters', async () => {
  const { source, span } = only('SYSCALL_DEFINE2(thing, int, fd, const char __user *, name)\n{\n\treturn 0;\n}\n');
  const ast = (await parser()).parse(source.text);
  assert.equal(ast.damaged(0), false, describe(ast));
  assert.deepEqual(
    textsOf(ast, 'parameter_declaration').map((t) => t.replace(/\s+/g, ' ')),
    ['int fd', 'const char * name'],
  );
  assert.equal(span.name, 'sys_thing');
  const none = only('SYSCALL_DEFINE0(thing)\n{\n\treturn 0;\n}\n');
  assert.equal((await parser()).parse(none.source.text).damaged(0), false);
});

test('comments and literals are left alone', () => {
  const text =
    'void f(void)\n{\n\t/* __init list_for_each(a) asm("x") */\n\tp("__user struct a, \\" #ifdef"); // __iomem\n\tq(\'"\');\n}\n';
  assert.equal(only(text).source.text, text.trimEnd());
});

test('no call is lost without a trace', async () => {
  for (const { name, text } of fixtures()) {
    for (const span of scanFunctions(text).functions) {
      const source = normaliseFunction(text, span);
      assertSameShape(text.slice(span.start, span.close), source.text);
      const ast = (await parser()).parse(source.text, source.base);
      assert.equal(ast.damaged(0), false, `${name} ${span.name}\n${source.text}\n${describe(ast)}`);
      const left = new Set(calleesOf(source.text, span.open - span.start, source.text.length).map((use) => use.at));
      for (const use of calleesOf(text, span.open, span.close)) {
        if (use.how !== 'call') continue;
        const at = use.at - span.start;
        const told =
          source.rewrites.some((r) => r.at <= at && at < r.end) ||
          source.marks.some((m) => m.at <= at && at < m.at + m.name.length + m.args.length + 2);
        assert.ok(left.has(at) || told, `${name} ${span.name}: ${use.name}`);
      }
    }
  }
});

test('a whole file is its functions normalised and the rest untouched', () => {
  for (const { text } of fixtures()) {
    const whole = normalise(text);
    assertSameShape(text, whole.text);
    for (const span of scanFunctions(text).functions) {
      const one = normaliseFunction(text, span);
      assert.equal(whole.text.slice(span.start, span.close), one.text);
      for (const r of one.rewrites) assert.ok(whole.rewrites.some((w) => w.at === r.at + one.base && w.name === r.name));
    }
  }
});
