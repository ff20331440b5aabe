import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, graphOf, lines, linesOf } from './helper.js';

test('an assignment in a condition: the call, then the assignment, then the test of the variable', () => {
  assert.deepEqual(
    graphOf('if ((p = kmalloc(8, gfp)) == NULL)\n\treturn -ENOMEM;\nuse(p);'),
    lines(`
    B0:
    call p <- kmalloc(8, gfp) assigned
    set p = kmalloc(8, gfp)
    if p == NULL -> B2
    unless p == NULL -> B3
    B2:
    ret -ENOMEM
    -> exit
    B3:
    call use(p) discarded
    -> exit
  `),
  );
});

test('negation swaps the ways, likely() and double negation vanish', () => {
  assert.deepEqual(
    graphOf('if (!(p = get(o)))\n\tfail();\nif (unlikely(!!p->busy))\n\twait();'),
    lines(`
    B0:
    call p <- get(o) assigned
    set p = get(o)
    if p -> B3
    unless p -> B2
    B2:
    call fail() discarded
    -> B3
    B3:
    deref p
    if p->busy -> B4
    unless p->busy -> exit
    B4:
    call wait() discarded
    -> exit
  `),
  );
});

test('short circuits are taken apart: the right side is only evaluated where the left one lets it', () => {
  assert.deepEqual(
    graphOf('if (a && (try(o) || !b))\n\tyes();\nno();'),
    lines(`
    B0:
    if a -> B2
    unless a -> B5
    B2:
    call try(o) tested
    if try(o) -> B4
    unless try(o) -> B3
    B3:
    if b -> B5
    unless b -> B4
    B4:
    call yes() discarded
    -> B5
    B5:
    call no() discarded
    -> exit
  `),
  );
});

test('a warning around a condition keeps its call and hands the condition on', () => {
  assert.deepEqual(
    graphOf('if (WARN_ON_ONCE(!p))\n\treturn;\ngo();'),
    lines(`
    B0:
    call WARN_ON_ONCE(!p) tested
    if p -> B3
    unless p -> B2
    B2:
    ret
    -> exit
    B3:
    call go() discarded
    -> exit
  `),
  );
});

test('a conditional value with calls becomes one assignment per way, one without calls stays a value', () => {
  assert.deepEqual(
    graphOf('p = big ? vmalloc(n) : kmalloc(n, gfp);\ngfp = nofail ? GFP_NOFS | __GFP_NOFAIL : GFP_NOFS;\nuse(p);'),
    lines(`
    B0:
    if big -> B2
    unless big -> B3
    B2:
    call p <- vmalloc(n) assigned
    set p = vmalloc(n)
    -> B4
    B3:
    call p <- kmalloc(n, gfp) assigned
    set p = kmalloc(n, gfp)
    -> B4
    B4:
    set gfp = nofail ? (GFP_NOFS | __GFP_NOFAIL) : GFP_NOFS
    call use(p) discarded
    -> exit
  `),
  );
});

test('GNU ?: evaluates its first operand once', () => {
  assert.deepEqual(
    graphOf('return one(o) ?: two(o);'),
    lines(`
    B0:
    call one(o) tested
    if one(o) -> B2
    unless one(o) -> B3
    B2:
    ret one(o)
    -> exit
    B3:
    call two(o) returned
    ret two(o)
    -> exit
  `),
  );
});

test('an else-if chain joins once', () => {
  assert.deepEqual(
    graphOf('if (a)\n\tone();\nelse if (b)\n\ttwo();\nelse\n\tthree();\nend();'),
    lines(`
    B0:
    if a -> B2
    unless a -> B3
    B2:
    call one() discarded
    -> B6
    B3:
    if b -> B4
    unless b -> B5
    B4:
    call two() discarded
    -> B6
    B5:
    call three() discarded
    -> B6
    B6:
    call end() discarded
    -> exit
  `),
  );
});

test('switch: fallthrough, a default in the middle, a range, break', () => {
  assert.deepEqual(
    graphOf(
      'switch (cmd(o)) {\ncase A:\n\tone();\n\tfallthrough;\ncase B:\n\ttwo();\n\tbreak;\ndefault:\n\treturn;\ncase 4 ... 7:\n\tthree();\n}\nend();',
    ),
    lines(`
    B0:
    call cmd(o) tested
    if cmd(o) == A -> B2
    if cmd(o) == B -> B3
    -> B4
    if cmd(o) == <4 ... 7> -> B5
    B2:
    call one() discarded
    -> B3
    B3:
    call two() discarded
    -> B6
    B4:
    ret
    -> exit
    B5:
    call three() discarded
    -> B6
    B6:
    call end() discarded
    -> exit
  `),
  );
});

