import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calleesOf, surveyFunction } from '../../server/src/syntax/callees.js';
import { Why } from '../../server/src/syntax/why.js';

const whyOf = (body: string): number => surveyFunction(body, 0, body.length).why;

function uses(body: string): string[] {
  return calleesOf(body, 0, body.length).map((use) =>
    use.how === 'assigned' ? `${use.field} = ${use.name}` : use.how === 'argument' ? `(${use.name})` : use.name,
  );
}

test('calls, nested calls, macros, calls under conditions', () => {
  assert.deepEqual(uses('{ a(b(1), c + d); if (e()) return f (g[h()]); for (i(); ; j()) k(); }'), ['a', 'b', 'e', 'f', 'h', 'i', 'j', 'k']);
});

test('keywords, casts, sizeof, attributes, members and strings are no calls', () => {
  assert.deepEqual(
    uses(
      '{ if (a) while (b) switch (c) { } x = sizeof(d) + (int)(e); f->g(1); h.i(2); "j(3)"; /* k(4) */ // l(5)\n int m __aligned(8); typeof(n) o; return (p); }',
    ),
    [],
  );
});

test('identifiers passed alone are told, expressions are not', () => {
  assert.deepEqual(uses('{ setup(&timer, fn, 0); run(a->b, &cb, c + d, "s", e[1], f, g); }'), [
    'setup',
    '(timer)',
    '(fn)',
    'run',
    '(cb)',
    '(f)',
    '(g)',
  ]);
});

test('functions assigned to fields', () => {
  assert.deepEqual(
    uses(
      '{ x->open = my_open; y.ops.close = &my_close; struct z z = { .read = my_read, .n = 1 }; a = b; c->d = e(f); if (g->h == i) j->k += l; }',
    ),
    ['open = my_open', 'close = my_close', 'read = my_read', 'e', '(f)'],
  );
});

test('offsets count from the text, and only the span is read', () => {
  const text = 'int f(void) { g(h); } i();';
  const open = text.indexOf('{');
  assert.deepEqual(calleesOf(text, open, text.indexOf('}') + 1), [
    { name: 'g', at: text.indexOf('g('), how: 'call' },
    { name: 'h', at: text.indexOf('h)'), how: 'argument' },
  ]);
});

test('directives inside a body are not read, their arms are', () => {
  assert.deepEqual(uses('{\n#define A(x) b(x)\n#if C(1)\n\td();\n#else\n\te();\n#endif\n}'), ['d', 'e']);
});

test('relevant: allocators, locks, contexts, scopes, waits, guards', () => {
  for (const [body, why] of [
    ['p = kzalloc(n, mask);', Why.Alloc],
    ['q = kmalloc_obj(*q);', Why.Alloc],
    ['skb = netdev_alloc_skb(d, n);', Why.Alloc],
    ['x = y ? GFP_ATOMIC : z;', Why.Gfp],
    ['gfp_mask |= a;', Why.Gfp],
    ['spin_lock_irqsave(&l, f);', Why.Lock],
    ['raw_spin_unlock(&l);', Why.Lock],
    ['mutex_lock(&m);', Why.Lock],
    ['down_write(&s);', Why.Lock],
    ['ext4_lock_group(a, b);', Why.Lock],
    ['lockdep_assert_held(&l);', Why.Lock],
    ['write_seqlock(&q);', Why.Lock],
    ['lock_sock(sk);', Why.Lock],
    ['rcu_read_lock();', Why.Context | Why.Lock],
    ['local_bh_disable();', Why.Context],
    ['preempt_disable();', Why.Context],
    ['f = memalloc_nofs_save();', Why.Context],
    ['non_block_start();', Why.Context],
    ['current->flags |= PF_MEMALLOC;', Why.Context],
    ['if (in_interrupt()) x();', Why.Context],
    ['might_sleep();', Why.Context],
    ['congestion_wait(BLK_RW_ASYNC, HZ / 50);', Why.Wait],
    ['schedule_timeout_uninterruptible(1);', Why.Wait],
    ['msleep(2);', Why.Wait],
    ['wait_event(q, c);', Why.Wait],
    ['cond_resched();', Why.Wait],
    ['cancel_work_sync(&w);', Why.Wait],
    ['guard(mutex)(&m);', Why.Guard],
    ['char *p __free(kfree) = a();', Why.Guard],
    ['mempool_alloc(p, m);', Why.Alloc],
    ['again: e = f(); if (e == -ENOMEM) goto again;', Why.Enomem],
    ['while ((e = f()) == -ENOMEM) g();', Why.Enomem],
  ] as const) {
    assert.equal(whyOf(`{ ${body} }`) & why, why, body);
  }
});

test('not relevant: arithmetic, look-alike names, -ENOMEM that is only passed on', () => {
  for (const body of [
    'return a + b;',
    'block_thing(x); clock_get(y); sb->s_blocksize = z;',
    'if (!p) return -ENOMEM;',
    'unlikely(x); printk("spin_lock(%d)", l);',
    '/* kmalloc(n, GFP) mutex_lock */',
    'readl(base); writel(1, base);',
  ]) {
    assert.equal(whyOf(`{ ${body} }`), 0, body);
  }
});
