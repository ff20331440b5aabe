/** The sample tree through the real engine: what `npm start` shows. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { audit, type AuditOptions, type AuditResult } from '../../server/src/engine.js';
import { NodeHost } from '../../server/src/host/node.js';
import { renderJson } from '../../server/src/report/json.js';
import { renderText } from '../../server/src/report/text.js';
import { RULES } from '../../server/src/rules/index.js';

const sample = fileURLToPath(new URL('../sample', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'gfp-sample-'));
after(() => rmSync(scratch, { recursive: true }));

function run(change: Partial<AuditOptions> = {}): Promise<AuditResult> {
  return audit(new NodeHost(), { paths: [sample], kernel: 'auto', jobs: 1, cacheDir: null, minConfidence: 'likely', rules: {}, ...change });
}

/** Where each rule is shown: function and file. */
const shown: Record<string, string> = {
  'sleep-in-atomic': 'wren_ring_grow drivers/net/wren/ring.c',
  'sleeping-call-in-atomic': 'wren_get_stats drivers/net/wren/main.c',
  'atomic-where-sleepable': 'wren_probe drivers/net/wren/main.c',
  'open-coded-retry': 'burrow_load_index fs/burrow/extents.c',
  'congestion-wait': 'burrow_load_index fs/burrow/extents.c',
  'nofail-nonblocking': 'wren_ring_spare drivers/net/wren/ring.c',
  'nofail-conflict': 'burrow_clone_extent fs/burrow/extents.c',
  'nofail-high-order': 'otter_alloc_buffer drivers/block/otter/otter.c',
  'nofail-null-check': 'burrow_split_extent fs/burrow/extents.c',
  'nofail-unsupported': 'otter_next_request drivers/block/otter/otter.c',
  'scope-unbalanced': 'burrow_reload_index fs/burrow/extents.c',
  'scope-one-off': 'burrow_bitmap_buffer fs/burrow/extents.c',
  'scope-redundant-flag': 'burrow_commit_index fs/burrow/extents.c',
  'reclaim-recursion': 'burrow_extend_map fs/burrow/super.c',
  'kvmalloc-flags': 'wren_load_rules drivers/net/wren/main.c',
  'nonblock-violation': 'notify_range_reaped mm/notify.c',
  'contradictory-mask': 'burrow_copy_name fs/burrow/super.c',
  'mempool-null-check': 'burrow_submit_read fs/burrow/super.c',
  'mempool-nested': 'burrow_submit_mirror fs/burrow/super.c',
  'rt-atomic': 'wren_ring_kick drivers/net/wren/ring.c',
  'lockless-alloc': 'wren_trace_stats drivers/net/wren/main.c',
  'gfp-parameter-ignored': 'wren_alloc_descs drivers/net/wren/main.c',
  'swapped-arguments': 'burrow_new_name fs/burrow/super.c',
  'atomic-failure-fatal': 'wren_ring_mark drivers/net/wren/ring.c',
};

test('the sample shows each rule once, and nothing else', async () => {
  const { findings } = await run();
  const places = (id: string): string[] =>
    findings.filter(({ ruleId }) => ruleId === id).map(({ function: name, at }) => `${name} ${at.file}`);
  const found = Object.fromEntries(RULES.map(({ meta }) => [meta.id, places(meta.id).join(', ')]).filter(([, where]) => where !== ''));
  assert.deepEqual(found, shown);
});

test('the kernel is that of the Makefile, and the counts are those of the tree', async () => {
  const { kernel, stats, root, problems } = await run();
  assert.deepEqual([kernel.version, kernel.profile, kernel.from, root], ['6.12.0', '6.12', 'Makefile', sample]);
  assert.deepEqual([stats.files, stats.functionsWithErrors, problems.length], [13, 0, 0]);
});

test('a folder of the tree is audited with the whole tree as context, and alone reported on', async () => {
  const whole = await run();
  const part = await run({ paths: [join(sample, 'fs')] });
  assert.equal(part.root, sample);
  assert.deepEqual(
    part.findings,
    whole.findings.filter(({ at }) => at.file.startsWith('fs/')),
  );
});

test('the same bytes for any --jobs, cold or warm', async () => {
  const json = (result: AuditResult): string => {
    const options = { version: '0', stable: true };
    return (
      [...renderJson('audit', result, options), ...renderJson('sites', result, options)].join('') +
      renderText(result, { colour: false, quiet: false, source: new Map() })
    );
  };
  const one = json(await run());
  assert.equal(json(await run({ jobs: 3 })), one);
  const cacheDir = join(scratch, 'cache');
  assert.equal(json(await run({ cacheDir })), one);
  assert.equal(json(await run({ cacheDir })), one);
});

test("PREEMPT_RT is what the tree's .config says, unless it is asked for", async () => {
  const { findings } = await run({ rt: false });
  assert.equal(findings.filter(({ ruleId }) => ruleId === 'rt-atomic').length, 0);
});

test('off silences a rule, a level replaces its own, and possible findings are asked for', async () => {
  const { findings } = await run({ rules: { 'swapped-arguments': 'off', 'scope-one-off': 'error' } });
  assert.equal(findings.filter(({ ruleId }) => ruleId === 'swapped-arguments').length, 0);
  assert.deepEqual(
    findings.filter(({ ruleId }) => ruleId === 'scope-one-off').map(({ severity }) => severity),
    ['error'],
  );
  assert.ok((await run({ minConfidence: 'certain' })).findings.every(({ confidence }) => confidence === 'certain'));
});
