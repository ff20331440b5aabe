/** Trees that nobody would write: recursion, one name defined many times, a function without end. Never a wrong `certain`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditText } from '../../server/src/engine.js';

const LOCKED = (call: string): string => `
struct vole { spinlock_t lock; };

void vole_run(struct vole *v)
{
	spin_lock(&v->lock);
	${call}
	spin_unlock(&v->lock);
}
`;
const audit = (files: Record<string, string>) =>
  auditText(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    { kernel: '6.12' },
  );

test('functions that call each other: the sleep inside the cycle is found, and a cycle without one is not', async () => {
  const found = await audit({
    'drivers/vole/vole.c': `
static int vole_dig(int depth);
static int vole_rest(int depth)
{
	if (depth > 4)
		return kmalloc(8, GFP_KERNEL) ? 0 : -ENOMEM;
	return vole_dig(depth + 1);
}
static int vole_dig(int depth)
{
	return vole_rest(depth);
}
static int vole_spin(int n)
{
	return n ? vole_spin(n - 1) : 0;
}
${LOCKED('vole_dig(0);')}
void vole_turn(struct vole *v)
{
	spin_lock(&v->lock);
	vole_spin(3);
	spin_unlock(&v->lock);
}
`,
  });
  const sleeping = found.filter((f) => f.ruleId === 'sleep-in-atomic');
  assert.deepEqual(
    sleeping.map((f) => f.function),
    ['vole_run'],
  );
  assert.ok(sleeping.every((f) => f.confidence !== 'certain'));
});

test('fifty definitions of one name: one that sleeps makes nothing sure of a call', async () => {
  const files: Record<string, string> = { 'drivers/vole/use.c': LOCKED('vole_board(1);') };
  for (let i = 0; i < 50; i++)
    files[`arch/a${i}/board.c`] = `
int vole_board(int n)
{
	${i === 17 ? 'msleep(n);' : 'udelay(n);'}
	return n;
}
`;
  const found = (await audit(files)).filter((f) => f.ruleId.startsWith('sleep'));
  assert.ok(
    found.every((f) => f.confidence === 'possible'),
    found.map((f) => f.message).join('\n'),
  );
});

test('a function of ten thousand lines', async () => {
  const steps = Array.from({ length: 2500 }, (_, i) => `\tif (n & ${i})\n\t\tn += ${i};\n\telse\n\t\tn -= vole_step(n);`).join('\n');
  const found = await audit({
    'drivers/vole/long.c': `
struct vole { spinlock_t lock; };

int vole_long(struct vole *v, int n)
{
	void *p;

	spin_lock(&v->lock);
${steps}
	p = kmalloc(8, GFP_KERNEL);
	spin_unlock(&v->lock);
	p = kmalloc(8, GFP_KERNEL);
	return p ? n : 0;
}
`,
  });
  assert.equal(found.filter((f) => f.ruleId === 'sleep-in-atomic').length, 1);
});

test('a chain of a thousand calls ends somewhere', async () => {
  const chain = Array.from({ length: 1000 }, (_, i) => `static int vole_${i}(void)\n{\n\treturn vole_${i + 1}();\n}\n`).reverse();
  const found = await audit({
    'drivers/vole/deep.c': `static int vole_1000(void)\n{\n\tmsleep(1);\n\treturn 0;\n}\n${chain.join('')}${LOCKED('vole_0();')}`,
  });
  assert.ok(found.every((f) => f.confidence === 'possible' && f.path.length < 64));
});
