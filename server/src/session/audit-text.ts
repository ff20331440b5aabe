/** Audits texts held in memory as one small tree: for tests, examples and editors without a tree. */
import { chooseProfile } from '../../../simulator/src/index.js';
import type { KernelProfile } from '../catalog/model.js';
import { extractFile } from '../facts/extract.js';
import { Program } from '../index/program.js';
import { Tree } from '../index/tree.js';
import type { Confidence, Finding, Severity } from '../rules/model.js';
import { createParser } from '../syntax/parser.js';
import { checkProgram } from './check.js';
import { catalogueFor } from './catalogue.js';
import type { Records } from './records.js';

export interface TextAuditOptions {
  /** Kernel version, the newest when absent. */
  kernel?: string;
  rt?: boolean;
  rules?: Record<string, Severity>;
  minConfidence?: Confidence;
}

export const NEWEST_KERNEL = '7.2';

/** Findings in all of `files`, in order of position. */
export async function auditText(files: readonly { path: string; text: string }[], options: TextAuditOptions = {}): Promise<Finding[]> {
  return (await inspectText(files, options)).findings;
}

/** Findings and inventory of texts. */
export async function inspectText(
  files: readonly { path: string; text: string }[],
  options: TextAuditOptions = {},
): Promise<{ findings: Finding[]; records: Records }> {
  const parser = await createParser();
  try {
    const facts = files.map(({ path, text }) => extractFile(path, text, parser));
    const version = options.kernel ?? NEWEST_KERNEL;
    const program = new Program(new Tree(facts), catalogueFor(version));
    program.link();
    const [a = 0, b = 0, c = 0] = version.split('.').map(Number);
    const profile: KernelProfile = { id: chooseProfile(version).profile.id as KernelProfile['id'], version, number: a * 1e6 + b * 1e3 + c };
    return checkProgram(
      program,
      profile,
      { rt: options.rt === true, rules: options.rules ?? {}, minConfidence: options.minConfidence ?? 'possible' },
      facts.map(({ path }) => path),
    );
  } finally {
    parser.dispose();
  }
}
