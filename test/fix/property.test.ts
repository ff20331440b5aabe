/** Whatever stands around it and however it is written: a fix changes its own text only, mends what it says, and is not offered twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits } from '../../server/src/fix/verified.js';
import { decodeSource } from '../../server/src/syntax/decode.js';
import { editBytes } from '../../server/src/syntax/encode.js';
import { cases } from './cases.js';
import { bench } from './mend.js';

/** How a text is disfigured: comments and blank lines behind lines, indents, braces, neighbours. */
const noise = fc.record({
  which: fc.nat(cases.length - 1),
  comments: fc.array(
    fc.record({ line: fc.nat(40), text: fc.constantFrom('/* why */', '/* } */', '// {', '/* GFP_KERNEL */', '/* é */') }),
    {
      maxLength: 3,
    },
  ),
  blanks: fc.array(fc.nat(40), { maxLength: 3 }),
  indent: fc.constantFrom('\t', '        ', '    '),
  eol: fc.constantFrom('\n', '\r\n'),
  gnu: fc.boolean(),
  before: fc.constantFrom(
    '',
    '#define TWICE(x) do { \\\n\t(x); (x); \\\n} while (0)\n\n',
    'static const char *odd = "} /* \\" {";\n\n',
    '/* Größe, 大小, 🦦 */\n\n',
    '#ifdef CONFIG_OTTER\nint otter(void)\n{\n\treturn 1;\n}\n#endif\n\n',
  ),
  after: fc.constantFrom('', '\nint last(void)\n{\n\treturn 0;\n}', '\n#define END 1', '\n\f\n'),
});
type Noise = typeof noise extends fc.Arbitrary<infer T> ? T : never;

function disfigured({ which, comments, blanks, indent, eol, gnu, before, after }: Noise): string {
  const lines = cases[which]!.before.split('\n').flatMap((line, i, all) => {
    const marks = comments.filter((c) => c.line % all.length === i && /[;{}]$/.test(line)).map((c) => c.text);
    const [first, ...others] = marks;
    // One comment a line: a second would stand in the first when that ends the line.
    const text = first === undefined ? line : others.length > 0 ? `${line}\n${/^\s*/.exec(line)![0]}${first}` : `${line} ${first}`;
    return blanks.some((b) => b % all.length === i) && /;$/.test(line) ? [text, ''] : [text];
  });
  let text = lines.join('\n');
  if (gnu) text = text.replace(/^(\t+)((?:if|for|while)\b.*\)) \{$/gm, '$1$2\n$1{');
  text = text.replace(/^\t+/gm, (tabs) => indent.repeat(tabs.length));
  return (before + text + after).replaceAll('\n', eol);
}

test('text outside of the edits stays, the finding goes, nothing comes, and once is enough', async () => {
  let offered = 0;
  await fc.assert(
    fc.asyncProperty(noise, async (how) => {
      const { rule, kernel = '6.12' } = cases[how.which]!;
      const text = disfigured(how);
      const first = bench(text, { kernel });
      const finding = first.findings.find((f) => f.ruleId === rule);
      if (!finding) return;
      const { fixes } = await first.mends(finding);
      for (const fix of fixes) {
        offered++;
        const result = Object.values(first.apply(fix)).join('');
        const [from, to] = [Math.min(...fix.edits.map((e) => e.start)), Math.max(...fix.edits.map((e) => e.end))];
        assert.ok(result.startsWith(text.slice(0, from)), 'what stands before it');
        assert.ok(result.endsWith(text.slice(to)), 'what stands behind it');
        if (how.eol === '\r\n') assert.doesNotMatch(result, /[^\r]\n/, 'line ends');
        const second = bench(result, { kernel });
        const count = (list: typeof first.findings, id: string): number => list.filter((f) => f.ruleId === id).length;
        assert.ok(count(second.findings, rule) < count(first.findings, rule), `gone: ${fix.title}`);
        for (const f of second.findings) assert.ok(count(second.findings, f.ruleId) <= count(first.findings, f.ruleId), f.message);
        for (const f of second.findings.filter((other) => other.ruleId === rule))
          for (const again of (await second.mends(f)).fixes) assert.notEqual(again.title, fix.title, 'offered again');
      }
    }),
    { numRuns: 120, seed: 7 },
  );
  assert.ok(offered > 80, `the fixes bear with odd layouts: ${offered} offered`);
});

test('edits of bytes: what is not touched stays byte for byte', () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom('é', '🦦', '\r\n', '\t'), fc.uint8Array({ maxLength: 4 }));
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }),
      fc.nat(),
      fc.nat(),
      fc.constantFrom('', 'x', 'GFP_KERNEL', '\n\t'),
      fc.boolean(),
      (pieces, a, b, put, mark) => {
        const bytes = Buffer.concat([
          ...(mark ? [Buffer.from([0xef, 0xbb, 0xbf])] : []),
          ...pieces.map((p) => (typeof p === 'string' ? Buffer.from(p) : Buffer.from(p))),
        ]);
        const text = decodeSource(bytes);
        const ends = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y);
        // Half of a surrogate pair is no place for an edit.
        const [start, end] = ends.map((at) =>
          /[\udc00-\udfff]/.test(text[at] ?? '') && /[\ud800-\udbff]/.test(text[at - 1] ?? '') ? at - 1 : at,
        ) as [number, number];
        let edited: Uint8Array;
        try {
          edited = editBytes(bytes, [{ start, end, text: put }]);
        } catch (error) {
          // Bytes that only became text, or stopped being it, by what stands beside them now.
          assert.equal((error as Error).name, 'EncodeError');
          return;
        }
        assert.equal(decodeSource(edited), applyEdits(text, [{ file: '', start, end, text: put }]));
        const kept = (from: Uint8Array): number => from.length;
        assert.equal(kept(edited) - kept(bytes) - Buffer.byteLength(put) <= 0, true);
        let same = 0;
        while (same < Math.min(edited.length, bytes.length) && edited[same] === bytes[same]) same++;
        assert.ok(
          decodeSource(bytes.subarray(0, same)).length >= start || same === bytes.length || same === edited.length,
          'the beginning',
        );
      },
    ),
    { numRuns: 400, seed: 11 },
  );
});
