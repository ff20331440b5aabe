import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { find, reasons, verdict } from './find.js';

const fn = (body: string, params = 'struct demo *d, size_t n, gfp_t gfp'): string =>
  `static int work(${params})\n{\n\tvoid *p = NULL;\n\tint err = 0, tries = 0;\n${body}\n\treturn err;\n}\n`;

describe('loops that only ask again', () => {
  const cases: Record<string, string> = {
    'while with the call in the condition': '\twhile (!(p = kmalloc(n, GFP_NOFS)))\n\t\tcond_resched();',
    'do while': '\tdo {\n\t\tp = kmalloc(n, GFP_KERNEL);\n\t\tif (!p)\n\t\t\tmsleep(20);\n\t} while (!p);',
    'while on the variable': '\twhile (!p)\n\t\tp = kzalloc(n, GFP_KERNEL);',
    'for without end':
      '\tfor (;;) {\n\t\tp = kmalloc(n, GFP_NOIO);\n\t\tif (p)\n\t\t\tbreak;\n\t\tschedule_timeout_uninterruptible(1);\n\t}',
    goto: 'again:\n\tp = kmalloc(n, GFP_NOFS);\n\tif (!p) {\n\t\tyield();\n\t\tgoto again;\n\t}',
    'goto straight from the test': 'again:\n\tp = kmalloc(n, GFP_NOFS);\n\tif (!p)\n\t\tgoto again;',
    'comparison with NULL': '\tdo {\n\t\tp = kmalloc(n, GFP_KERNEL);\n\t} while (p == NULL);',
    'a message now and then':
      '\tfor (;;) {\n\t\tp = kmalloc(n, GFP_NOFS);\n\t\tif (p)\n\t\t\tbreak;\n\t\tif (!(++tries % 100))\n\t\t\tpr_err("still no memory\\n");\n\t\tmsleep(5);\n\t}',
    'a mask worked out anew each round':
      'again:\n\tgfp = GFP_NOFS;\n\tp = kmalloc(n, gfp);\n\tif (!p) {\n\t\tyield();\n\t\tgoto again;\n\t}',
    'a plain schedule() is a yield': '\twhile (!(p = kmalloc(n, GFP_KERNEL)))\n\t\tschedule();',
    'inside an iteration, which goes on after success':
      '\tlist_for_each_entry(d, &demos, list) {\nretry:\n\t\tp = kmalloc(n, GFP_KERNEL);\n\t\tif (!p) {\n\t\t\tcond_resched();\n\t\t\tgoto retry;\n\t\t}\n\t\td->buf = p;\n\t}',
  };
  for (const [name, body] of Object.entries(cases)) {
    it(name, () => assert.match(verdict(fn(body)), /^k[mz]alloc convertible$/));
  }

  it('names the backoff with line and argument', () => {
    const [loop] = find(
      fn('again:\n\tp = kmalloc(n, GFP_NOFS);\n\tif (!p) {\n\t\tcongestion_wait(BLK_RW_ASYNC, HZ / 50);\n\t\tgoto again;\n\t}'),
      { kernel: '5.10' },
    ).loops;
    assert.deepEqual(
      loop!.backoff.map((b) => [b.api, b.at.line, b.arg]),
      [['congestion_wait', 8, 'BLK_RW_ASYNC, HZ / 50']],
    );
    assert.equal(loop!.test, 'null');
    assert.deepEqual([loop!.at.line, loop!.at.endLine], [5, 9]);
  });

  it('says when nothing waits between two tries', () => {
    assert.ok(reasons(fn('\twhile (!p)\n\t\tp = kzalloc(n, GFP_KERNEL);')).includes('no-backoff'));
  });

  it('a test of something that cannot change before the call does not make it clever', () => {
    assert.equal(
      verdict(
        fn(
          '\tstruct list_head *e = d->idle.next;\nagain:\n\tif (e != &d->idle)\n\t\treturn 1;\n\tp = kmalloc(n, GFP_NOFS);\n\tif (!p) {\n\t\tyield();\n\t\tgoto again;\n\t}',
        ),
      ),
      'kmalloc convertible',
    );
  });

  it('a mode that the caller asks for leaves the endless one convertible', () => {
    const body =
      '\tdo {\n\t\tp = kmalloc(n, GFP_NOFS);\n\t\tif (p || (flags & DEMO_MAYFAIL))\n\t\t\treturn 0;\n\t\tmsleep(20);\n\t} while (1);';
    assert.equal(verdict(fn(body, 'size_t n, unsigned int flags')), 'kmalloc convertible');
    assert.ok(reasons(fn(body, 'size_t n, unsigned int flags')).includes('mode'));
  });
});

