import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GFP } from '../../simulator/src/index.js';
import { parseConfig, userCatalogue } from '../../server/src/catalog/config.js';
import { createCatalogue, type Catalogue } from '../../server/src/catalog/lookup.js';
import { kernelProfile } from '../../server/src/catalog/profile.js';

const made = new Map<string, Catalogue>();
function at(version: string): Catalogue {
  let catalogue = made.get(version);
  if (!catalogue) {
    const { kernel, gfp } = kernelProfile(version);
    made.set(version, (catalogue = createCatalogue(kernel, gfp)));
  }
  return catalogue;
}

test('the mask argument of bio_alloc() moved in 5.18', () => {
  assert.equal(at('5.15').allocator('bio_alloc')!.gfp, 0);
  assert.equal(at('5.17').allocator('bio_alloc')!.gfp, 0);
  assert.equal(at('5.18').allocator('bio_alloc')!.gfp, 3);
  assert.equal(at('6.1.90').allocator('bio_alloc')!.gfp, 3);
  assert.equal(at('6.11').allocator('kvrealloc')!.gfp, 3);
  assert.equal(at('6.12').allocator('kvrealloc')!.gfp, 2);
});

test('what a kernel does not have is not found', () => {
  assert.equal(at('6.1').scope('memalloc_flags_save'), undefined);
  assert.equal(at('6.12').scope('memalloc_flags_save')!.kind, 'flags');
  assert.equal(at('6.1').sleeper('congestion_wait'), undefined);
  assert.ok(at('5.15').sleeper('congestion_wait'));
  assert.equal(at('5.10').sleeper('memalloc_retry_wait'), undefined);
  assert.equal(at('5.10').scope('memalloc_nocma_save')!.kind, 'nocma');
  assert.equal(at('6.12').scope('blk_mq_freeze_queue'), undefined);
  assert.equal(at('mainline').scope('blk_mq_freeze_queue')!.kind, 'noio');
  assert.equal(at('6.1').allocator('kmalloc_obj'), undefined);
  assert.equal(at('6.12').gfp.flags.has('__GFP_ATOMIC'), false);
  assert.equal(at('6.1').gfp.flags.has('__GFP_ATOMIC'), true);
});

test('behaviour that depends on the allocator follows the profile', () => {
  assert.deepEqual([at('5.10').allocator('vmalloc')!.nofail, at('6.1').allocator('vmalloc')!.nofail], ['ignored', 'honoured']);
  assert.deepEqual([at('6.12').allocator('__vmalloc')!.sleeps, at('mainline').allocator('__vmalloc')!.sleeps], ['always', 'by-gfp']);
  assert.deepEqual([at('5.15').allocator('kvmalloc')!.nofail, at('6.6').allocator('kvmalloc')!.nofail], ['ignored', 'honoured']);
  assert.equal(at('5.10').allocator('alloc_percpu_gfp')!.onlyWith, 'GFP_KERNEL');
  assert.equal(at('6.1').allocator('alloc_percpu_gfp')!.onlyWith, undefined);
});

test('typed allocations have a mask of their own when none is written', () => {
  for (const name of ['kmalloc_obj', 'kzalloc_obj', 'kzalloc_objs', 'kmalloc_flex', 'kvzalloc_obj']) {
    const entry = at('mainline').allocator(name)!;
    assert.ok(entry.optional, name);
    assert.match(entry.implied!, /^GFP_KERNEL/);
  }
});

test('a wait that lets go of a lock names it', () => {
  assert.equal(at('6.12').sleeper('wait_event_lock_irq')!.drops, 2);
  assert.equal(at('6.12').sleeper('wait_event')!.drops, undefined);
  assert.equal(at('6.12').allocator('__xa_alloc')!.drops, 0);
});

