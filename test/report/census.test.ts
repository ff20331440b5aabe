/** The census: what is counted, under which subsystem, and what a comparison calls a change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditResult, SiteRecord } from '../../server/src/engine.js';
import { compareCensus } from '../../server/src/report/census/compare.js';
import { takeCensus, type Census } from '../../server/src/report/census/count.js';
import { changeWords, renderCensusJson, renderCensusText, renderComparisonText } from '../../server/src/report/census/text.js';
import { inspectText } from '../../server/src/session/audit-text.js';
import { parseMaintainers } from '../../server/src/session/subsystems.js';
import { result } from '../cli/stub.js';
import { site } from './site.js';

const plain = { colour: false, quiet: false };
const folder = (file: string): string => file.split('/')[1]!;
const inScope = (scopes: string[]): SiteRecord['contexts'][number] => ({
  atomic: 'no',
  why: '',
  locks: [],
  scopes,
  task: 'process',
  path: [],
});

/** A site of `fs/<sub>/a.c`, asking with `must`. */
function asks(sub: string, must: string[], change: Partial<SiteRecord> = {}): SiteRecord {
  const kind = (['nofs', 'noio', 'atomic'] as const).find((one) => must.includes(`GFP_${one.toUpperCase()}`));
  const gfp = { text: must.join(' | '), must, may: [], params: [], effective: must, ...(kind && { kind }) };
  return site({ file: `fs/${sub}/a.c`, gfp, nofail: must.includes('__GFP_NOFAIL') ? 'must' : false, ...change });
}
const census = (sites: SiteRecord[], change: Partial<AuditResult> = {}): Census => takeCensus(result({ sites, ...change }), folder);

test('masks are counted by what they are, scopes and loops with them', () => {
  const { total, subsystems } = census(
    [
      asks('otter', ['GFP_NOFS', '__GFP_NOFAIL']),
      asks('otter', ['GFP_NOFS'], { contexts: [inScope(['nofs'])] }),
      asks('otter', ['GFP_NOFS'], { contexts: [inScope(['noio']), inScope([])] }),
      asks('wren', ['GFP_KERNEL']),
      asks('wren', ['GFP_ATOMIC']),
      asks('wren', ['GFP_NOIO'], { class: 'mempool', api: 'mempool_alloc' }),
      asks('wren', ['GFP_KERNEL'], { class: 'mempool', api: 'mempool_create_slab_pool' }),
    ],
    {
      retryLoops: [
        { file: 'fs/wren/a.c', line: 1, endLine: 2, function: 'f', callee: 'kmalloc', backoff: [], reasons: [], verdict: 'convertible' },
      ],
      scopes: [{ kind: 'nofs', file: 'fs/otter/a.c', function: 'f', line: 1, restores: [2], balanced: true }],
      waits: [{ api: 'memalloc_retry_wait', file: 'fs/wren/a.c', line: 3, function: 'f' }],
    },
  );
  assert.deepEqual(
    [
      total.sites,
      total.nofs,
      total.nofsInScope,
      total.nofsPartly,
      total.nofail,
      total.atomic,
      total.noio,
      total.mempools,
      total.mempoolAllocs,
    ],
    [7, 3, 1, 1, 1, 1, 1, 1, 1],
  );
  assert.deepEqual([total.retryLoops, total.convertible, total.scopesNofs, total.retryWaits, total.congestionWaits], [1, 1, 1, 1, 0]);
  assert.deepEqual(
    subsystems.map(({ name, counts }) => [name, counts.nofs]),
    [
      ['otter', 3],
      ['wren', 0],
    ],
  );
});

test('a mask is what its bits surely keep out: what a structure, a parameter or a mapping brings is not guessed', async () => {
  const text = `void f(struct q *q, struct address_space *mapping, gfp_t gfp, bool wait)
{
	kmalloc(1, GFP_KERNEL & ~__GFP_FS);
	kmalloc(2, GFP_NOIO | __GFP_HIGH);
	kmalloc(3, GFP_ATOMIC | __GFP_NOWARN);
	kmalloc(4, GFP_NOWAIT);
	kmalloc(5, gfp);
	kmalloc(6, gfp & ~__GFP_FS);
	kmalloc(7, GFP_NOFS | gfp);
	kmalloc(8, q->gfp);
	kmalloc(9, wait ? GFP_NOFS : GFP_NOWAIT);
	kmalloc(10, wait ? GFP_NOFS : GFP_NOIO);
	kmalloc(11, mapping_gfp_mask(mapping));
	kmalloc(12, mapping_gfp_constraint(mapping, ~__GFP_FS));
}
`;
  const { records } = await inspectText([{ path: 'fs/otter/a.c', text }], { kernel: '6.12' });
  const of = takeCensus(result({ ...records }), folder).sites.map(({ masks }) => masks.join());
  assert.deepEqual(of, ['nofs', 'noio', 'atomic', 'nowait', '', '', '', '', '', 'nofs', '', 'nofs']);
});

