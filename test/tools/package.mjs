/** `npm run package`: bundles the extension and packs it as out/gfp-audit.vsix. */
import { join } from 'node:path';
import { install, root, run } from './setup.mjs';

install();
run(process.execPath, [join(root, 'test', 'tools', 'bundle.mjs')]);
run(process.execPath, [
  join(root, 'node_modules', '@vscode', 'vsce', 'vsce'),
  'package',
  '--no-dependencies',
  '--allow-missing-repository',
  '--no-rewrite-relative-links',
  '--out',
  join(root, 'out', 'gfp-audit.vsix'),
]);