test('a switch without default may be stepped over', () => {
  assert.deepEqual(
    graphOf('switch (x) {\ncase 1:\n\tone();\n}\nend();'),
    lines(`
    B0:
    if x == 1 -> B2
    -> B3
    B2:
    call one() discarded
    -> B3
    B3:
    call end() discarded
    -> exit
  `),
  );
});

test('while, break and continue', () => {
  assert.deepEqual(
    linesOf('while (more(o)) {\n\tif (a)\n\t\tcontinue;\n\tif (b)\n\t\tbreak;\n\tstep();\n}\nend();'),
    lines(`
    B0:
    -> B2
    B2:
    call more(o) tested
    if more(o) -> B3
    unless more(o) -> B6
    B3:
    if a -> B2
    unless a -> B4
    B4:
    if b -> B6
    unless b -> B5
    B5:
    call step() discarded
    -> B2
    B6:
    call end() discarded
    -> exit
    loop while head B2 blocks 2,3,4,5 back 3,5 lines 2-8
  `),
  );
});

test('do while (0) is no loop; its break leaves it', () => {
  const body = bodyOf('do {\n\tif (a)\n\t\tbreak;\n\tone();\n} while (0);\ntwo();');
  assert.deepEqual(body.loops, []);
});

test('continue in a do loop goes to the condition', () => {
  assert.deepEqual(
    linesOf('do {\n\tp = kmalloc(8, gfp);\n\tif (p)\n\t\tcontinue;\n\tpause();\n} while (!p);'),
    lines(`
    B0:
    -> B2
    B2:
    call p <- kmalloc(8, gfp) assigned
    set p = kmalloc(8, gfp)
    if p -> B4
    unless p -> B3
    B3:
    call pause() discarded
    -> B4
    B4:
    if p -> exit
    unless p -> B2
    loop do head B2 blocks 2,3,4 back 4 lines 2-7
  `),
  );
});

test('for: the step runs after the body and after continue', () => {
  assert.deepEqual(
    linesOf('for (i = 0; i < 3; i++) {\n\tif (a)\n\t\tcontinue;\n\tone(i);\n}'),
    lines(`
    B0:
    set i = 0
    -> B2
    B2:
    if i < 3 -> B3
    unless i < 3 -> exit
    B3:
    if a -> B5
    unless a -> B4
    B4:
    call one(i) discarded
    -> B5
    B5:
    set i++
    -> B2
    loop for head B2 blocks 2,3,4,5 back 5 lines 2-6
  `),
  );
});

test('for (;;) only ends by what leaves it', () => {
  assert.deepEqual(
    linesOf('for (;;) {\n\tif (ready(o))\n\t\treturn 0;\n\tnap();\n}'),
    lines(`
    B0:
    -> B2
    B2:
    call ready(o) tested
    if ready(o) -> B3
    unless ready(o) -> B4
    B3:
    ret 0
    -> exit
    B4:
    call nap() discarded
    -> B2
    loop for head B2 blocks 2,4 back 4 lines 2-6
  `),
  );
});

test('a backward goto is a loop with its label; a forward one is none', () => {
  assert.deepEqual(
    linesOf(
      'retry:\n\tret = work(o);\n\tif (ret == -ENOMEM) {\n\t\tpause();\n\t\tgoto retry;\n\t}\n\tif (ret)\n\t\tgoto out;\n\tmore();\nout:\n\treturn ret;',
    ),
    lines(`
    B0:
    -> B2
    B2:
    call ret <- work(o) assigned
    set ret = work(o)
    if ret == -ENOMEM -> B3
    unless ret == -ENOMEM -> B4
    B3:
    call pause() discarded
    -> B2
    B4:
    if ret -> B6
    unless ret -> B5
    B5:
    call more() discarded
    -> B6
    B6:
    ret ret
    -> exit
    loop goto retry head B2 blocks 2,3 back 3 lines 2-6
  `),
  );
});

test('a backward jump that never comes round is no loop', () => {
  const body = bodyOf('if (a) {\nfail:\n\tcleanup();\n\treturn -EIO;\n}\nif (b)\n\tgoto fail;\nreturn 0;');
  assert.deepEqual(body.loops, []);
});

test('two loops from one label and an inner loop are kept apart', () => {
  const body = bodyOf('again:\n\tif (a)\n\t\tgoto again;\n\twhile (b)\n\t\tstep();\n\tif (c)\n\t\tgoto again;');
  assert.deepEqual(
    body.loops.map(({ kind, pos, blocks }) => [kind, pos[0], pos[2], blocks.length]),
    [
      ['goto', 2, 4, 1],
      ['goto', 2, 8, 4],
      ['while', 5, 6, 2],
    ],
  );
});

test('BUG_ON goes on where its condition is false and ends where it is true', () => {
  assert.deepEqual(
    graphOf('BUG_ON(!p);\nuse(p);'),
    lines(`
    B0:
    if p -> B3
    unless p -> B2
    B2:
    call BUG_ON(!p) discarded
    B3:
    call use(p) discarded
    -> exit
  `),
  );
});

