/** Places where no edit is made: macro bodies, #if arms that do not stand alone, text around directives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objection } from '../../server/src/fix/guards.js';

const edit = (text: string, what: string, put: string): [string, { file: string; start: number; end: number; text: string }[]] => {
  const start = text.indexOf(what);
  assert.ok(start >= 0, what);
  return [text, [{ file: 'a.c', start, end: start + what.length, text: put }]];
};

const halves = `int pick(int big)
{
	int n = 0;

#ifdef CONFIG_OTTER
	if (big) {
		n = first();
#else
	{
		n = second();
#endif
	}
	return n;
}
`;

test('a macro body is shared by all that use the macro', () => {
  assert.match(
    objection(...edit('#define GRAB(n) \\\n\tkmalloc(n, GFP_KERNEL)\n\nint x;\n', 'GFP_KERNEL', 'GFP_NOFS')) ?? '',
    /macro GRAB/,
  );
});

test('one of two arms that share a brace is read, the other is none to edit', () => {
  const said = ['first()', 'second()'].map((call) => objection(...edit(halves, call, 'third()')));
  assert.equal(said.filter((s) => s !== undefined).length, 1, JSON.stringify(said));
  assert.match(said.find((s) => s !== undefined) ?? '', /#if arm/);
});

test('directives stay: neither taken out nor swallowed', () => {
  const [text, edits] = edit(halves, '\tint n = 0;\n\n#ifdef CONFIG_OTTER\n', '');
  assert.match(objection(text, edits) ?? '', /conditionals/);
});

test('an arm that holds whole statements, and code beside directives, may be edited', () => {
  const whole = 'int pick(void)\n{\n#ifdef CONFIG_OTTER\n\treturn first();\n#else\n\treturn second();\n#endif\n}\n';
  assert.equal(objection(...edit(whole, 'first()', 'third()')), undefined);
  assert.equal(objection(...edit(`#define END 1\n${whole}`, 'second()', 'third()')), undefined);
});

test('outside of the text', () => {
  assert.match(objection('abc', [{ file: 'a.c', start: 2, end: 9, text: '' }]) ?? '', /outside/);
});
