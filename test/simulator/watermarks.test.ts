/** Watermarks, lowmem reserves, per-cpu list sizes and min_free_kbytes against what booted 6.1.192 kernels reported. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import {
  autoMinFreeKbytes,
  intSqrt,
  lowmemReserves,
  maxBoost,
  pcpBatch,
  pcpHigh,
  zoneWatermarks,
  type ZoneName,
  type ZoneSize,
} from '../../simulator/src/machine/watermarks.js';
import { profileFor, simulate } from '../../simulator/src/index.js';

interface Marks {
  boot: string;
  phase: string;
  cpus: number;
  thp: boolean;
  minFreeKbytes: number;
  scale: number;
  fraction: number;
  zones: Record<string, { managed: number; min: number; low: number; high: number; protection: number[]; batch: number; pcpHigh: number }>;
  /** Range of managed pages when the watermarks were computed, for zones that grew afterwards. */
  managedAtBoot?: Record<string, [number, number]>;
}

const sets = JSON.parse(readFileSync(new URL('data/oracle-6.1-watermarks.json', import.meta.url), 'utf8')) as Marks[];
const p61 = profileFor('6.1.192');
const PROTECTION: ZoneName[] = ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'];

/** Differences between a set and the formulas on the sizes given; empty when all is equal. */
function compare(set: Marks, sizes: ZoneSize[], reserveSizes: ZoneSize[] = sizes): string[] {
  const marks = zoneWatermarks(p61, sizes, set.minFreeKbytes, set.scale);
  const reserves = lowmemReserves(reserveSizes);
  const out: string[] = [];
  sizes.forEach((z, i) => {
    const want = set.zones[z.name]!;
    for (const key of ['min', 'low', 'high'] as const)
      if (marks[i]![key] !== want[key]) out.push(`${z.name}.${key} ${marks[i]![key]} is ${want[key]}`);
    PROTECTION.forEach((name, j) => {
      if (reserves[i]![name] !== want.protection[j])
        out.push(`${z.name} protection ${name} ${reserves[i]![name]} is ${want.protection[j]}`);
    });
  });
  return out;
}

const sizesNow = (set: Marks): ZoneSize[] => Object.entries(set.zones).map(([name, z]) => ({ name: name as ZoneName, managed: z.managed }));

/** Every combination of managed pages in the ranges known for boot time. */
function* sizesAtBoot(set: Marks, ranges: Record<string, [number, number]>): Generator<ZoneSize[]> {
  const now = sizesNow(set);
  const grow = function* (i: number, sofar: ZoneSize[]): Generator<ZoneSize[]> {
    const zone = now[i];
    if (!zone) return void (yield sofar);
    const [from, to] = ranges[zone.name] ?? [zone.managed, zone.managed];
    for (let managed = from; managed <= to; managed++) yield* grow(i + 1, [...sofar, { name: zone.name, managed }]);
  };
  yield* grow(0, []);
}

test('every set taken after a sysctl write equals the formulas on the managed pages of that moment', () => {
  const written = sets.filter((s) => s.phase !== 'boot' && s.phase !== 'end');
  assert.ok(written.length >= 30);
  for (const set of written) assert.deepEqual(compare(set, sizesNow(set)), [], `${set.boot} ${set.phase}`);
});

test('every set taken at boot equals the formulas on some managed pages in the range known for that moment', () => {
  const atBoot = sets.filter((s) => s.managedAtBoot);
  assert.ok(atBoot.length >= 20);
  for (const set of atBoot) {
    let found = false;
    for (const sizes of sizesAtBoot(set, set.managedAtBoot!)) {
      if (compare(set, sizes).length > 0 || autoMinFreeKbytes(p61, sizes, set.scale, set.thp) !== set.minFreeKbytes) continue;
      found = true;
      break;
    }
    assert.ok(found, `${set.boot}: no managed pages in range give the table and min_free_kbytes ${set.minFreeKbytes}`);
  }
});

