/** Mends for findings: every fixer is asked, and what it proposes is tried before anybody sees it. */
import { FIXERS } from '../fix/fixers.js';
import type { Advice, FixWorld, Proposal, ProposedEdit, Refusal } from '../fix/model.js';
import { functionOf, saysTheSame, tryEdits, type Audited, type Rejected } from '../fix/trial.js';
import type { Finding, Fix } from '../rules/model.js';
import { effectsOf } from './effect.js';

/** What can be done about one finding. */
export interface Mends {
  /** Tried edits, the one that fits best first. */
  fixes: Fix[];
  /** What only the author can do, with the place named. */
  advice: Pick<Advice, 'title' | 'detail'>[];
  /** Mends that one would expect, and why they are not offered. */
  refusals: Pick<Refusal, 'title' | 'reason'>[];
}

const NONE: Mends = { fixes: [], advice: [], refusals: [] };

/** Seeks mends in one audited tree. Answers are kept: asking twice costs once. */
export class Mender {
  private readonly known = new Map<Finding, Promise<Mends>>();
  private last: Promise<Mends> = Promise.resolve(NONE);
  private readonly texts = new Map<string, Promise<string | undefined>>();
  /** The tree that the fixes are tried in. */
  readonly audited: Audited;

  /** `read` gives a file's text, undefined when it cannot be read; `trusted`: it is the very text that was audited. */
  constructor(
    audited: Omit<Audited, 'text'>,
    private readonly read: (file: string) => Promise<string | undefined>,
    private readonly trusted = false,
  ) {
    this.audited = { ...audited, text: (file) => this.text(file) };
  }

  /** Whether any fixer has a word on the rule: the others cost nothing. */
  static concerns(ruleId: string): boolean {
    return FIXERS.some((fixer) => fixer.rules.includes(ruleId));
  }

  /** Verified edits, advice and refusals for one finding of the tree. */
  fixesFor(finding: Finding): Promise<Mends> {
    let mends = this.known.get(finding);
    if (!mends) {
      // One after another: all share one parser, whose tree lives until its next parse.
      mends = this.last.then(() => this.seek(finding));
      this.last = mends.catch(() => NONE);
      this.known.set(finding, mends);
    }
    return mends;
  }

  /** The finding with what is known of its mends: fixes, and in its data `fixAdvice` and `fixRefused`. */
  async mended(finding: Finding): Promise<Finding> {
    if (!Mender.concerns(finding.ruleId)) return finding;
    const { fixes, advice, refusals } = await this.fixesFor(finding);
    return {
      ...finding,
      fixes: [...finding.fixes, ...fixes],
      data: {
        ...finding.data,
        ...(advice.length ? { fixAdvice: advice } : {}),
        ...(refusals.length ? { fixRefused: refusals } : {}),
      },
    };
  }

  private async seek(finding: Finding): Promise<Mends> {
    const fixers = FIXERS.filter((fixer) => fixer.rules.includes(finding.ruleId));
    const { program, profile, parser } = this.audited;
    const ref = fixers.length ? functionOf(program, finding) : undefined;
    if (!ref) return NONE;
    const world: FixWorld = { program, profile, parser, text: (file) => this.text(file) };
    const mends: Mends = { fixes: [], advice: [], refusals: [] };
    for (const fixer of fixers) {
      const flow = program.flow(ref);
      for (const proposal of await fixer.propose(finding, flow, world)) await this.take(finding, proposal, mends);
    }
    return mends;
  }

  private async take(finding: Finding, proposal: Proposal, into: Mends): Promise<void> {
    if (proposal.kind === 'advice') into.advice.push({ title: proposal.title, detail: proposal.detail });
    else if (proposal.kind === 'refusal') into.refusals.push({ title: proposal.title, reason: proposal.reason });
    else {
      const tried = await this.tried(finding, proposal);
      if (!('reason' in tried)) into.fixes.push(tried);
      else into.refusals.push({ title: proposal.title, reason: tried.reason });
    }
  }

  private async tried(finding: Finding, { title, safety, edits, detail }: ProposedEdit): Promise<Fix | Rejected> {
    const trial = await tryEdits(this.audited, [finding], edits);
    if (!trial.ok) return trial;
    const effects = effectsOf(this.audited.program, trial.revision);
    const [first] = effects;
    const model = !first
      ? ''
      : first.summary === SAME
        ? ` In this kernel ${SAME} with the request.`
        : ` In this kernel the request ${first.summary}.`;
    return { title, safety, edits: [...edits], detail: `${detail}${model}`, ...(effects.length ? { effects } : {}) };
  }

  /** Text as audited: a file that says something else by now is not to be edited. */
  private text(file: string): Promise<string | undefined> {
    let text = this.texts.get(file);
    if (!text) this.texts.set(file, (text = this.checked(file)));
    return text;
  }

  private async checked(file: string): Promise<string | undefined> {
    const text = await this.read(file);
    if (text === undefined || this.trusted) return text;
    const facts = this.audited.program.tree.file(file);
    return facts && saysTheSame(facts, text, this.audited.parser) ? text : undefined;
  }
}

const SAME = 'the allocator does the same';
