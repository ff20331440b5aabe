/** The exhaust scenario against 338 groups of runs on booted 6.1.192 kernels. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulate } from '../../simulator/src/index.js';
import { pcpBatch } from '../../simulator/src/machine/watermarks.js';
import { groups, label, requestOf, type Group } from './oracle.js';

const done = new Map<Group, ReturnType<typeof simulate>[]>();

/** A group's repeat, run once. */
function run(g: Group, repeat: number): ReturnType<typeof simulate> {
  const runs = done.get(g) ?? [];
  done.set(g, runs);
  return (runs[repeat] ??= simulate(requestOf(g, repeat)));
}

test('outcome of every group', () => {
  assert.equal(groups.length, 338);
  for (const g of groups) assert.equal(run(g, 0).outcome.result, g.outcome, label(g));
});

test('pages left in every zone a mask may use: to the page without per-cpu lists, within one batch with them', () => {
  let exact = 0;
  for (const g of groups) {
    for (let repeat = 0; repeat < Object.values(g.zones)[0]!.left.length; repeat++) {
      const r = run(g, repeat);
      for (const z of r.outcome.zones) {
        const want = g.zones[z.name]!;
        const left = want.left[repeat];
        if (want.outside || left === undefined) continue;
        const known = g.difference?.find((d) => d.zone === z.name);
        const slack = Math.max(g.lists ? pcpBatch(want.managed) : 0, known?.pages ?? 0);
        assert.ok(
          Math.abs(z.free - left) <= slack,
          `${label(g)}, repeat ${repeat}, ${z.name}: model ${z.free}, kernel ${left}, allowed ${slack}`,
        );
        if (!g.lists && !known) exact++;
      }
    }
  }
  assert.ok(exact >= 500, `${exact} figures compared to the page`);
});

test('listed differences are still there: each names its reason and is needed', () => {
  for (const g of groups) {
    for (const d of g.difference ?? []) {
      assert.ok(d.why.length > 20 && d.pages > 0);
      const want = g.zones[d.zone]!;
      const worst = Math.max(...want.left.map((left, i) => Math.abs(left - run(g, i).outcome.zones.find((z) => z.name === d.zone)!.free)));
      assert.equal(worst, d.pages, `${label(g)} ${d.zone}: the difference is ${worst} now, the list says ${d.pages}`);
    }
  }
});