describe('-ENOMEM from deeper down', () => {
  const loop = (head: string, tail: string) => fn(`${head}\n\terr = demo_insert(d, n);\n${tail}`);
  it('goto on -ENOMEM alone', () => {
    assert.equal(
      verdict(loop('retry:', '\tif (err == -ENOMEM) {\n\t\tmemalloc_retry_wait(GFP_NOFS);\n\t\tgoto retry;\n\t}')),
      'demo_insert convertible',
    );
  });
  it('other errors leave through their own test', () => {
    assert.equal(
      verdict(loop('retry:', '\tif (err) {\n\t\tif (err == -ENOMEM)\n\t\t\tgoto retry;\n\t\treturn err;\n\t}')),
      'demo_insert convertible',
    );
  });
  it('an error pointer', () => {
    assert.equal(
      verdict(
        fn(
          'retry:\n\tp = demo_get(d);\n\tif (IS_ERR(p)) {\n\t\tif (PTR_ERR(p) == -ENOMEM) {\n\t\t\tmsleep(1);\n\t\t\tgoto retry;\n\t\t}\n\t\treturn PTR_ERR(p);\n\t}',
        ),
      ),
      'demo_get convertible',
    );
  });
  it('an indirect call', () => {
    assert.equal(
      verdict(fn('retry:\n\terr = d->ops->begin(d, n);\n\tif (err == -ENOMEM) {\n\t\tmsleep(1);\n\t\tgoto retry;\n\t}')),
      'd->ops->begin convertible',
    );
  });
  it('the call in the condition', () => {
    assert.equal(verdict(fn('\twhile (demo_insert(d, n) == -ENOMEM)\n\t\tcond_resched();')), 'demo_insert convertible');
  });
  it('other errors tried again as well', () => {
    assert.equal(
      verdict(loop('retry:', '\tif (err == -EAGAIN || err == -ENOMEM) {\n\t\tmsleep(10);\n\t\tgoto retry;\n\t}')),
      'demo_insert clever',
    );
    assert.ok(reasons(loop('retry:', '\tif (err == -ENOMEM || ++tries < 8)\n\t\tgoto retry;')).includes('other-errors'));
  });
  it('any error for ever, where the index knows of an allocation below', () => {
    const code = loop('retry:', '\tif (err < 0) {\n\t\tmsleep(1000);\n\t\tgoto retry;\n\t}');
    assert.equal(verdict(code, { chains: ['demo_insert'] }), 'demo_insert needs-retry-wait');
    assert.equal(verdict(code), 'none');
  });
  it('an operation of several steps, each with its own error', () => {
    const body =
      'retry:\n\terr = demo_prepare(d);\n\tif (err)\n\t\treturn err;\n\terr = demo_insert(d, n);\n\tif (err == -ENOMEM) {\n\t\tmsleep(1);\n\t\tgoto retry;\n\t}';
    assert.equal(verdict(fn(body)), 'demo_insert needs-retry-wait');
  });
  it('a status that another node sends back cannot be converted', () => {
    assert.equal(
      verdict(
        fn(
          'retry:\n\terr = demo_send(d, &tries);\n\tif (err < 0)\n\t\treturn err;\n\tif (tries == -ENOMEM) {\n\t\tmsleep(50);\n\t\tgoto retry;\n\t}',
        ),
      ),
      'demo_send needs-retry-wait',
    );
  });
  it('codes without a number here are other codes', () => {
    assert.equal(
      verdict(
        loop(
          'retry:',
          '\tif (err == -EDEMOGONE || err == -NFS4ERR_DEMO)\n\t\treturn err;\n\tif (err == -ENOMEM) {\n\t\tmsleep(50);\n\t\tgoto retry;\n\t}',
        ),
      ),
      'demo_insert convertible',
    );
  });
  it('a search for the function that produces it is told by the call asked, not by a neighbour', () => {
    assert.equal(
      verdict(fn('\terr = demo_first(d);\nretry:\n\terr = demo_insert(d, n);\n\tif (err == -ENOMEM)\n\t\tgoto retry;')),
      'demo_insert convertible',
    );
  });
});