test('a pool that waits never fails and is known by its argument', () => {
  const pool = at('6.12').allocator('mempool_alloc')!;
  assert.deepEqual([pool.waits, pool.pool, pool.nofail], [true, 0, 'pointless']);
  const bio = at('6.12').allocator('bio_alloc_bioset')!;
  assert.deepEqual([bio.waits, bio.pool], [true, 4]);
  assert.equal(at('6.12').allocator('mempool_create')!.waits, undefined);
  assert.equal(at('6.1').allocator('bio_split')!.waits, true);
  assert.equal(at('mainline').allocator('bio_split')!.returns, 'ERR_PTR');
});

test('guards are locks under the names that the facts give them', () => {
  const cat = at('6.12');
  assert.deepEqual([cat.lock('guard:mutex')!.op, cat.lock('unguard:mutex')!.op], ['open', 'close']);
  assert.equal(cat.lock('guard:spinlock_irqsave')!.irq, 'irq');
  const conditional = cat.lock('guard:mutex_intr')!;
  assert.deepEqual([conditional.heldIf, conditional.sleeps], ['nonzero', true]);
  assert.deepEqual([cat.lock('guard:mutex_try')!.op, cat.lock('guard:mutex_try')!.sleeps], ['try', false]);
  assert.equal(cat.lock('unguard:mutex_try')!.heldIf, undefined);
  assert.equal(cat.lock('class:rwsem_read')!.kind, 'rwsem_read');
});

test('locks without an object carry their class', () => {
  const cat = at('6.12');
  assert.deepEqual([cat.lock('rtnl_lock')!.lock, cat.lock('rtnl_lock')!.class], [null, 'rtnl_mutex']);
  assert.equal(cat.lock('mmap_read_lock')!.class, 'mm_struct.mmap_lock');
  assert.equal(cat.lock('lockdep_assert_held')!.anyKind, true);
  assert.equal(cat.lock('assert_spin_locked')!.anyKind, undefined);
  assert.equal(cat.lock('btrfs_start_transaction')!.kind, 'handle');
});

test('pte_offset_map_lock() may fail since 6.5', () => {
  assert.equal(at('6.1').lock('pte_offset_map_lock')!.op, 'open');
  assert.deepEqual([at('6.6').lock('pte_offset_map_lock')!.op, at('6.6').lock('pte_offset_map_lock')!.heldIf], ['try', 'nonzero']);
});

test('callbacks by registration: every argument, the latest word for each', () => {
  const cat = at('6.12');
  assert.deepEqual(
    cat.callbacksByRegister('request_threaded_irq').map((c) => [c.arg, c.context]),
    [
      [1, 'hardirq'],
      [2, 'process'],
    ],
  );
  assert.deepEqual(cat.callbacksByRegister('no_such_function'), []);
  assert.equal(cat.callbacksByRegister('atomic_notifier_chain_register')[0]!.via, 'notifier_call');
});

test('callbacks by field: the structure decides, and alone only where all agree', () => {
  const cat = at('6.12');
  assert.equal(cat.callbackByField('tty_operations', 'write')!.context, 'atomic');
  assert.equal(cat.callbackByField('file_operations', 'write')!.context, 'process');
  assert.equal(cat.callbackByField('', 'write'), undefined);
  const alone = cat.callbackByField('', 'ndo_start_xmit')!;
  assert.deepEqual([alone.context, alone.sure], ['softirq', false]);
  assert.equal(cat.callbackByField('net_device_ops', 'ndo_start_xmit')!.sure, true);
  // Names that any driver may give to a field of its own say nothing without the structure.
  for (const field of ['add', 'transfer', 'map', 'queue', 'filter']) assert.equal(cat.callbackByField('', field), undefined, field);
  assert.deepEqual(cat.callbackByField('mmu_notifier_ops', 'invalidate_range_start')!.blockable, { arg: 1, field: 'flags' });
  assert.equal(cat.callbackByField('address_space_operations', 'writepage')!.needs, 'fs');
  assert.equal(at('mainline').callbackByField('address_space_operations', 'writepage'), undefined);
  assert.equal(cat.callbackByField('blk_mq_ops', 'queue_rq')!.sure, false);
  assert.equal(cat.callbackByField('blk_mq_ops', 'complete')!.sure, true);
  assert.equal(cat.callbackByField('Qdisc_ops', 'init')!.context, 'process');
});