test('nothing follows panic(), what stands behind it is dead', () => {
  const body = bodyOf('if (a)\n\tpanic("no");\nuse(o);');
  const panic = body.blocks.find((block) => block.ev.some((event) => event.k === 'call' && event.fn === 'panic'));
  assert.deepEqual(panic?.next, []);
});

test('#if arms are branches; the same symbol gives the same condition however it is asked', () => {
  assert.deepEqual(
    graphOf(
      '#ifdef CONFIG_FOO\n\tlock(o);\n#else\n\tother(o);\n#endif\n\tif (IS_ENABLED(CONFIG_FOO))\n\t\tunlock(o);\n#if defined(CONFIG_FOO) && !CONFIG_BAR\n\tend();\n#endif',
    ),
    lines(`
    B0:
    if #CONFIG_FOO -> B2
    unless #CONFIG_FOO -> B3
    B2:
    call lock(o) discarded
    -> B4
    B3:
    call other(o) discarded
    -> B4
    B4:
    if #CONFIG_FOO -> B5
    unless #CONFIG_FOO -> B6
    B5:
    call unlock(o) discarded
    -> B6
    B6:
    if #CONFIG_FOO -> B7
    unless #CONFIG_FOO -> exit
    B7:
    if #CONFIG_BAR -> exit
    unless #CONFIG_BAR -> B8
    B8:
    call end() discarded
    -> exit
  `),
  );
});

test('a statement expression runs in place, its last value is the value', () => {
  assert.deepEqual(
    graphOf('ret = ({ lock(o); if (a)\n\tone(); value(o); });\nreturn ret;'),
    lines(`
    B0:
    call lock(o) discarded
    if a -> B2
    unless a -> B3
    B2:
    call one() discarded
    -> B3
    B3:
    call ret <- value(o) assigned
    set ret = value(o)
    ret ret
    -> exit
  `),
  );
});

test('calls in arguments come before the call they are for', () => {
  assert.deepEqual(
    graphOf('outer(first(a), second(b)->c);'),
    lines(`
    B0:
    call first(a) argument
    call second(b) other
    call outer(first(a), second(b)->c) discarded
    -> exit
  `),
  );
});

test('a call whose result is dropped, tested, returned, or put somewhere through a cast', () => {
  assert.deepEqual(
    graphOf('(void)a();\nif (b() < 0)\n\to->x = (struct x *)c();\nreturn (int)d();'),
    lines(`
    B0:
    call a() discarded
    call b() tested
    if b() < 0 -> B2
    unless b() < 0 -> B3
    B2:
    call o->x <- c() assigned
    set o->x = (struct x *)c()
    -> B3
    B3:
    call d() returned
    ret (int)d()
    -> exit
  `),
  );
});

test('an address computed through a pointer is no dereference, a load is, once per block', () => {
  const derefs = bodyOf('p = get(o);\nadd(&p->list, &p->in->side);\np->x = p->y;\nif (a)\n\tp->z = 1;').blocks.map((block) =>
    block.ev.filter((event) => event.k === 'deref').map((event) => event.pos.slice(0, 2)),
  );
  // The load of p->in for &p->in->side on line 3, then the first load in the block of the if.
  assert.deepEqual(
    derefs.filter((list) => list.length > 0),
    [[[3, 16]], [[6, 2]]],
  );
});

test('fields of an initialised structure are assignments', () => {
  assert.deepEqual(
    graphOf('struct ctl c = { .gfp = GFP_NOFS, .p = make(o), };\nrun(&c);'),
    lines(`
    B0:
    set c.gfp = GFP_NOFS
    call c.p <- make(o) assigned
    set c.p = make(o)
    set c = <{}>
    call run(&c) discarded
    -> exit
  `),
  );
});

test('positions count lines from the function and columns from 1', () => {
  const body = bodyOf('\tfoo(\n\t\tbar(1));');
  assert.deepEqual(
    body.blocks[0]?.ev.map((event) => event.pos),
    [
      [3, 3, 3, 9],
      [2, 2, 3, 10],
    ],
  );
});

test('gfp tokens with what is done to them; comments and strings do not count', () => {
  const body = bodyOf(`
	gfp |= __GFP_NOFAIL;
	gfp &= ~(__GFP_IO | __GFP_FS);
	m = (gfp & ~__GFP_DIRECT_RECLAIM) | GFP_NOWAIT;
	if (gfp & __GFP_NOWARN) /* __GFP_HIGH */
		pr_info("GFP_KERNEL");
	p = kmalloc(8, gfp | __GFP_ZERO);
	return gfp == GFP_ATOMIC;`);
  assert.deepEqual(
    body.flags.map(({ flag, kind, pos }) => `${pos[0]} ${flag} ${kind}`),
    [
      '3 __GFP_NOFAIL assign',
      '4 __GFP_IO clear',
      '4 __GFP_FS clear',
      '5 __GFP_DIRECT_RECLAIM clear',
      '5 GFP_NOWAIT assign',
      '6 __GFP_NOWARN test',
      '8 __GFP_ZERO argument',
      '9 GFP_ATOMIC test',
    ],
  );
});

