/**
 * Tests in a real editor: `npm run e2e [-- pages|desktop|features|beside|web|kernel]`. Installs what they need (see tools.mjs), packs the extension, walks through it, leaves
 * pictures in out/e2e/*.png, and says how many steps passed. GFP_AUDIT_KERNELS (a folder of kernel trees) adds a walk over real code.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, root, run } from '../tools/setup.mjs';
import { beside } from './beside.mjs';
import { desktop } from './desktop.mjs';
import { features } from './features.mjs';
import { kernel } from './kernel.mjs';
import { pages } from './pages.mjs';
import { tools } from './tools.mjs';
import { web } from './web.mjs';

const WALKS = { pages, desktop, features, beside, web, kernel };
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in WALKS));
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(', ')}; there are ${Object.keys(WALKS).join(', ')}\n`);
  process.exit(2);
}

const pictures = join(root, 'out', 'e2e');
mkdirSync(pictures, { recursive: true });
for (const name of readdirSync(pictures)) if (name.endsWith('.png')) rmSync(join(pictures, name));
const scratch = mkdtempSync(join(tmpdir(), 'gfp-e2e-'));
let [passed, failed] = [0, 0];
/** A walk that did not come to its end counts as one that failed: what was to follow failed with it. */
const broken = (error) => {
  failed++;
  process.stdout.write(`${error.stack}\n`);
};
try {
  install();
  build();
  const given = {
    tools: tools(),
    vsix: join(root, 'out', 'gfp-audit.vsix'),
    tree: join(root, 'test', 'sample'),
    pictures,
  };
  run(process.execPath, [join(root, 'test', 'tools', 'package.mjs')]);
  for (const [name, walk] of Object.entries(WALKS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    try {
      const steps = await walk({ ...given, scratch: join(scratch, name) });
      passed += steps.passed;
      failed += steps.failed;
    } catch (error) {
      broken(error);
    }
  }
} catch (error) {
  broken(error);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
