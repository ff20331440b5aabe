/**
 * Real changes as patches: each file that differs between two kernel trees is audited as a patch on the first, all of it for context.
 *
 *     node --max-old-space-size=15000 --import tsx test/tools/patch-study.ts OLD NEW LIST [FILE...]
 *
 * LIST is a JSON list of files, FILEs pick entries; the trees in the other order give the reverses. Prints what each patch brings and
 * mends, for reading. The tree is linked once, and the patches that a revision of it can follow are judged one by one; the others go
 * into one series and are judged by a whole audit, each finding told by the patch that it comes from. CACHE names a folder that keeps
 * the facts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createTwoFilesPatch } from 'diff';
import type { AuditOptions, AuditResult, CauseRecord } from '../../server/src/engine.js';
import { NodeHost } from '../../server/src/host/node.js';
import type { Finding } from '../../server/src/rules/model.js';
import { auditTree, type AuditedTree } from '../../server/src/session/audit.js';
import { prepareChange, type ChangeRequest } from '../../server/src/session/change.js';
import { quickStates } from '../../server/src/session/quick.js';
import { review } from '../../server/src/session/review.js';

const [older = '', newer = '', list = '', ...picked] = process.argv.slice(2);
if (list === '') throw new Error('patch-study.ts OLD NEW LIST [FILE...]');
const there = (file: string): boolean => [older, newer].every((root) => existsSync(`${root}/${file}`));
const files = (JSON.parse(readFileSync(list, 'utf8')) as string[]).filter(
  (file) => (picked.length === 0 || picked.includes(file)) && there(file),
);

const host = new NodeHost(older);
const options: AuditOptions = {
  paths: [older],
  root: older,
  kernel: 'auto',
  jobs: 2,
  cacheDir: process.env['CACHE'] ?? null,
  minConfidence: 'likely',
  rules: {},
  want: 'findings',
};

/** A patch as git would write it; bytes, whatever the encoding. */
function patchOf(file: string): { name: string; bytes: Uint8Array } {
  const [from, to] = [older, newer].map((root) => readFileSync(`${root}/${file}`, 'latin1')) as [string, string];
  const text = createTwoFilesPatch(`a/${file}`, `b/${file}`, from, to, '', '').replace(/^=+\n/, '');
  return { name: file, bytes: Buffer.from(text, 'latin1') };
}

function tell(file: string, how: string, findings: readonly Finding[], mended: readonly Finding[]): void {
  console.log(`${file} (${how}): ${findings.length} new, ${mended.length} mended`);
  for (const [sign, all] of [['+', findings] as const, ['-', mended] as const])
    for (const { ruleId, at, function: name, message, data } of all) {
      const { how: tied, file: where, fileLine, text } = data['cause'] as CauseRecord;
      console.log(`  ${sign} ${ruleId} ${at.file}:${at.line} ${name}(): ${message} {${tied} ${where}:${fileLine}: ${text}}`);
    }
}

let tree: AuditedTree | undefined = await auditTree(host, options);
const disk: AuditResult = tree.result;
console.log(`linked ${disk.stats.files} files in ${disk.run.seconds.toFixed(0)} s, ${disk.findings.length} findings`);
const rest: string[] = [];
for (const file of files) {
  const change: ChangeRequest = { kind: 'patch', sources: [patchOf(file)], each: false };
  const quick = await quickStates(host, older, await prepareChange(host, older, change), options, tree);
  if (!quick) {
    rest.push(file);
    continue;
  }
  const result = await review(host, { ...options, paths: [], change }, { quick: true, linked: tree });
  tell(file, `${result.run.seconds.toFixed(1)} s`, result.findings, result.change!.mended);
}
tree = undefined;
if (rest.length > 0) {
  const change: ChangeRequest = { kind: 'patch', sources: rest.map(patchOf), each: false };
  const result = await review(host, { ...options, paths: [], change }, { quick: false, disk });
  const of = (n: number, all: readonly Finding[]): Finding[] => all.filter(({ data }) => (data['cause'] as CauseRecord).patch === n);
  rest.forEach((file, i) => tell(file, 'with the others', of(i + 1, result.findings), of(i + 1, result.change!.mended)));
  console.log(`${rest.length} judged at once in ${result.run.seconds.toFixed(0)} s`);
}