test('sets read at the end of a boot keep the watermarks of boot; only the lowmem reserve was computed anew', () => {
  const ends = sets.filter((s) => s.phase === 'end');
  assert.ok(ends.length >= 10);
  for (const set of ends) {
    const boot = sets.find((s) => s.boot === set.boot && s.phase === 'boot')!;
    let found = false;
    for (const sizes of sizesAtBoot(boot, boot.managedAtBoot!)) {
      found = compare(set, sizes, sizesNow(set)).length === 0 || compare(set, sizes).length === 0;
      if (found) break;
    }
    assert.ok(found, `${set.boot} end`);
  }
});

test('per-cpu batch and list limit', () => {
  for (const set of sets) {
    for (const [name, z] of Object.entries(set.zones)) {
      assert.equal(pcpBatch(z.managed), z.batch, `${set.boot} ${name} batch`);
      const total = set.fraction > 0 ? Math.floor(z.managed / set.fraction) : z.low;
      assert.equal(pcpHigh(p61, total, z.batch, set.cpus), z.pcpHigh, `${set.boot} ${set.phase} ${name} high`);
    }
  }
});

test('simulate answers the same table and lists every zone type in lowmemReserve', () => {
  const set = sets.find((s) => s.boot === 'info4096-thpnever' && s.phase === 'scale200')!;
  const r = simulate({
    kernel: '6.1.192',
    scenario: 'watermarks',
    machine: { zones: sizesNow(set), minFreeKbytes: set.minFreeKbytes, watermarkScaleFactor: set.scale },
  });
  assert.equal(r.machine.minFreeKbytes, 20000);
  for (const z of r.machine.zones) {
    const want = set.zones[z.name]!;
    assert.deepEqual([z.min, z.low, z.high], [want.min, want.low, want.high]);
    assert.deepEqual(
      PROTECTION.map((n) => z.lowmemReserve[n]),
      want.protection,
    );
  }
});

test('min_free_kbytes without huge pages: recomputed from 5.16 on, kept at the first square root before', () => {
  const sizes: ZoneSize[] = [
    { name: 'DMA', managed: 3840 },
    { name: 'DMA32', managed: 242300 },
  ];
  const first = intSqrt((3840 + 242300) * 4 * 16);
  assert.equal(autoMinFreeKbytes(profileFor('5.10.223'), sizes, 10, false), first);
  assert.equal(autoMinFreeKbytes(profileFor('5.15.100'), sizes, 10, false), first);
  assert.ok(autoMinFreeKbytes(p61, sizes, 10, false) < first);
  assert.equal(autoMinFreeKbytes(profileFor('5.10.223'), sizes, 10, true), 2 * 11 * 512 * 4, 'the huge page raise is the same');
});

test('ZONE_MOVABLE is capped like highmem from 6.7 on and proportional before', () => {
  const sizes: ZoneSize[] = [
    { name: 'Normal', managed: 200_000 },
    { name: 'Movable', managed: 200_000 },
  ];
  const [, before] = zoneWatermarks(p61, sizes, 4000, 10);
  const [normal, after] = zoneWatermarks(profileFor('6.12'), sizes, 4000, 10);
  assert.equal(before!.min, 500);
  assert.equal(after!.min, 128);
  assert.equal(normal!.min, 1000, 'what Movable no longer counts goes to the other zones');
});

test('integer square root is exact next to squares', () => {
  for (const n of [0, 1, 2, 3, 4, 15, 16, 17, 2 ** 40 - 1, 2 ** 40, 94_906_265 ** 2 - 1, 94_906_265 ** 2]) {
    const r = intSqrt(n);
    assert.ok(r * r <= n && (r + 1) * (r + 1) > n, String(n));
  }
});

test('boost limit: 150 % of high, at least a pageblock, none for small zones or factor 0', () => {
  assert.equal(maxBoost(51815, 637, 15000), 955);
  assert.equal(maxBoost(3840, 49, 15000), 512);
  assert.equal(maxBoost(2047, 637, 15000), 0);
  assert.equal(maxBoost(51815, 637, 0), 0);
});