describe('clever loops are left alone', () => {
  const clever: Record<string, [string, string]> = {
    'drops-lock': [
      '\tspin_lock(&d->lock);\nagain:\n\tp = kmalloc(n, GFP_ATOMIC);\n\tif (!p) {\n\t\tspin_unlock(&d->lock);\n\t\tcond_resched();\n\t\tspin_lock(&d->lock);\n\t\tgoto again;\n\t}\n\tspin_unlock(&d->lock);',
      '',
    ],
    'checks-signal': [
      '\twhile (!(p = kmalloc(n, GFP_KERNEL))) {\n\t\tif (fatal_signal_pending(current))\n\t\t\treturn -EINTR;\n\t\tmsleep(1);\n\t}',
      '',
    ],
    'checks-state': [
      '\tfor (;;) {\n\t\tp = kmalloc(n, GFP_KERNEL);\n\t\tif (p)\n\t\t\tbreak;\n\t\tif (d->shutdown)\n\t\t\treturn -EIO;\n\t\tmsleep(1);\n\t}',
      '',
    ],
    'shrinks-cache': ['again:\n\tp = kmalloc(n, GFP_KERNEL);\n\tif (!p) {\n\t\tdemo_shrink_cache(d);\n\t\tgoto again;\n\t}', ''],
    'submits-work': ['again:\n\tp = kmalloc(n, GFP_KERNEL);\n\tif (!p) {\n\t\tdemo_submit_bio(d);\n\t\tgoto again;\n\t}', ''],
    'changes-request': ['\twhile (!(p = kmalloc(n, GFP_KERNEL))) {\n\t\tn >>= 1;\n\t\tif (n < 512)\n\t\t\treturn -ENOMEM;\n\t}', ''],
    'changes-mask': ['again:\n\tp = kmalloc(n, gfp);\n\tif (!p) {\n\t\tgfp |= __GFP_DIRECT_RECLAIM;\n\t\tgoto again;\n\t}', ''],
    'takes-alternative': [
      'again:\n\tp = demo_find_idle(d);\n\tif (p)\n\t\treturn 0;\n\tp = kmalloc(n, GFP_KERNEL);\n\tif (!p) {\n\t\tmsleep(1);\n\t\tgoto again;\n\t}',
      '',
    ],
    'waits-for-event': [
      'again:\n\tp = kmalloc(n, GFP_KERNEL);\n\tif (!p) {\n\t\twait_event(d->wait, demo_idle(d));\n\t\tgoto again;\n\t}',
      '',
    ],
  };
  for (const [reason, [body]] of Object.entries(clever)) {
    it(reason, () => {
      assert.equal(verdict(fn(body)), 'kmalloc clever');
      assert.ok(reasons(fn(body)).includes(reason), reasons(fn(body)).join());
    });
  }
  it('schedule() of a task on a wait queue waits to be woken', () => {
    const body =
      '\tDEFINE_WAIT(wait);\nagain:\n\tp = kmalloc(n, GFP_KERNEL);\n\tif (!p) {\n\t\tprepare_to_wait(&d->wait, &wait, TASK_UNINTERRUPTIBLE);\n\t\tschedule();\n\t\tfinish_wait(&d->wait, &wait);\n\t\tgoto again;\n\t}';
    assert.ok(reasons(fn(body)).includes('waits-for-event'));
  });
  it('orders that fall in the loop condition', () => {
    assert.equal(
      verdict(fn('\tstruct page *page;\n\tdo {\n\t\tpage = alloc_pages(gfp | __GFP_NOWARN, tries);\n\t} while (!page && tries-- > 0);')),
      'alloc_pages clever',
    );
  });
  it('a pool of its own that a second call refills', () => {
    assert.equal(
      verdict(
        fn(
          'retry:\n\terr = alloc_slot(d);\n\tif (err) {\n\t\tif (err == -ENOMEM)\n\t\t\terr = refill_slots(d);\n\t\tif (err)\n\t\t\treturn err;\n\t\tgoto retry;\n\t}',
        ),
      ),
      'alloc_slot clever',
    );
  });
  it('a lock taken and given back between two tries is not held across them', () => {
    const body =
      'again:\n\tp = kmalloc(n, GFP_KERNEL);\n\tif (!p) {\n\t\tspin_lock(&d->lock);\n\t\td->missed++;\n\t\tspin_unlock(&d->lock);\n\t\tmsleep(1);\n\t\tgoto again;\n\t}';
    assert.equal(verdict(fn(body)), 'kmalloc convertible');
  });
  it('how an allocator keeps the promise of __GFP_NOFAIL', () => {
    assert.ok(
      reasons(
        fn(
          '\tbool nofail = gfp & __GFP_NOFAIL;\n\tdo {\n\t\tp = kmalloc(n, GFP_KERNEL);\n\t\tif (!p && nofail)\n\t\t\tschedule_timeout_uninterruptible(1);\n\t} while (!p && nofail);',
        ),
      ).includes('implements-nofail'),
    );
  });
  it('a result that is thrown back', () => {
    assert.ok(
      reasons(
        fn(
          '\twhile (!p) {\n\t\tp = kmalloc(n, GFP_KERNEL);\n\t\tif (!p)\n\t\t\treturn -ENOMEM;\n\t\tif (demo_below(p))\n\t\t\tp = NULL;\n\t}',
        ),
      ).includes('rejects-result'),
    );
  });
});

