import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { AuditResult } from '../../server/src/engine.js';
import { explainLine } from '../../server/src/report/explain.js';
import { renderSites } from '../../server/src/report/sites.js';
import { command, finding, result, type Outcome } from '../cli/stub.js';
import { site } from './site.js';

const root = mkdtempSync(join(tmpdir(), 'gfp-explain-'));
after(() => rmSync(root, { recursive: true }));
writeFileSync(join(root, 'a.c'), 'void grow(void)\n{\n\tp = kmalloc(8, GFP_NOFS | __GFP_NOFAIL);\n}\n');

const explain = (place: string, answer: Partial<AuditResult>): Promise<Outcome> =>
  command(['explain', place], { cwd: root, answer: { root, ...answer } });

test('a site is told with its mask, order, failure and each context', async () => {
  const contexts = [
    {
      atomic: 'must' as const,
      why: 'spin lock held',
      locks: [{ class: 'ring.lock', kind: 'spin', line: 2 }],
      scopes: [],
      task: 'process',
      path: [],
    },
    { atomic: 'no' as const, why: '', locks: [], scopes: ['nofs'], task: 'kthread', path: [] },
  ];
  const { out, status, asked } = await explain('a.c:3', {
    sites: [site({ file: 'a.c', contexts })],
    findings: [finding({ file: 'a.c' })],
  });
  assert.equal(status, 0);
  assert.equal(asked[0]?.minConfidence, 'possible');
  assert.match(out, /kmalloc\(8, GFP_NOFS \| __GFP_NOFAIL\);\n.*\^{7}/);
  assert.match(
    out,
    /mask +GFP_NOFS \| __GFP_NOFAIL\n +flags +__GFP_NOFAIL \| __GFP_IO\n +sometimes +__GFP_HIGH\n +effective +__GFP_NOFAIL\n/,
  );
  assert.match(out, /can fail +no: __GFP_NOFAIL/);
  assert.match(out, /context 1 +process: may not sleep \(spin lock held\), under spin ring\.lock\n +context 2 +kthread: in nofs scope/);
  assert.match(out, /error .*may sleep.*\n +the rule: an allocation that may sleep/);
});

test('the allocator of this kernel is told in sentences and as a chart', async () => {
  const { out } = await explain('a.c:3', {
    sites: [
      site({
        file: 'a.c',
        simulation: {
          maySleep: true,
          mayFail: false,
          failsWhen: [],
          reserveFloor: 0.5,
          oomKill: true,
          loops: true,
          takesFromAtomic: 0.8,
          warns: [],
          text: 'May sleep. Never returns NULL: it keeps trying until memory comes back.',
          states: { plenty: 'page', oom: 'reclaimed', empty: 'loops' },
          killsIn: ['oom'],
        },
      }),
    ],
  });
  assert.match(out, /allocator +May sleep\.\n +Never returns NULL: it keeps trying/);
  assert.match(out, /reserve +min #{16}\.{4}\|\.{12} 0\n +memory is plenty +a page at once\n/);
  assert.match(out, /can be killed +a page after reclaim, kills a process\n +no page is free +keeps trying\n/);
});

test('with a column the nearest site of the line is meant', () => {
  const sites = [site({ column: 6, api: 'left' }), site({ column: 40, api: 'right' })];
  const picked = (column?: number): string[] =>
    explainLine(result({ sites }), { file: 'fs/a.c', line: 3, ...(column === undefined ? {} : { column }) }).sites.map(({ api }) => api);
  assert.deepEqual(picked(), ['left', 'right']);
  assert.deepEqual(picked(38), ['right']);
  assert.deepEqual(picked(1), ['left']);
});

test('loops, scopes, waits and flags of the line are told too', () => {
  const { others } = explainLine(
    result({
      retryLoops: [
        {
          file: 'fs/a.c',
          line: 2,
          endLine: 6,
          function: 'f',
          callee: 'kmalloc',
          backoff: [],
          reasons: ['no-backoff'],
          verdict: 'convertible',
        },
      ],
      scopes: [{ kind: 'nofs', file: 'fs/a.c', function: 'f', line: 3, restores: [9], balanced: true }],
      waits: [{ api: 'msleep', file: 'fs/b.c', line: 3, function: 'f' }],
    }),
    { file: 'fs/a.c', line: 3 },
  );
  assert.deepEqual(others, ['a loop (lines 2 to 6) retries kmalloc(): convertible, no-backoff', 'opens a nofs scope, restored on line 9']);
});

test('a line of which nothing is known ends with 2 and names the nearest sites', async () => {
  const { status, err } = await explain('a.c:1', { sites: [site({ file: 'a.c' })] });
  assert.equal(status, 2);
  assert.match(err, /a\.c:1: no allocation.*\n.*nearest: line 3: kmalloc\(\) in grow\(\)/);
});

test('a place is FILE:LINE or FILE:LINE:COLUMN, counted from 1; a file name may hold a colon', async () => {
  for (const wrong of ['a.c', 'a.c:', 'a.c:0', 'a.c:3:0', ':3', 'a.c:x'])
    assert.match((await explain(wrong, {})).err, /is no place in a file/, wrong);
  assert.match((await explain('C:a.c:3:1', {})).err, /C:a\.c: no such file/);
});

test('sites as text: one line an entry, with what matters of it', () => {
  const out = renderSites(
    result({
      sites: [
        site({
          order: 3,
          nullChecked: false,
          contexts: [{ atomic: 'no', why: '', locks: [], scopes: ['nofs'], task: 'process', path: [] }],
        }),
      ],
      waits: [{ api: 'memalloc_retry_wait', file: 'fs/b.c', line: 8, function: 'g' }],
      flagUses: [{ file: 'fs/b.c', line: 9, function: 'g', flag: '__GFP_NOFAIL', kind: 'assign' }],
    }),
    { colour: false, quiet: false },
  );
  assert.match(
    out,
    /^allocation sites\n {2}fs\/a\.c:3 grow\(\): kmalloc\(GFP_NOFS \| __GFP_NOFAIL\) slab, order 3, cannot fail, result not tested, in nofs scope\n/,
  );
  assert.match(out, /waits\n {2}fs\/b\.c:8 g\(\): memalloc_retry_wait\n/);
  assert.match(out, /1 site, 0 retry loops, 0 scopes, 1 wait, 0 non-blocking sections, 1 flag use\n/);
});
