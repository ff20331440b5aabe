import assert from 'node:assert/strict';
import { test } from 'node:test';
import { characterOf, integerOf, typeText } from '../../server/src/facts/expr.js';
import type { Expr } from '../../server/src/facts/model.js';
import { bodyOf } from './helper.js';

function valueOf(expression: string): Expr | undefined {
  const last = bodyOf(`\treturn ${expression};`).blocks[0]?.ev.at(-1);
  return last?.k === 'ret' ? last.value : undefined;
}

test('integers: bases, suffixes, what a double cannot hold', () => {
  assert.deepEqual(['0', '42UL', '0x1fU', '010', '0b101', '0x8000000000000000ULL', "1'000"].map(integerOf), [
    0,
    42,
    31,
    8,
    5,
    2 ** 63,
    1000,
  ]);
  assert.deepEqual(['0xffffffffffffffff', '1.5', '08', '1e3'].map(integerOf), [undefined, undefined, undefined, undefined]);
  assert.deepEqual(["'a'", "'\\n'", "'\\0'", "'\\x41'", "'\\\\'", "'ab'"].map(characterOf), [97, 10, 0, 65, 92, undefined]);
});

test('negative numbers are a minus and a number, with or without a blank', () => {
  assert.deepEqual(
    [valueOf('-1'), valueOf('- 1'), valueOf('-ENOMEM'), valueOf('a - 1'), valueOf('a -1')],
    [
      ['u', '-', 1],
      ['u', '-', 1],
      ['u', '-', 'ENOMEM'],
      ['b', '-', 'a', 1],
      ['b', '-', 'a', 1],
    ],
  );
});

test('casts, those included that look like a call or an operator', () => {
  assert.deepEqual(valueOf('(__force gfp_t)0'), ['cast', 'gfp_t', 0]);
  assert.deepEqual(valueOf('(__force gfp_t)(GFP_KERNEL)'), ['cast', 'gfp_t', 'GFP_KERNEL']);
  assert.deepEqual(valueOf('(gfp_t)-1'), ['cast', 'gfp_t', ['u', '-', 1]]);
  assert.deepEqual(valueOf('(u32)~x'), ['cast', 'u32', ['u', '~', 'x']]);
  assert.deepEqual(valueOf('(struct page *)p->q'), ['cast', 'struct page *', ['->', 'p', 'q']]);
  assert.deepEqual(valueOf('(flags) & MASK'), ['b', '&', 'flags', 'MASK']);
  assert.deepEqual(valueOf('(fn)(1)'), ['call', 'fn', 1]);
});

test('masks keep their shape', () => {
  assert.deepEqual(valueOf('(gfp & ~__GFP_FS) | (nofail ? __GFP_NOFAIL : 0)'), [
    'b',
    '|',
    ['b', '&', 'gfp', ['u', '~', '__GFP_FS']],
    ['?', 'nofail', '__GFP_NOFAIL', 0],
  ]);
});

test('chains, subscripts, address and content', () => {
  assert.deepEqual(valueOf('&a->b.c[i + 1]'), ['u', '&', ['[]', ['.', ['->', 'a', 'b'], 'c'], ['b', '+', 'i', 1]]]);
  assert.deepEqual(valueOf('*p++'), ['u', '*', ['u', 'post++', 'p']]);
  assert.deepEqual(valueOf('!tries--'), ['u', '!', ['u', 'post--', 'tries']]);
});

test('sizeof, strings, build-time questions, hints', () => {
  assert.deepEqual(valueOf('sizeof(struct otter)'), ['sizeof', 'struct otter']);
  assert.deepEqual(valueOf('sizeof(*o)'), ['sizeof', '*o']);
  assert.deepEqual(valueOf('"otter"'), ['str', 'otter']);
  assert.deepEqual(valueOf('IS_ENABLED(CONFIG_X) ? 1 : 2'), ['?', ['config', 'CONFIG_X'], 1, 2]);
  assert.deepEqual(valueOf('IS_MODULE(CONFIG_X)'), ['config', 'IS_MODULE(CONFIG_X)']);
  assert.equal(valueOf('likely(x)'), 'x');
});

test('what is too large becomes opaque, its calls are still events', () => {
  const body = bodyOf(`\tx = ${Array.from({ length: 200 }, (_, i) => `f${i}(y)`).join(' + ')};\n\treturn x;`);
  const events = body.blocks[0]?.ev ?? [];
  assert.equal(events.filter((event) => event.k === 'call').length, 200);
  const set = events.find((event) => event.k === 'set');
  assert.equal(set?.k === 'set' && Array.isArray(set.value) && set.value[0], 'opaque');
});

test('type texts', () => {
  assert.deepEqual(
    ['const struct foo  * const', 'struct foo __user *', 'char**', 'volatile unsigned   long', 'void (*)(int)'].map(typeText),
    ['struct foo *', 'struct foo *', 'char **', 'unsigned long', 'void (*)(int)'],
  );
});
