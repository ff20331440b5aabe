/** The examples on the rules' pages are what the rules do: `bad` is found at its marked lines and nowhere else, `good` is not found. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditText } from '../../server/src/engine.js';
import type { RuleExample } from '../../server/src/rules/model.js';
import { RULES } from '../../server/src/rules/index.js';

const linesOf = (text: string): number[] => text.split('\n').flatMap((line, i) => (/\/\/ finds\s*$/.test(line) ? [i + 1] : []));

/** Lines at which a rule reports with the confidence that is shown by default. */
async function found(id: string, example: RuleExample, text: string): Promise<number[]> {
  const findings = await auditText([{ path: 'drivers/example/example.c', text }], {
    ...(example.kernel ? { kernel: example.kernel } : {}),
    ...(example.rt ? { rt: true } : {}),
    minConfidence: 'likely',
  });
  const lines = findings.filter((f) => f.ruleId === id).map((f) => f.at.line);
  return [...new Set(lines)].sort((a, b) => a - b);
}

for (const { meta } of RULES) {
  test(`${meta.id}: examples`, async () => {
    for (const example of meta.examples) {
      if (example.bad !== undefined) {
        const expected = linesOf(example.bad);
        assert.ok(expected.length > 0, `${example.title}: no line is marked`);
        assert.deepEqual(await found(meta.id, example, example.bad), expected, `${example.title}: bad`);
      }
      if (example.good !== undefined) assert.deepEqual(await found(meta.id, example, example.good), [], `${example.title}: good`);
    }
  });
}

test('the examples show each rule finding something and, as often, staying silent', () => {
  for (const { meta } of RULES) {
    assert.ok(
      meta.examples.some((e) => e.bad !== undefined),
      `${meta.id}: nothing is found`,
    );
    assert.ok(
      meta.examples.some((e) => e.good !== undefined),
      `${meta.id}: nothing is left alone`,
    );
  }
});
