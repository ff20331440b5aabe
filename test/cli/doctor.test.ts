import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { node, type Check } from '../../server/src/cli/doctor/checks.js';
import { command } from './stub.js';

const sample = fileURLToPath(new URL('../sample', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'gfp-doctor-'));
after(() => rmSync(scratch, { recursive: true }));

async function doctor(...args: string[]): Promise<{ status: number; checks: Map<string, Check> }> {
  const { status, out } = await command(['doctor', '--format', 'json', ...args], { env: { XDG_CACHE_HOME: scratch } });
  const { checks } = JSON.parse(out) as { checks: Check[] };
  return { status, checks: new Map(checks.map((check) => [check.name, check])) };
}

test('a kernel tree with all in place is ready', async () => {
  const { status, checks } = await doctor(join(sample, 'fs'));
  assert.equal(status, 0);
  assert.equal(checks.get('kernel tree')?.found, sample);
  assert.match(checks.get('kernel profile')?.found ?? '', /^6\.12\.0 \(Makefile\), judged as 6\.12$/);
  assert.equal(checks.get('parser, wasm')?.status, 'ok');
  assert.equal(checks.get('cache')?.status, 'ok');
});

test('a folder outside any tree works, and what is assumed is said', async () => {
  const { status, checks } = await doctor(scratch);
  assert.equal(status, 0);
  assert.equal(checks.get('kernel tree')?.status, 'warn');
  assert.match(checks.get('kernel profile')?.found ?? '', /assumed: not in a kernel tree/);
});

test('what keeps an audit from working gives 2 and says what to do', async () => {
  const broken = join(scratch, 'broken');
  mkdirSync(broken);
  writeFileSync(join(broken, 'gfp-audit.json'), '{ "allocator": [] }');
  const { status, checks } = await doctor(broken);
  assert.equal(status, 2);
  const config = checks.get('gfp-audit.json');
  assert.equal(config?.status, 'fail');
  assert.match(config?.found ?? '', /allocator/);
  assert.ok(config?.mend);
});

test('a cache folder that cannot be made is told, and a missing path is an error', async () => {
  writeFileSync(join(scratch, 'file'), '');
  const { checks } = await doctor(sample, '--cache-dir', join(scratch, 'file', 'below'));
  assert.equal(checks.get('cache')?.status, 'warn');
  // Node 20 would try for ever to make a folder there.
  if (process.platform === 'linux')
    assert.equal((await doctor(sample, '--cache-dir', '/proc/gfp-audit')).checks.get('cache')?.status, 'warn');
  const missing = await command(['doctor', 'no-such'], {});
  assert.equal(missing.status, 2);
  assert.match(missing.err, /no-such: no such file or folder/);
});

test('an old Node.js fails', () => {
  assert.equal(node('18.20.4').status, 'fail');
  assert.equal(node('20.18.0').status, 'fail');
  assert.equal(node('20.19.0').status, 'ok');
  assert.equal(node('24.1.0').status, 'ok');
});

test('on an old Node.js no command runs but the one that says so', async () => {
  const real = Object.getOwnPropertyDescriptor(process.versions, 'node')!;
  Object.defineProperty(process.versions, 'node', { ...real, value: '18.20.4' });
  try {
    const audit = await command(['audit', sample]);
    assert.deepEqual([audit.status, audit.asked.length], [2, 0]);
    assert.match(audit.err, /^gfp-audit: Node\.js 18\.20\.4 is too old: install Node\.js 20\.19 or later\n$/);
    assert.equal((await doctor(sample)).checks.get('Node.js')?.status, 'fail');
  } finally {
    Object.defineProperty(process.versions, 'node', real);
  }
});
