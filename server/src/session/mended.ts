/** The fixes of a list of findings, over the linked tree that they were made in. */
import type { AuditOptions } from '../engine.js';
import type { KernelProfile } from '../catalog/model.js';
import { ReadError, type Host } from '../host/host.js';
import type { Program } from '../index/program.js';
import type { Finding, Severity } from '../rules/model.js';
import { decodeSource } from '../syntax/decode.js';
import { createParser } from '../syntax/parser.js';
import { Mender } from './fixes.js';

/** What fixes are tried in. */
export interface Bench {
  program: Program;
  profile: KernelProfile;
  rt: boolean;
  severities: Record<string, Severity>;
  /** What file names are relative to. */
  base: string;
}

/** Calls `use` with a mender over the host's files. `held` has what each file that was looked into held. */
export async function withMender<T>(
  host: Host,
  bench: Bench,
  use: (mender: Mender, held: ReadonlyMap<string, Uint8Array>) => Promise<T>,
): Promise<T> {
  const parser = await createParser();
  const held = new Map<string, Uint8Array>();
  const { program, profile, rt, severities } = bench;
  const mender = new Mender({ program, profile, options: { rt, severities }, parser }, async (file) => {
    try {
      const bytes = await host.readBytes(host.resolve(file, bench.base));
      held.set(file, bytes);
      return decodeSource(bytes);
    } catch (error) {
      if (error instanceof ReadError) return undefined;
      throw error;
    }
  });
  try {
    return await use(mender, held);
  } finally {
    parser.dispose();
  }
}

/** The findings, those that are `worth` it with their verified fixes, advice and refusals. */
export async function mendedAll(
  mender: Mender,
  findings: readonly Finding[],
  { signal, onProgress }: Pick<AuditOptions, 'signal' | 'onProgress'>,
  worth: (finding: Finding) => boolean = () => true,
): Promise<Finding[]> {
  const out: Finding[] = [];
  for (const [i, finding] of findings.entries()) {
    signal?.throwIfAborted();
    onProgress?.({ phase: 'fixes', done: i, total: findings.length, file: finding.at.file });
    out.push(worth(finding) ? await mender.mended(finding) : finding);
  }
  return out;
}
