/** Runs rules over the flow of one function and makes findings of what they report. */
import type { KernelProfile } from '../catalog/model.js';
import type { FunctionFlow } from '../flow/model.js';
import type { Finding, ReclaimTaking, Rule, RuleContext, RuleMeta, Severity } from './model.js';
import { contextsOf, dedupe } from './query.js';

export interface RunOptions {
  profile: KernelProfile;
  /** PREEMPT_RT. */
  rt: boolean;
  /** Severities that replace a rule's own; 'off' silences it, any other switches an off-by-default rule on. */
  severities?: Readonly<Record<string, Severity>>;
  /** What reclaim takes, by lock class; absent where no index knows. */
  reclaimTakes?: (lockClass: string) => readonly ReclaimTaking[];
}

interface Active {
  rule: Rule;
  /** Severity that the user set: it wins over what a finding says of itself. */
  asked?: Exclude<Severity, 'off'>;
}

/** Whether a rule is on: as it was asked for, else as it is meant. */
export function isOn({ id, offByDefault, onWithRt }: RuleMeta, { rt, severities }: Pick<RunOptions, 'rt' | 'severities'>): boolean {
  const asked = severities?.[id];
  return asked ? asked !== 'off' : !offByDefault || (onWithRt === true && rt);
}

/** Rules that are on. */
export function activeRules(rules: readonly Rule[], options: Pick<RunOptions, 'rt' | 'severities'>): Active[] {
  const active: Active[] = [];
  for (const rule of rules) {
    const asked = options.severities?.[rule.meta.id];
    if (isOn(rule.meta, options)) active.push(asked && asked !== 'off' ? { rule, asked } : { rule });
  }
  return active;
}

/** Programs that a kernel's repository holds beside the kernel: they may use its names, but nothing there sleeps in its sense. */
const USERLAND = /^(tools|scripts|usr|Documentation)\//;

/** Findings of the given rules in one function, in source order, one per statement and rule. */
export function checkFunction(flow: FunctionFlow, rules: readonly Rule[], options: RunOptions): Finding[] {
  const findings: Finding[] = [];
  for (const { rule, asked } of activeRules(rules, options)) {
    const context: RuleContext = {
      profile: options.profile,
      rt: options.rt,
      ...(options.reclaimTakes ? { reclaimTakes: options.reclaimTakes } : {}),
      context: (states) => contextsOf(flow, states),
      report: (found) =>
        findings.push({
          severity: rule.meta.severity,
          function: flow.ref.facts.name,
          contexts: [],
          path: [],
          fixes: [],
          data: {},
          ...found,
          ...(asked ? { severity: asked } : {}),
          ruleId: rule.meta.id,
          confidence: USERLAND.test(flow.ref.file.path)
            ? 'possible'
            : found.confidence === 'certain' && flow.imprecise
              ? 'likely'
              : found.confidence,
        }),
    };
    rule.check(flow, context);
  }
  return dedupe(findings);
}
