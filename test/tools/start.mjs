/**
 * `npm start`: installs and builds what is missing, then runs gfp-audit.
 * Without arguments it audits the bundled sample tree; with paths, those; with a command's name, that command.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, install, root } from './setup.mjs';

const commands = ['audit', 'sites', 'explain', 'rules', 'simulate', 'lsp', 'help'];
const given = process.argv.slice(2);

install();
build();

const args =
  given.length === 0
    ? ['audit', join(root, 'test', 'sample'), '--fail-on', 'never']
    : commands.includes(given[0]) || given[0] === '--help' || given[0] === '--version'
      ? given
      : ['audit', ...given];
const child = spawn(process.execPath, [join(root, 'out', 'server', 'src', 'cli', 'main.js'), ...args], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdio: 'inherit',
});
// The terminal sends Ctrl-C to the whole process group: the child stops in its own way and we report its status.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 2);
});