describe('bounded loops', () => {
  const bounded: Record<string, string> = {
    'a counter in the loop head':
      '\tfor (tries = 0; tries < 3; tries++) {\n\t\tp = kmalloc(n, GFP_KERNEL);\n\t\tif (p)\n\t\t\tbreak;\n\t\tmsleep(10);\n\t}',
    'a counter beside the goto': 'again:\n\tp = kmalloc(n, GFP_KERNEL);\n\tif (!p && ++tries < 5) {\n\t\tmsleep(10);\n\t\tgoto again;\n\t}',
    'a countdown': '\tdo {\n\t\tp = kmalloc(n, GFP_KERNEL);\n\t} while (!p && tries--);',
    'one more attempt':
      '\tbool again = true;\nretry:\n\tp = kmalloc(n, GFP_KERNEL);\n\tif (!p) {\n\t\tif (again) {\n\t\t\tagain = false;\n\t\t\tgoto retry;\n\t\t}\n\t\treturn -ENOMEM;\n\t}',
    'a time limit':
      '\tunsigned long end = jiffies + HZ;\n\twhile (!(p = kmalloc(n, GFP_KERNEL))) {\n\t\tif (time_after(jiffies, end))\n\t\t\treturn -ENOMEM;\n\t\tmsleep(1);\n\t}',
  };
  for (const [name, body] of Object.entries(bounded)) it(name, () => assert.equal(verdict(fn(body)), 'kmalloc bounded'));
});

describe('loops where __GFP_NOFAIL is not the answer', () => {
  it('under a spinlock', () => {
    const body = '\tspin_lock(&d->lock);\n\twhile (!(p = kmalloc(n, GFP_ATOMIC)))\n\t\tcpu_relax();\n\tspin_unlock(&d->lock);';
    assert.equal(verdict(fn(body)), 'kmalloc needs-retry-wait');
    assert.ok(reasons(fn(body)).includes('holds-atomic'));
  });
  it('a mask that must not sleep', () => {
    assert.ok(reasons(fn('\twhile (!(p = kmalloc(n, GFP_NOWAIT)))\n\t\tcond_resched();')).includes('nonblocking-mask'));
  });
  it('high orders', () => {
    assert.ok(
      reasons(fn('\tstruct page *page;\n\twhile (!(page = alloc_pages(GFP_KERNEL, 4)))\n\t\tcond_resched();')).includes('high-order'),
    );
  });
});