test('a comparison pairs the sites of a function: changed masks, gone, appeared, moved', () => {
  const before = census([
    asks('otter', ['GFP_NOFS'], { function: 'grow', line: 10 }),
    asks('otter', ['GFP_KERNEL'], { function: 'grow', line: 20 }),
    asks('otter', ['GFP_ATOMIC'], { function: 'poll', line: 30 }),
    asks('wren', ['GFP_NOIO'], { function: 'moves', line: 5 }),
    asks('wren', ['GFP_KERNEL'], { function: 'quiet', line: 7 }),
  ]);
  const after = census([
    asks('otter', ['GFP_KERNEL'], { function: 'grow', line: 110 }),
    asks('otter', ['GFP_KERNEL'], { function: 'grow', line: 120 }),
    asks('finch', ['GFP_NOIO'], { function: 'moves', line: 5 }),
    asks('finch', ['GFP_NOFS', '__GFP_NOFAIL'], { function: 'fresh', line: 9 }),
    asks('finch', ['GFP_KERNEL'], { function: 'plain', line: 11 }),
  ]);
  const { changes, difference } = compareCensus(before, after);
  assert.deepEqual(
    changes.map((change) => `${change.kind}: ${changeWords(change)}`),
    [
      'appeared: fs/finch/a.c:9 fresh(): kmalloc(GFP_NOFS | __GFP_NOFAIL)',
      'gone: fs/otter/a.c:30 poll(): kmalloc(GFP_ATOMIC)',
      'changed: fs/otter/a.c:110 grow(): kmalloc(GFP_NOFS) is now kmalloc(GFP_KERNEL)',
    ],
  );
  assert.deepEqual([difference.nofs, difference.noio, difference.atomic, difference.nofail], [0, 0, -1, 1]);
});

test('a tree compared with itself has no change', () => {
  const one = census([asks('otter', ['GFP_NOFS']), asks('otter', ['GFP_ATOMIC']), asks('otter', ['GFP_ATOMIC'])]);
  const { changes, subsystems } = compareCensus(one, one);
  assert.deepEqual([changes, subsystems], [[], []]);
});

test('text and JSON say the same; terminal escapes of a tree do not get through', () => {
  const one = census([asks('otter', ['GFP_NOFS'], { function: 'grow\x1b[31m' })]);
  assert.match(renderCensusText(one, plain), /otter +1 +1 +\. /);
  const json = JSON.parse(renderCensusJson(one, '1')) as Census;
  assert.deepEqual([json.total.nofs, json.sites.length], [1, 1]);
  const text = renderComparisonText(compareCensus(one, census([])), plain);
  assert.match(text, /GFP_NOFS: 1 to 0 \(-1\)/);
  assert.ok(!text.includes('\x1b'));
});

const MAINTAINERS = `List of maintainers
===================

	F: *Files*
	   F:	drivers/net/	all files in and below

Maintainers List
----------------

.. note:: something about the list

BIRD DRIVERS
M:	A Person <a@example.org>
F:	drivers/birds/

WREN DRIVER
F:	drivers/birds/wren*
F:	include/linux/wren.h

TOP OF BIRDS
F:	drivers/birds/*
X:	drivers/birds/Kconfig.c

NESTS
F:	drivers/birds/nests/
X:	drivers/birds/nests/old/

OTTERS
N:	[^a-z]otter

THE REST
F:	*
F:	*/
`;

test('the closest entry of MAINTAINERS names the subsystem, the folder where none does', () => {
  const of = parseMaintainers(MAINTAINERS);
  const expected: Record<string, string> = {
    'drivers/birds/deep/down/a.c': 'BIRD DRIVERS',
    'drivers/birds/wren_main.c': 'WREN DRIVER',
    'drivers/birds/wren/core.c': 'WREN DRIVER',
    'include/linux/wren.h': 'WREN DRIVER',
    'drivers/birds/finch.c': 'BIRD DRIVERS',
    'drivers/birds/nests/a.c': 'NESTS',
    'drivers/birds/nests/old/a.c': 'BIRD DRIVERS',
    'arch/river/otter.c': 'OTTERS',
    'mm/slab.c': 'mm',
    'fs/heron/inode.c': 'fs/heron',
    'main.c': 'top level',
  };
  for (const [file, name] of Object.entries(expected)) assert.equal(of(file), name, file);
});