test('masks given by calls are bits of that kernel', () => {
  const any = at('6.12').maskHelper('gfp_any')!;
  assert.equal(any.must & GFP.__GFP_DIRECT_RECLAIM, 0);
  assert.notEqual(any.may & GFP.__GFP_DIRECT_RECLAIM, 0);
  assert.notEqual(any.must & GFP.__GFP_KSWAPD_RECLAIM, 0);
  assert.equal(at('6.12').maskHelper('mapping_gfp_constraint')!.from, 1);
  assert.notEqual(at('6.12').maskHelper('mapping_gfp_mask')!.must & GFP.__GFP_DIRECT_RECLAIM, 0);
  assert.notEqual(at('6.12').maskField('sock', 'sk_allocation')!.may & GFP.__GFP_FS, 0);
  assert.equal(at('6.12').maskField('sock', 'sk_flags'), undefined);
});

test("the user's entries replace the built-in ones", () => {
  const config = parseConfig(
    JSON.stringify({
      allocators: [
        { name: 'foo_alloc', gfp: 2, size: 1, returns: 'ERR_PTR' },
        { name: 'kstrdup', implied: 'GFP_KERNEL' },
      ],
      locks: [
        { name: 'foo_lock', kind: 'spin', op: 'open', irq: 'irq' },
        { name: 'foo_trylock', kind: 'mutex', op: 'try' },
      ],
      guards: [{ name: 'foo', kind: 'mutex' }],
      sleepers: [{ name: 'foo_wait', why: 'waits for the foo' }],
      notSleepers: ['msleep'],
      callbacks: [
        { struct: 'foo_ops', field: 'kick', context: 'hardirq' },
        { register: 'request_threaded_irq', arg: 1, context: 'process' },
      ],
      neverReturns: ['foo_die'],
    }),
    'gfp-audit.json',
    [],
  );
  const { kernel, gfp } = kernelProfile('6.12');
  const cat = createCatalogue(kernel, gfp, userCatalogue(config));
  assert.deepEqual(
    [cat.allocator('foo_alloc')!.gfp, cat.allocator('foo_alloc')!.returns, cat.allocator('foo_alloc')!.user],
    [2, 'ERR_PTR', true],
  );
  assert.equal(cat.allocator('kstrdup')!.gfp, null);
  assert.deepEqual([cat.lock('foo_lock')!.irq, cat.lock('foo_lock')!.lock, cat.lock('foo_lock')!.sleeps], ['irq', 0, false]);
  assert.deepEqual([cat.lock('foo_trylock')!.heldIf, cat.lock('foo_trylock')!.sleeps], ['nonzero', false]);
  assert.equal(cat.lock('guard:foo')!.sleeps, true);
  assert.equal(cat.sleeper('foo_wait')!.why, 'waits for the foo');
  assert.equal(cat.sleeper('msleep'), undefined);
  assert.equal(cat.callbackByField('foo_ops', 'kick')!.context, 'hardirq');
  assert.deepEqual(
    cat
      .callbacksByRegister('request_threaded_irq')
      .map((c) => [c.arg, c.context])
      .sort(),
    [
      [1, 'process'],
      [2, 'process'],
    ],
  );
  assert.ok(cat.neverReturns('foo_die') && !cat.neverReturns('printk'));
});

test("a tree's own prototypes decide where a mask stands", () => {
  const { kernel, gfp } = kernelProfile('6.12');
  const cat = createCatalogue(
    kernel,
    gfp,
    undefined,
    new Map([
      ['kvrealloc', 3],
      ['not_listed', 1],
    ]),
  );
  assert.equal(cat.allocator('kvrealloc')!.gfp, 3);
  assert.equal(cat.allocator('not_listed'), undefined);
});
