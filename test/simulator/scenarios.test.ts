/** The named scenarios: their pages are current, and what the pages say in words holds in the figures. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { PROFILE_IDS, profileById, SCENARIO_NAMES, simulate } from '../../simulator/src/index.js';
import { scenarioPage, type ScenarioPage } from '../../simulator/src/render/page.js';
import { CLAIMS, claimOf } from '../../simulator/src/scenarios/claims.js';
import { NAMED } from '../../simulator/src/scenarios/index.js';
import type { Variant } from '../../simulator/src/scenarios/kit.js';
import { indexPage } from '../tools/scenario-pages.js';

const docs = new URL('../../docs/scenarios/', import.meta.url);
const pages = new Map<string, ScenarioPage>();
after(() => pages.clear());

function page(name: string): ScenarioPage {
  let known = pages.get(name);
  if (!known)
    pages.set(
      name,
      (known = scenarioPage(
        NAMED.find((s) => s.name === name)!,
        claimOf(name)!,
      )),
    );
  return known;
}

/** The variant of a kernel whose name contains all the words. */
function find(scenario: string, kernel: string, ...words: string[]): Variant {
  const v = page(scenario)
    .results.get(kernel)!
    .find((x) => words.every((w) => x.name.includes(w)));
  assert.ok(v, `${scenario} ${kernel} ${words.join(' ')}`);
  return v;
}

const figure = (v: Variant, metric: string): number => parseFloat(String(v.metrics[metric]));

test('every named scenario has a claim, a name the command knows, and pages equal to a new run', () => {
  assert.deepEqual(
    NAMED.map((s) => s.name),
    CLAIMS.map((c) => c.scenario),
  );
  for (const s of NAMED) {
    assert.ok(SCENARIO_NAMES.includes(s.name));
    const { markdown, svg } = page(s.name);
    assert.equal(
      readFileSync(new URL(`${s.name}.md`, docs), 'utf8'),
      markdown,
      `docs/scenarios/${s.name}.md is old: node --import tsx test/tools/scenario-pages.ts`,
    );
    assert.equal(readFileSync(new URL(`${s.name}.svg`, docs), 'utf8'), svg, `docs/scenarios/${s.name}.svg is old`);
  }
  assert.equal(readFileSync(new URL('README.md', docs), 'utf8'), indexPage());
  const expected = new Set(['README.md', ...NAMED.flatMap((s) => [`${s.name}.md`, `${s.name}.svg`])]);
  for (const file of readdirSync(docs)) assert.ok(expected.has(file), `docs/scenarios/${file} belongs to no scenario`);
  assert.ok(existsSync(docs));
});

test('NOFAIL against GFP_ATOMIC: the reserve is eaten where no wait stands before it, and always when nothing is reclaimable', () => {
  for (const id of PROFILE_IDS) {
    const old = profileById(id).writebackWaitInRetry;
    const nofail = find('nofail-vs-atomic', id, 'slow disk', '__GFP_NOFAIL');
    const loops = find('nofail-vs-atomic', id, 'slow disk', 'NORETRY');
    assert.equal(figure(nofail, 'GFP_ATOMIC failed') > 0, !old, id);
    assert.equal(figure(loops, 'GFP_ATOMIC failed'), 0, id);
    if (!old) assert.ok(nofail.milliseconds < loops.milliseconds, id);
    const empty = find('nofail-vs-atomic', id, 'nothing to reclaim', '__GFP_NOFAIL');
    assert.equal(empty.result, 'livelock');
    assert.equal(empty.lowestOverMin, 0);
    assert.ok(figure(empty, 'GFP_ATOMIC failed') > 90);
    const stays = find('nofail-vs-atomic', id, 'nothing to reclaim', 'GFP_NOFS, allocator loops');
    assert.equal(figure(stays, 'GFP_ATOMIC failed'), 0);
    assert.ok(stays.lowestOverMin > 0.85);
  }
});

test('throttling: the old engine outlasts a fast disk, the new one wakes often', () => {
  const old = find('throttling', '5.15', '4 pages/ms', 'own waits');
  const now = find('throttling', '6.1', '4 pages/ms', 'own waits');
  assert.ok(figure(old, 'all served after ms') > 1.5 * figure(now, 'all served after ms'));
  assert.ok(figure(now, 'wake-ups') > 5 * figure(old, 'wake-ups'));
  for (const id of PROFILE_IDS) {
    assert.ok(
      figure(find('throttling', id, '4 pages/ms', 'blind'), 'all served after ms') >
        1.5 * figure(find('throttling', id, '4 pages/ms', 'progress'), 'all served after ms'),
    );
  }
});

