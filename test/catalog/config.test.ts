import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import * as v from 'valibot';
import { CONFIG_SCHEMA, parseConfig, userCatalogue } from '../../server/src/catalog/config.js';
import { configJsonSchema } from '../../server/src/catalog/config-schema.js';
import { schemaFile, schemaText } from '../tools/config-schema.js';

const refused = (value: unknown, message: string | RegExp) =>
  assert.throws(
    () => parseConfig(typeof value === 'string' ? value : JSON.stringify(value), 'gfp-audit.json', ['sleep-in-atomic', 'nofail-conflict']),
    (error: Error) => {
      assert.equal(error.name, 'ConfigError');
      if (typeof message === 'string') assert.equal(error.message, `gfp-audit.json: ${message}`);
      else assert.match(error.message, message);
      return true;
    },
  );

test('a wrong key is named with the nearest right one', () => {
  refused({ allocatorz: [] }, "allocatorz: no such key; did you mean 'allocators'?");
  refused({ allocators: [{ name: 'foo', gpf: 1 }] }, "allocators[0].gpf: no such key; did you mean 'gfp'?");
  refused(
    { callbacks: [{ struct: 'foo_ops', feild: 'kick', context: 'atomic' }] },
    "callbacks[0].feild: no such key; did you mean 'field'?",
  );
  refused({ qwertyuiop: 1 }, /^gfp-audit\.json: qwertyuiop: no such key; known: kernel, rt, rules, /);
});

test('a wrong value is named with what would be right', () => {
  refused({ locks: [{ name: 'a', kind: 'spinn', op: 'open' }] }, /locks\[0\]\.kind: "spinn" is none of spin, .*; did you mean 'spin'\?$/);
  refused(
    { rules: { 'sleep-in-atomic': 'of' } },
    'rules.sleep-in-atomic: "of" is none of off, note, warning, error; did you mean \'off\'?',
  );
  refused({ rules: { 'sleep-in-atomc': 'off' } }, "rules.sleep-in-atomc: no such rule; did you mean 'sleep-in-atomic'?");
  refused({ rt: 'yes' }, 'rt: must be boolean, not "yes"');
  refused({ kernel: 'six' }, "kernel: must be 'auto', 'mainline' or a version such as 6.12, not \"six\"");
  refused({ scopes: [{ name: 'a b', kind: 'nofs', op: 'open' }] }, 'scopes[0].name: must be a C identifier, not "a b"');
  refused({ sleepers: [{ why: 'waits' }] }, 'sleepers[0].name: missing');
  refused({ callbacks: [{ register: 'a', context: 'atomic' }] }, 'callbacks[0].arg: missing');
  refused({ allocators: [{ name: 'foo' }] }, /allocators: 'foo' needs gfp .* or implied/);
  refused({ allocators: [{ name: 'foo', implied: 'KERNEL' }] }, /allocators\[0\]\.implied: must be a mask/);
});

test('what is no object of JSON is refused', () => {
  refused('{', /^gfp-audit\.json: not JSON: /);
  refused([], 'must be an object, not a list');
  refused('3', /must be Object, not 3/);
});

test('everything may be left out, and a byte order mark is no harm', () => {
  assert.deepEqual(parseConfig('\uFEFF{}', 'x', []), {});
});

test('the example of the page is a good file', () => {
  const page = readFileSync(new URL('../../docs/catalogue.md', import.meta.url), 'utf8');
  const example = /```json\n([\s\S]*?)```/.exec(page)![1]!;
  const config = parseConfig(example, 'gfp-audit.json', ['atomic-where-sleepable', 'open-coded-retry']);
  assert.equal(userCatalogue(config).locks.length, 2);
});

test('the published schema is the one that checks', () => {
  assert.equal(readFileSync(schemaFile, 'utf8'), schemaText(), 'run npm run docs');
});

test('published schema and check agree on good and bad files', () => {
  const valid = new Ajv({ strict: false }).compile(configJsonSchema() as object);
  const files: unknown[] = [
    {},
    {
      $schema: 'x',
      kernel: '6.12',
      rt: true,
      rules: { 'nofail-conflict': 'note' },
      exclude: ['drivers/staging/**'],
      suppressions: 's.json',
    },
    { allocators: [{ name: 'foo', gfp: null, implied: 'GFP_KERNEL|__GFP_ZERO' }], notSleepers: ['a'], neverReturns: ['b'] },
    { locks: [{ name: 'a', kind: 'mutex', op: 'open', lock: null }], guards: [{ name: 'g', kind: 'spin', conditional: true }] },
    {
      callbacks: [
        { register: 'r', arg: 0, context: 'softirq' },
        { struct: 's', field: 'f', context: 'reclaim', why: 'is', sure: false },
      ],
    },
    { scopes: [{ name: 's', kind: 'noio', op: 'close', cookie: 1, implied: true }], sleepers: [{ name: 'z', sure: false }] },
    { nonsense: 1 },
    { kernel: 'x' },
    { allocators: [{ gfp: 1 }] },
    { allocators: [{ name: 'foo', gfp: 1.5 }] },
    { allocators: [{ name: 'foo', gfp: -1 }] },
    { locks: [{ name: 'a', kind: 'nope', op: 'open' }] },
    { callbacks: [{ register: 'r', struct: 's', context: 'softirq' }] },
    { exclude: [''] },
    { rules: { a: 'loud' } },
  ];
  for (const file of files) assert.equal(valid(file), v.safeParse(CONFIG_SCHEMA, file).success, JSON.stringify(file));
});
