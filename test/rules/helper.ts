import assert from 'node:assert/strict';
import { auditText } from '../../server/src/engine.js';
import type { TextAuditOptions } from '../../server/src/engine.js';
import type { Finding } from '../../server/src/rules/model.js';

/** Findings of one rule (all rules when absent) in one text, possible ones included. */
export async function findings(text: string, id?: string, options: TextAuditOptions = {}): Promise<Finding[]> {
  const all = await auditText([{ path: 'drivers/otter/otter.c', text }], options);
  return id === undefined ? all : all.filter((f) => f.ruleId === id);
}

/** The one finding of a rule. */
export async function only(text: string, id: string, options: TextAuditOptions = {}): Promise<Finding> {
  const list = await findings(text, id, options);
  assert.equal(list.length, 1, list.map((f) => `${f.at.line}: ${f.message}`).join('\n'));
  return list[0]!;
}

/** Line of the first `mark` comment. */
export function lineOf(text: string, mark: string): number {
  const at = text.split('\n').findIndex((line) => line.includes(`// ${mark}`));
  assert.ok(at >= 0, mark);
  return at + 1;
}
