/** The simulator panel below its page: the state it keeps, the runs it makes of it, and where a chart puts them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOTTOM, curve, levels, scaleOf, ticks, TOP, yOf } from '../../client/webview/plot.js';
import { eventWords, runAll } from '../../client/webview/runs.js';
import { OFFERED, OWN_REQUEST, PLAIN_SIDE, readState, sideOf, START, type PanelState } from '../../client/webview/state.js';
import { RequestError } from '../../simulator/src/index.js';

const withSides = (part: Partial<PanelState>, ...masks: string[]): PanelState => ({
  ...START,
  ...part,
  sides: masks.map((gfp) => ({ ...PLAIN_SIDE, gfp })),
});
const figure = (run: { figures: [string, string][] }, label: string): string | undefined => run.figures.find(([own]) => own === label)?.[1];

test('side by side, each mask goes as far down as it may', () => {
  const { runs } = runAll(withSides({}, 'GFP_NOFS', 'GFP_NOFS|__GFP_NOFAIL'));
  const [loop, nofail] = runs;
  assert.equal(loop!.free.at(-1)! >= loop!.marks.min - 1, true, 'a request without reserve stops at min');
  assert.equal(nofail!.free.at(-1), 0);
  assert.equal(figure(loop!, 'GFP_ATOMIC afterwards'), 'still served');
  assert.equal(figure(nofail!, 'GFP_ATOMIC afterwards'), 'fails');
  const [atomic] = runAll(withSides({}, 'GFP_ATOMIC')).runs;
  assert.ok(Math.abs(atomic!.free.at(-1)! / atomic!.marks.min - 3 / 8) < 0.01);
});

test('what is free at the start and what reclaim finds decide one request', () => {
  const result = (part: Partial<PanelState>, gfp: string): string =>
    runAll(withSides({ scenario: 'request', ...part }, gfp)).runs[0]!.result;
  assert.equal(result({ free: 'plenty' }, 'GFP_KERNEL'), 'page');
  assert.equal(result({ free: 'min', reclaim: 'clean' }, 'GFP_KERNEL'), 'reclaimed');
  assert.equal(result({ free: 'half' }, 'GFP_ATOMIC'), 'reserve');
  assert.equal(result({ free: 'none' }, 'GFP_ATOMIC'), 'null');
  assert.equal(result({ free: 'none' }, 'GFP_NOFS|__GFP_NOFAIL'), 'loops');
});

test('a mask that is confined to a low zone is run in that zone', () => {
  for (const gfp of ['GFP_DMA', 'GFP_KERNEL|__GFP_DMA32']) {
    const [run] = runAll(withSides({}, gfp)).runs;
    assert.ok(run!.free.length > 2, gfp);
  }
});

test('every scenario that is offered draws something, in both places', () => {
  for (const scenario of OFFERED) {
    const { runs, cases } = runAll({ ...START, scenario, cases: [0, 1] });
    assert.equal(runs.length, 2, scenario);
    assert.equal(cases.length > 0, !OWN_REQUEST.includes(scenario), scenario);
    const scale = scaleOf(runs);
    for (const run of runs) {
      assert.ok(run.name.length > 0 && run.figures.length > 0);
      for (const [x, y] of curve(run, scale)) assert.ok(Number.isFinite(x) && y >= TOP && y <= BOTTOM, `${scenario}: ${x},${y}`);
      for (const event of run.events) assert.ok(!/undefined|\[object/.test(eventWords(event)), eventWords(event));
    }
  }
});

test('the loop beside __GFP_NOFAIL: the same work, other prices', () => {
  const { runs, cases } = runAll({ ...START, scenario: 'nofail-vs-atomic' });
  assert.match(runs[0]!.name, /loop with memalloc_retry_wait/);
  assert.match(runs[1]!.name, /__GFP_NOFAIL/);
  assert.equal(figure(runs[0]!, 'GFP_ATOMIC failed'), '0%');
  assert.notEqual(figure(runs[1]!, 'GFP_ATOMIC failed'), '0%');
  assert.ok(cases.length >= 8);
});

test('what cannot be run is said with the name of the field', () => {
  const broken: [Partial<PanelState>, string, RegExp][] = [
    [{}, 'GFP_KERNAL', /GFP_KERNAL/],
    [{ kernel: 'yesterday' }, 'GFP_KERNEL', /yesterday/],
    [{ memory: '3 bytes' }, 'GFP_KERNEL', /memory/],
    [{ scenario: 'nofail-vs-atomic', kernel: '?' }, 'GFP_KERNEL', /kernel profile/],
  ];
  for (const [part, gfp, message] of broken)
    assert.throws(
      () => runAll(withSides(part, gfp)),
      (error: unknown) => error instanceof RequestError && message.test(error.message),
    );
});

test('a state of another version, or of nobody, becomes one that can be shown', () => {
  assert.deepEqual(readState(undefined), START);
  assert.deepEqual(readState({ scenario: '__proto__', free: 'toString', sides: [null, { order: 'x', scope: 3 }, {}], cases: [-1, 'a'] }), {
    ...START,
    sides: [PLAIN_SIDE, PLAIN_SIDE],
  });
  const state = withSides({ title: 't', scenario: 'request', reclaim: 'dirty' }, 'GFP_NOIO');
  assert.deepEqual(readState(JSON.parse(JSON.stringify(state))), state);
  assert.deepEqual(sideOf({ gfp: 'GFP_NOFS', size: 100, api: 'kmalloc', scope: ['nofs'] }), {
    ...PLAIN_SIDE,
    gfp: 'GFP_NOFS',
    size: 100,
    api: 'kmalloc',
    scope: ['nofs'],
  });
});

test('labels of the watermarks never overlap, and the axis has round figures from zero', () => {
  const { runs } = runAll(withSides({ memory: '64G', free: 'plenty' }, 'GFP_KERNEL'));
  const scale = scaleOf(runs);
  const labels = levels(runs[0]!, scale).map(({ labelY }) => labelY);
  for (let i = 1; i < labels.length; i++) assert.ok(labels[i - 1]! - labels[i]! >= 13);
  for (const max of [0.003, 1, 7, 999, 1024, 123_456]) {
    const steps = ticks(max);
    assert.ok(steps[0] === 0 && steps.length >= 2 && steps.length <= 6 && steps.at(-1)! <= max, `${max}: ${steps.join()}`);
  }
  assert.equal(yOf(scale.maxPages * 100, scale), TOP, 'what is above the chart is drawn at its edge');
});