describe('no retry loops', () => {
  const none: Record<string, string> = {
    'failure leaves':
      '\tfor (tries = 0; tries < 8; tries++) {\n\t\td->buf[tries] = kmalloc(n, GFP_KERNEL);\n\t\tif (!d->buf[tries])\n\t\t\treturn -ENOMEM;\n\t}',
    'the next item after a failure':
      '\tfor (tries = 0; tries < 8; tries++) {\n\t\tp = kmalloc(n, GFP_KERNEL);\n\t\tif (!p)\n\t\t\tcontinue;\n\t\tdemo_add(d, p);\n\t}',
    'a macro iteration':
      '\tlist_for_each_entry(d, &demos, list) {\n\t\tp = kmalloc(n, GFP_KERNEL);\n\t\tif (!p)\n\t\t\tcontinue;\n\t\td->buf = p;\n\t}',
    'a queue worked off':
      '\twhile ((d = demo_next(q))) {\n\t\tp = kmalloc(n, GFP_KERNEL);\n\t\tif (!p) {\n\t\t\tdemo_drop(d);\n\t\t\tcontinue;\n\t\t}\n\t\tdemo_add(d, p);\n\t}',
    'drop the lock, allocate, look again':
      'retry:\n\tspin_lock(&d->lock);\n\tif (demo_lookup(d)) {\n\t\tspin_unlock(&d->lock);\n\t\treturn 0;\n\t}\n\tif (!p) {\n\t\tspin_unlock(&d->lock);\n\t\tp = kmalloc(n, GFP_NOFS);\n\t\tif (!p)\n\t\t\treturn -ENOMEM;\n\t\tgoto retry;\n\t}\n\tspin_unlock(&d->lock);',
    'the same without a test of its own':
      'retry:\n\tspin_lock(&d->lock);\n\tif (!p) {\n\t\tspin_unlock(&d->lock);\n\t\tp = kmalloc(n, GFP_NOFS | __GFP_NOFAIL);\n\t\tgoto retry;\n\t}\n\tspin_unlock(&d->lock);',
    'the request of an XArray answered':
      '\tXA_STATE(xas, &d->xa, n);\n\tdo {\n\t\txas_lock(&xas);\n\t\txas_store(&xas, d);\n\t\txas_unlock(&xas);\n\t} while (xas_nomem(&xas, GFP_KERNEL));',
    'a preload':
      '\tif (radix_tree_preload(GFP_NOFS))\n\t\treturn -ENOMEM;\nagain:\n\terr = demo_race(d);\n\tif (err == -EAGAIN)\n\t\tgoto again;',
    'a cpuset cookie':
      '\tunsigned int cookie;\n\tstruct page *page;\n\tdo {\n\t\tcookie = read_mems_allowed_begin();\n\t\tpage = alloc_pages(gfp, 0);\n\t} while (!page && read_mems_allowed_retry(cookie));',
    'a pool that waits itself': '\twhile (!(p = mempool_alloc(d->pool, GFP_NOIO)))\n\t\tcond_resched();',
    'a mask that cannot fail': '\twhile (!(p = kmalloc(n, GFP_NOFS | __GFP_NOFAIL)))\n\t\tcond_resched();',
    'a failure that takes another way the second time':
      'again:\n\tif (tries != DEMO_NORMAL) {\n\t\tp = kmalloc(n, GFP_ATOMIC);\n\t\tif (!p) {\n\t\t\ttries = DEMO_NORMAL;\n\t\t\tgoto again;\n\t\t}\n\t}',
    'another call that failed with the spare object':
      'retry:\n\tif (err && !p)\n\t\tp = kmalloc(n, GFP_KERNEL);\n\tspin_lock(&d->lock);\n\terr = demo_add(d, p);\n\tspin_unlock(&d->lock);\n\tif (err)\n\t\tgoto retry;',
    'the next packet of a ring':
      '\twhile (tries < budget) {\n\t\tif (demo_bad(d)) {\ndrop:\n\t\t\tdemo_recycle(d);\n\t\t\tgoto next;\n\t\t}\n\t\tp = kmalloc(n, GFP_ATOMIC);\n\t\tif (!p)\n\t\t\tgoto drop;\n\t\tdemo_receive(d, p);\nnext:\n\t\ttries++;\n\t}',
    'a buffer that proved too small':
      'again:\n\tp = kmalloc(n, GFP_KERNEL);\n\tif (!p)\n\t\treturn -ENOMEM;\n\terr = demo_read(d, p, n);\n\tif (err > n) {\n\t\tn = err;\n\t\tkfree(p);\n\t\tgoto again;\n\t}',
    'a retried register read that may want memory below':
      '\tfor (tries = 0; tries < 3; tries++) {\n\t\terr = demo_insert(d, n);\n\t\tif (!err)\n\t\t\tbreak;\n\t\tmsleep(1);\n\t}',
  };
  for (const [name, body] of Object.entries(none)) it(name, () => assert.equal(verdict(fn(body), { chains: ['demo_insert'] }), 'none'));
});
