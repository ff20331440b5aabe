/** Texts through the fixers: what the engine would offer, tried as the engine tries it. */
import { catalogueFor } from '../../server/src/session/catalogue.js';
import { kernelProfile } from '../../server/src/catalog/profile.js';
import { extractFile } from '../../server/src/facts/extract.js';
import { applyEdits } from '../../server/src/fix/verified.js';
import { Program } from '../../server/src/index/program.js';
import { Tree } from '../../server/src/index/tree.js';
import type { Finding, Fix, FixSafety } from '../../server/src/rules/model.js';
import { checkProgram } from '../../server/src/session/audit.js';
import { Mender, type Mends } from '../../server/src/session/fixes.js';
import { planFixes, type Offer, type Plan } from '../../server/src/session/plan.js';
import { createParser } from '../../server/src/syntax/parser.js';

export type Texts = Record<string, string>;

export interface Bench {
  findings: Finding[];
  mends(finding: Finding): Promise<Mends>;
  plan(offers: readonly Offer[], safety: FixSafety): Promise<Plan>;
  /** The texts with a fix made. */
  apply(fix: Fix): Texts;
}

const parser = await createParser();

/** Audits texts (one: as drivers/otter/otter.c) as one small tree. */
export function bench(texts: Texts | string, options: { kernel?: string; rt?: boolean } = {}): Bench {
  const files: Texts = typeof texts === 'string' ? { 'drivers/otter/otter.c': texts } : texts;
  const { kernel } = kernelProfile(options.kernel ?? '6.12');
  const program = new Program(
    new Tree(Object.entries(files).map(([path, text]) => extractFile(path, text, parser))),
    catalogueFor(options.kernel ?? '6.12'),
  );
  program.link();
  const rt = options.rt === true;
  const { findings } = checkProgram(
    program,
    kernel,
    { rt, rules: {}, minConfidence: 'possible' },
    program.tree.files.map(({ path }) => path),
  );
  const mender = new Mender({ program, profile: kernel, options: { rt }, parser }, (file) => Promise.resolve(files[file]), true);
  return {
    findings,
    mends: (finding) => mender.fixesFor(finding),
    plan: (offers, safety) => planFixes(mender.audited, offers, safety),
    apply: (fix) => {
      const out = { ...files };
      for (const file of new Set(fix.edits.map((e) => e.file)))
        out[file] = applyEdits(
          out[file]!,
          fix.edits.filter((e) => e.file === file),
        );
      return out;
    },
  };
}

/** The mends of the first finding of a rule. */
export async function mendsOf(texts: Texts | string, rule: string, options: { kernel?: string; rt?: boolean } = {}): Promise<Mends> {
  const b = bench(texts, options);
  const finding = b.findings.find((f) => f.ruleId === rule);
  if (!finding) throw new Error(`no finding of ${rule}: ${b.findings.map((f) => f.ruleId).join()}`);
  return b.mends(finding);
}

/** The one text after the first fix of a rule's first finding; the reasons when there is none. */
export async function mended(text: string, rule: string, options: { kernel?: string; rt?: boolean; title?: RegExp } = {}): Promise<string> {
  const b = bench(text, options);
  const finding = b.findings.find((f) => f.ruleId === rule);
  if (!finding) throw new Error(`no finding of ${rule}: ${b.findings.map((f) => f.ruleId).join()}`);
  const { fixes, advice, refusals } = await b.mends(finding);
  const fix = fixes.find((f) => options.title?.test(f.title) ?? true);
  if (!fix) return JSON.stringify({ advice, refusals });
  return Object.values(b.apply(fix)).join('');
}
