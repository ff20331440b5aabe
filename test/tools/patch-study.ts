/**
 * Real changes as patches: each file that differs between two kernel trees is audited as a patch on the older one, and, where that
 * says anything, its reverse on the newer. The tree around it is the older one's include/linux and the folders named in the list, not
 * the whole kernel.
 *
 *     node --import tsx test/tools/patch-study.ts OLD NEW LIST [FILE...]
 *
 * LIST is JSON, [{"file": "fs/x.c", "around": ["fs/x"]}]; FILEs pick entries. Prints what each patch brings and mends, for reading.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { audit, type AuditResult, type CauseRecord } from '../../server/src/engine.js';
import { NodeHost } from '../../server/src/host/node.js';

interface Entry {
  file: string;
  around: string[];
}

const [older = '', newer = '', list = '', ...picked] = process.argv.slice(2);
if (list === '') throw new Error('patch-study.ts OLD NEW LIST [FILE...]');
const entries = (JSON.parse(readFileSync(list, 'utf8')) as Entry[]).filter(({ file }) => picked.length === 0 || picked.includes(file));
// A folder that stays keeps the facts of the headers for the next run.
const kept = process.env['PATCH_STUDY'];
const scratch = kept ?? mkdtempSync(join(tmpdir(), 'gfp-patches-'));
const tree = join(scratch, 'tree');
// Headers are the same for all: copied once, so that their facts stay in the cache.
for (const name of ['Makefile', 'Kconfig', 'include'])
  cpSync(join(older, name), join(tree, name), { recursive: true, dereference: true, preserveTimestamps: true });

/** A patch as git would write it; bytes, whatever the encoding. */
function patchOf(file: string, from: string, to: string): Uint8Array {
  const text = (root: string): string => readFileSync(join(root, file), 'latin1');
  return Buffer.from(createTwoFilesPatch(`a/${file}`, `b/${file}`, text(from), text(to), '', '').replace(/^=+\n/, ''), 'latin1');
}

const review = (bytes: Uint8Array): Promise<AuditResult> =>
  audit(new NodeHost(tree), {
    paths: [],
    root: tree,
    kernel: 'auto',
    jobs: 1,
    cacheDir: join(scratch, 'cache'),
    minConfidence: 'likely',
    rules: {},
    change: { kind: 'patch', sources: [{ name: 'patch', bytes }], each: false },
  });

function tell(words: string, { findings, change, run }: AuditResult): void {
  const { mended, unchanged, touched } = change!;
  const sites = touched.sites.added.length + touched.sites.removed.length + touched.sites.changed.length;
  console.log(
    `  ${words}: ${findings.length} new, ${mended.length} mended, ${unchanged} as before, ${sites} sites, ${run.seconds.toFixed(1)} s`,
  );
  for (const [sign, all] of [['+', findings] as const, ['-', mended] as const])
    for (const { ruleId, at, function: name, message, data } of all) {
      const cause = data.cause as CauseRecord | undefined;
      console.log(
        `    ${sign} ${ruleId} ${at.file}:${at.line} ${name}(): ${message}${cause ? ` {${cause.how} ${cause.file}:${cause.fileLine}: ${cause.text}}` : ''}`,
      );
    }
}

try {
  for (const { file, around } of entries) {
    const folders = [...new Set([dirname(file), ...around])];
    for (const folder of folders) {
      mkdirSync(dirname(join(tree, folder)), { recursive: true });
      if (existsSync(join(older, folder)))
        cpSync(join(older, folder), join(tree, folder), { recursive: true, dereference: true, preserveTimestamps: true });
    }
    console.log(file);
    const forth = await review(patchOf(file, older, newer));
    tell('patch', forth);
    if (forth.findings.length + forth.change!.mended.length > 0) {
      cpSync(join(newer, file), join(tree, file), { preserveTimestamps: true });
      tell('reverse', await review(patchOf(file, newer, older)));
    }
    for (const folder of folders) rmSync(join(tree, folder), { recursive: true, force: true });
  }
} finally {
  if (kept === undefined) rmSync(scratch, { recursive: true });
}
