/** Command line and language server are two fronts of one engine: on the same files they find the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { audit } from '../../server/src/engine.js';
import { NodeHost } from '../../server/src/host/node.js';
import { TestClient } from './client.js';

const sample = fileURLToPath(new URL('../sample', import.meta.url));

/** Rule, severity, place, words and path of a finding: what a user sees in either front. */
type Seen = readonly [rule: string, severity: number, line: number, column: number, message: string, path: readonly number[]];
const order = (a: Seen, b: Seen): number => a[2] - b[2] || a[3] - b[3] || (a[0] < b[0] ? -1 : 1);

test('the sample tree: same rules, severities, places, messages and paths', async () => {
  const host = new NodeHost();
  const { findings } = await audit(host, { paths: [sample], kernel: 'auto', jobs: 1, cacheDir: null, minConfidence: 'likely', rules: {} });
  assert.ok(findings.length >= 20);
  const { files } = await host.listC([sample]);
  const client = new TestClient();
  try {
    await client.start();
    const uris = files.map((file) => pathToFileURL(file).href);
    files.forEach((file, i) => client.open(uris[i]!, readFileSync(file, 'utf8')));
    // The answer to a question about the last file comes when all are taken in.
    await client.hover(uris.at(-1)!, 0, 0);
    for (const [i, file] of files.entries()) {
      const name = host.relative(sample, file);
      const fromCli = findings
        .filter(({ at }) => at.file === name)
        .map((f): Seen => [
          f.ruleId,
          { error: 1, warning: 2, note: 3 }[f.severity],
          f.at.line,
          f.at.column,
          f.message,
          f.path.map((s) => s.line),
        ])
        .sort(order);
      const { diagnostics } = await client.diagnostics(uris[i]!);
      const fromLsp = diagnostics
        .map((d): Seen => [
          String(d.code),
          d.severity!,
          d.range.start.line + 1,
          d.range.start.character + 1,
          d.message as string,
          (d.relatedInformation ?? []).map((r) => r.location.range.start.line + 1),
        ])
        .sort(order);
      assert.deepEqual(fromLsp, fromCli, join('test', 'sample', name));
    }
    assert.equal(await client.stop(), 0);
  } finally {
    client.kill();
  }
});
