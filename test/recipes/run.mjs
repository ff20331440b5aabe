/** Runs the recipes of docs/recipes with real processes on the sample tree: each must give the bytes of one plain run. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, root } from '../tools/setup.mjs';

install();
build();
const scratch = mkdtempSync(join(tmpdir(), 'gfp-recipes-'));
const program = join(scratch, 'gfp-audit');
writeFileSync(
  program,
  `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(join(root, 'out/server/src/cli/main.js'))} "$@"\n`,
  { mode: 0o755 },
);
const sample = join(root, 'test/sample');
const recipes = join(root, 'docs/recipes');
const env = { ...process.env, GFP_AUDIT: program };
const run = (command, args, more = {}) =>
  execFileSync(command, args, { env: { ...env, ...more }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const whole = join(scratch, 'whole.json');
run(program, ['audit', sample, '--format', 'json', '--fail-on', 'never', '--no-cache', '--output', whole]);
const report = (file) => {
  const { run: _run, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  return JSON.stringify(rest);
};

const recipe = {
  'make -j': (out) => run('make', ['-j3', '-f', join(recipes, 'shards.mk'), `TREE=${sample}`, 'N=5', `OUT=${out}`]),
  'GNU parallel': (out) => run('bash', [join(recipes, 'shards-parallel.sh'), sample, '4', out]),
  'Slurm array, its variables by hand': (out) => {
    for (const id of [3, 1, 2])
      run('bash', [join(recipes, 'slurm-array.sh'), sample, out], { SLURM_ARRAY_TASK_ID: `${id}`, SLURM_ARRAY_TASK_COUNT: '3' });
    run(program, [
      'merge',
      ...[1, 2, 3].map((id) => join(out, `part-${id}.json`)),
      '--fail-on',
      'never',
      '--output',
      join(out, 'report.json'),
    ]);
  },
};

let failed = 0;
for (const [name, carryOut] of Object.entries(recipe)) {
  const out = join(scratch, name.replace(/\W+/g, '-'));
  mkdirSync(out);
  try {
    carryOut(out);
    if (report(join(out, 'report.json')) !== report(whole)) throw new Error('the merged report differs from that of one run');
    console.log(`ok: ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED: ${name}\n${error.message}\n${error.stderr ?? ''}`);
  }
}
rmSync(scratch, { recursive: true });
console.log(`${Object.keys(recipe).length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
