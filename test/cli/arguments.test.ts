import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments, UsageError } from '../../server/src/cli/arguments.js';
import { commandNames, optionsOf } from '../../server/src/cli/options.js';
import { helpText } from '../../server/src/cli/help.js';
import { nearest } from '../../server/src/catalog/nearest.js';

/** The one line and the hint that a wrong command line gives. */
function refusal(...argv: string[]): string {
  try {
    parseArguments(argv);
  } catch (error) {
    if (error instanceof UsageError) return `${error.message} / ${error.hint}`;
    throw error;
  }
  return 'accepted';
}

test('options and paths may stand in any order, values inline or apart', () => {
  const args = parseArguments(['audit', 'fs', '--format=json', '-j', '3', 'mm', '--rule', 'a=off', '--rule=b=note', '--quiet']);
  assert.ok(args.command === 'audit');
  assert.deepEqual(args.positionals, ['fs', 'mm']);
  assert.deepEqual(
    [...args.strings],
    [
      ['format', ['json']],
      ['jobs', ['3']],
      ['rule', ['a=off', 'b=note']],
    ],
  );
  assert.deepEqual([...args.flags], ['quiet']);
});

test('what follows -- is a path, even when it looks like an option', () => {
  const args = parseArguments(['audit', '--', '--format', '-x.c']);
  assert.ok(args.command === 'audit');
  assert.deepEqual(args.positionals, ['--format', '-x.c']);
});

test('a mistyped name is answered with the nearest one', () => {
  assert.match(refusal('audti', 'fs'), /unknown command 'audti' \/ did you mean audit\?/);
  assert.match(refusal('audit', 'fs', '--formt', 'json'), /unknown option '--formt' \/ did you mean --format\?/);
  assert.match(refusal('audit', 'fs', '--format', 'jsn'), /unknown value 'jsn' .* did you mean json\?/);
  assert.match(refusal('audit', 'fs', '--zzzzzz'), /see gfp-audit audit --help/);
  assert.match(refusal('fs/ext4'), /to audit a path: gfp-audit audit fs\/ext4/);
});

test('missing and superfluous values and arguments are told apart', () => {
  assert.match(refusal('sites'), /sites needs PATH/);
  assert.match(refusal('audit', ''), /PATH is empty/);
  assert.match(refusal('audit', 'fs', '--output'), /--output needs a value/);
  assert.match(refusal('audit', 'fs', '--output', '--quiet'), /--output needs a value/);
  assert.match(refusal('audit', 'fs', '--quiet=yes'), /--quiet takes no value/);
  assert.match(refusal('audit', 'fs', '--jobs', '1', '--jobs', '2'), /--jobs was given twice/);
  assert.match(refusal('explain', 'a.c:1', 'b.c:2'), /unexpected argument 'b.c:2'/);
  assert.equal(refusal('audit', 'fs', '-o', '-'), 'accepted');
});

test('--help of each command names each of its options once, and every word of its own examples parses', () => {
  for (const name of commandNames) {
    const text = helpText(name);
    for (const { name: option } of optionsOf(name))
      assert.equal(text.split(new RegExp(`--${option}(?![\\w-])`)).length >= 2, true, `${name} --${option}`);
  }
  const examples = helpText()
    .split('\n')
    .filter((line) => /^ {2}gfp-audit /.test(line));
  assert.ok(examples.length >= commandNames.length);
  for (const line of examples) assert.equal(refusal(...line.trim().split(' ').slice(1)), 'accepted', line);
});

test('nearest gives up on words that are no slip of the hand', () => {
  assert.equal(nearest('sleep-in-atomc', ['sleep-in-atomic', 'rt-atomic']), 'sleep-in-atomic');
  assert.equal(nearest('open', ['open-coded-retry', 'rt-atomic']), 'open-coded-retry');
  assert.equal(nearest('xyzzy', ['sleep-in-atomic', 'rt-atomic']), undefined);
});