test('assignments that nothing reads go, those a condition, a mask or a return depends on stay', () => {
  const sets = bodyOf('i = 0;\nj = 1;\nk = j;\no->count = 3;\nm = n;\nflags = GFP_KERNEL;\nif (k)\n\treturn m;')
    .blocks.flatMap((block) => block.ev)
    .flatMap((event) => (event.k === 'set' ? [event.to] : []));
  assert.deepEqual(sets, ['j', 'k', 'm', 'flags']);
});

test('a jump to a label that is not there leaves the body marked as damaged', () => {
  assert.equal(bodyOf('if (a)\n\tgoto nowhere;\nreturn 0;').damaged, true);
});

test('ten thousand statements and deep nesting do not exhaust the stack', () => {
  const flat = 'one();\n'.repeat(10_000);
  assert.equal(bodyOf(flat).blocks[0]?.ev.length, 10_000);
  const chain = `if (a0)\n\tone();\n${Array.from({ length: 2000 }, (_, i) => `else if (a${i})\n\tone();\n`).join('')}`;
  assert.equal(bodyOf(chain).blocks.length, 2 + 2001 + 2000);
  bodyOf(`x = ${'('.repeat(500)}f()${')'.repeat(500)};`);
  bodyOf(`x = ${Array.from({ length: 5000 }, (_, i) => `a${i}`).join(' + ')};`);
  bodyOf(`${'if (a) {'.repeat(1000)}one();${'}'.repeat(1000)}`);
});

test('a macro that is given a label may jump there, closing the guards it leaves', () => {
  assert.deepEqual(
    graphOf('{\n\tguard(mutex)(&o->lock);\n\tunsafe_put(1, p, fault);\n}\nreturn 0;\nfault:\nreturn -EFAULT;'),
    lines(`
    B0:
    call guard:mutex(&o->lock) discarded
    call unsafe_put(1, p, fault) discarded
    -> B2
    -> B3
    B2:
    call unguard:mutex(&o->lock) discarded
    ret -EFAULT
    -> exit
    B3:
    call unguard:mutex(&o->lock) discarded
    ret 0
    -> exit
  `),
  );
});

test('a label that nothing visible leads to makes the body uncertain', () => {
  assert.equal(bodyOf('CHECK(o);\nreturn 0;\nout:\nreturn -EIO;').damaged, true);
});

test('commands that a wait macro runs with its lock dropped are not seen in order', () => {
  const calls = bodyOf('wait_event_lock_irq_cmd(wq, ready(o), lock, flush(o));\nwait_event_cmd(wq, done(o), before(o), after(o));')
    .blocks.flatMap((block) => block.ev)
    .flatMap((event) => (event.k === 'call' ? [event.fn] : []));
  assert.deepEqual(calls, ['ready', 'wait_event_lock_irq_cmd', 'done', 'before', 'wait_event_cmd', 'after']);
});

test('a local of inferred type', () => {
  const body = bodyOf('\tauto p = kmalloc(8, gfp);\n\tconst auto *q = p;\n\tuse(p, q);');
  assert.equal(body.damaged, undefined);
  assert.deepEqual(body.vars, { p: '', q: '*' });
});

test('a block macro that is no loop runs its body once or not at all', () => {
  const body = bodyOf('\tscoped_irqdesc_get(irq, 0) {\n\t\tone();\n\t\treturn 0;\n\t}\n\treturn -EINVAL;');
  assert.deepEqual(body.loops, []);
  assert.deepEqual(body.blocks[0]?.next.length, 2);
});

test('macros that store are assignments', () => {
  assert.deepEqual(
    graphOf(
      '\tWRITE_ONCE(o->state, next(o));\n\tsmp_store_release(&o->ready, 1);\n\tswap(a, b);\n\tif (o->state && o->ready && a == b)\n\t\tone();',
    ).slice(0, 8),
    lines(`
      B0:
      call next(o) argument
      set o->state = next(o)
      set o->ready = 1
      set a = <swap>
      set b = <swap>
      if o->state -> B2
      unless o->state -> exit
    `),
  );
});

test('a statement after an unknown scoped macro without braces may be skipped', () => {
  const body = bodyOf('\tscoped_irqdesc_get(irq, 0)\n\t\treturn one(irq);\n\treturn -EINVAL;');
  assert.equal(body.blocks[0]?.next.length, 2);
  assert.equal(body.blocks.length, 4);
});
