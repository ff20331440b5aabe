import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packBody, unpackBody } from '../../server/src/facts/pack.js';
import type { Body, Expr } from '../../server/src/facts/model.js';
import { bodyOf } from './helper.js';

/** With its variables as an ordinary object. */
function unpacked(text: string): Body {
  const body = unpackBody(text);
  return { ...body, vars: { ...body.vars } };
}

test('a body comes back as it was', () => {
  const body = bodyOf(`
	struct ctl c = { .gfp = GFP_NOFS, };
	char *p __free(kfree) = kmalloc(-1, gfp | 0x8000000000000000);
retry:
	if (!(p = get(o, 'x', "text\\n")) && IS_ENABLED(CONFIG_X))
		goto retry;
	switch (p->x++) {
	case 1 ... 3:
		return o ? one(o) : 0;
	}
	o->fn(p[3], sizeof(*p));
	return;`);
  const text = packBody(body);
  assert.deepEqual(unpacked(text), body);
  assert.doesNotMatch(text, /[\n\x00-\x1f]/);
});

test('a damaged body stays damaged', () => {
  assert.equal(unpackBody(packBody(bodyOf('goto nowhere;'))).damaged, true);
});

test('equal expressions come back as one object', () => {
  const [first] = unpackBody(packBody(bodyOf('a(&o->lock);\nb(&o->lock);'))).blocks;
  const args = first?.ev.map((event) => (event.k === 'call' ? event.args[0] : undefined));
  assert.equal(args?.[0], args?.[1]);
});

test('any expression survives', () => {
  const { expr } = fc.letrec<{ expr: Expr; deep: Expr }>((tie) => ({
    deep: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
      tie('expr'),
    ),
    expr: fc.oneof(
      fc.tuple(fc.constant('call' as const), tie('deep'), tie('deep')),
      fc.tuple(fc.constant('->' as const), tie('deep'), fc.string()),
      fc.tuple(fc.constant('b' as const), fc.constant('|' as const), tie('deep'), tie('deep')),
    ),
  }));
  fc.assert(
    fc.property(fc.array(expr), (values) => {
      const body: Body = {
        vars: {},
        blocks: [{ ev: values.map((value) => ({ k: 'set', to: 'x', op: '=', value, pos: [1, 2, 3, 4] })), next: [], line: 0 }],
        loops: [],
        flags: [],
      };
      assert.deepEqual(unpacked(packBody(body)), body);
    }),
    { numRuns: 300, seed: 7 },
  );
});

test('a text that was cut is an error, wherever the cut is', () => {
  const text = packBody(bodyOf('for (i = 0; i < 1000; i++)\n\tp[i] = get(o, i);\nreturn p;'));
  for (let end = 0; end < text.length; end++) assert.throws(() => unpackBody(text.slice(0, end)), SyntaxError);
});
