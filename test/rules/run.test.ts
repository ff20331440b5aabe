/** Which rules run, at which severity. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings, only } from './helper.js';

const raw = `
struct otter { raw_spinlock_t lock; void *fish; };

void otter_hold(struct otter *o)
{
	raw_spin_lock(&o->lock);
	o->fish = kmalloc(64, GFP_ATOMIC);
	raw_spin_unlock(&o->lock);
}
`;

test('rt-atomic is off unless PREEMPT_RT or the user asks for it', async () => {
  assert.deepEqual(await findings(raw), []);
  assert.equal((await findings(raw, 'rt-atomic', { rt: true })).length, 1);
  assert.equal((await only(raw, 'rt-atomic', { rules: { 'rt-atomic': 'note' } })).severity, 'note');
  assert.deepEqual(await findings(raw, 'rt-atomic', { rt: true, rules: { 'rt-atomic': 'off' } }), []);
});

test('a mask that may sleep under a raw lock is one finding, with and without PREEMPT_RT', async () => {
  const text = raw.replace('GFP_ATOMIC', 'GFP_KERNEL');
  for (const rt of [false, true])
    assert.deepEqual(
      (await findings(text, undefined, { rt })).map((f) => f.ruleId),
      ['sleep-in-atomic'],
    );
});

test('a severity that the user sets wins over what a finding says of itself', async () => {
  const text = 'void *get(void)\n{\n\treturn kmalloc(8, GFP_NOWAIT | __GFP_NOWARN);\n}\n';
  assert.equal((await only(text, 'contradictory-mask')).severity, 'note');
  assert.equal((await only(text, 'contradictory-mask', { rules: { 'contradictory-mask': 'error' } })).severity, 'error');
});
