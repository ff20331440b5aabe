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

test('arms that share a brace, a condition or an else are none to edit, whichever of them is read', () => {
  for (const call of ['first()', 'second()']) assert.match(objection(...edit(halves, call, 'third()')) ?? '', /#if arm/, call);
  const guarded = `int pick(int big)
{
#ifdef CONFIG_OTTER
	if (big && first())
#endif
		return second();
	return 0;
}
`;
  assert.match(objection(...edit(guarded, 'first()', 'third()')) ?? '', /#if arm/);
  assert.equal(objection(...edit(guarded, 'second()', 'third()')), undefined);
});

test('directives stay: neither taken out nor swallowed', () => {
  const [text, edits] = edit(halves, '\tint n = 0;\n\n#ifdef CONFIG_OTTER\n', '');
  assert.match(objection(text, edits) ?? '', /conditionals/);
});

test('an arm that holds whole statements, and code beside directives, may be edited', () => {
  const whole = 'int pick(void)\n{\n#ifdef CONFIG_OTTER\n\treturn first();\n#else\n\treturn second();\n#endif\n}\n';
  assert.equal(objection(...edit(whole, 'first()', 'third()')), undefined);
  const nested = `int pick(int n)
{
#ifdef CONFIG_OTTER
	if (n) { /* { */
#ifdef CONFIG_CUB
		n = first();
#endif
	}
#endif
	return n;
}
`;
  assert.equal(objection(...edit(nested, 'first()', 'third()')), undefined);
  assert.equal(objection(...edit(`#define END 1\n${whole}`, 'second()', 'third()')), undefined);
});

test('outside of the text', () => {
  assert.match(objection('abc', [{ file: 'a.c', start: 2, end: 9, text: '' }]) ?? '', /outside/);
});