test('small allocations: who gets NULL', () => {
  for (const id of PROFILE_IDS) {
    const of = (...words: string[]): Variant => find('small-allocations', id, ...words);
    assert.equal(of('kernel thread, a process').result, 'reclaimed');
    assert.equal(of('GFP_NOFS').result, 'loops');
    const reaped = of('waits for a lock the thread holds');
    assert.equal(reaped.result, 'reclaimed');
    assert.ok(reaped.milliseconds >= 2000 && reaped.milliseconds < 2200, 'the reaper comes after two seconds');
    assert.equal(of('nobody to kill').result, 'panic');
    assert.equal(of('itself the OOM victim').result, 'null');
    assert.equal(of('victim, __GFP_NOFAIL').result, 'reserve');
    assert.equal(of('limit of its memcg').result, 'null');
  }
});

test('storage stack: pools always finish, the global reserve only while it lasts', () => {
  for (const id of PROFILE_IDS) {
    for (const free of ['500 pages', '40 pages']) {
      assert.equal(find('storage-stack', id, free, 'mempool').result, 'page');
      assert.equal(find('storage-stack', id, free, 'ENOMEM').result, 'null');
      assert.equal(find('storage-stack', id, free, 'min watermark only').result, 'livelock');
    }
    assert.equal(find('storage-stack', id, '500 pages', 'NOFAIL').result, 'page');
    assert.equal(find('storage-stack', id, '40 pages', 'NOFAIL').result, 'livelock');
    assert.equal(find('storage-stack', id, '40 pages', 'PF_MEMALLOC').result, 'null');
  }
});

test('preallocation: the worst case per task and the preload pattern never fail', () => {
  for (const id of PROFILE_IDS) {
    assert.equal(find('preallocation', id, 'as many as an operation can need').result, 'page');
    assert.equal(find('preallocation', id, 'radix_tree_preload').result, 'page');
    assert.equal(find('preallocation', id, 'on average').result, 'null');
    assert.ok(
      figure(find('preallocation', id, 'radix_tree_preload'), 'pages set aside at most') * 8 ===
        figure(find('preallocation', id, 'can need'), 'pages set aside at most'),
    );
  }
});

test('deadlocks name their cycle, and only where a lock of reclaim is entered', () => {
  for (const id of PROFILE_IDS) {
    const of = (...words: string[]): Variant => find('reclaim-deadlock', id, ...words);
    assert.match(of('GFP_KERNEL under a lock of the shrinker').cycle!.join(), /requester waits for lock L, held by requester/);
    assert.equal(of('reclaim takes M').cycle!.length, 2);
    assert.equal(of('memory plentiful').result, 'page');
    assert.equal(of('inside memalloc_nofs_save').result, 'page');
    assert.equal(of('a union').result, 'deadlock');
    assert.equal(of('GFP_NOFS under a lock of invalidate').result, 'deadlock');
    assert.equal(of('GFP_NOWAIT under').result, 'null');
    const reaper = find('oom-reaper-notifier', id, 'blocks; its lock');
    assert.equal(reaper.result, 'deadlock');
    assert.ok(reaper.cycle!.some((c) => c.startsWith('oom_reaper')) && reaper.cycle!.some((c) => c.startsWith('driver')));
    const second = find('oom-reaper-notifier', id, '-EAGAIN, another');
    assert.equal(second.oomKills, 2);
    assert.ok(second.milliseconds > 2900 && second.milliseconds < 3200, 'two seconds, ten tries, then the next victim');
    assert.equal(find('oom-reaper-notifier', id, 'no other process').result, 'panic');
  }
});

test('nolock: (gfp_t)0 is not lockless, the dedicated reserve serves everything', () => {
  for (const id of PROFILE_IDS) {
    for (const state of ['plentiful', 'runs down']) assert.equal(find('nolock', id, state, 'of its own').result, 'page', id);
    assert.ok(figure(find('nolock', id, 'runs down', '(gfp_t)0'), 'requests failed') > 80);
  }
  assert.equal(find('nolock', '5.10', 'plentiful', '(gfp_t)0').result, 'deadlock');
  assert.ok(figure(find('nolock', 'mainline', 'runs down', 'alloc_pages_nolock'), 'requests failed') > 80);
});

test('another seed changes the trace, the same seed does not', () => {
  const ask = (seed: number): string => JSON.stringify(simulate({ kernel: '6.12', scenario: 'preallocation', seed }));
  assert.equal(ask(7), ask(7));
  assert.notEqual(ask(7), ask(8));
});

test("the command's answer for a named scenario: every case, events in order, a cycle in the outcome", () => {
  const r = simulate({ kernel: '6.12', scenario: 'reclaim-deadlock' });
  assert.equal(r.outcome.result, 'deadlock');
  assert.ok(r.outcome.cycle.length > 0);
  assert.equal(r.variants!.length, 10);
  assert.ok(r.events.every((e, i) => i === 0 || e.t >= r.events[i - 1]!.t));
  assert.ok((r.series.t ?? []).length > 0 && r.series.free!.length === r.series.t!.length);
});
