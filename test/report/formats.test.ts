/** The formats that other programs read: compilers' lines, workflow commands, mails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AuditResult } from '../../server/src/engine.js';
import { renderGithub } from '../../server/src/report/github.js';
import { renderKernel } from '../../server/src/report/kernel.js';
import { renderMail } from '../../server/src/report/mail.js';
import { wrapped } from '../../server/src/report/wrap.js';
import { finding, result } from '../cli/stub.js';

const kernel = (findings: AuditResult['findings'], quiet = false): string =>
  renderKernel(result({ findings }), { shown: (file) => `../linux/${file}`, quiet });

/** How tools find a place in a compiler's output, from their own documentation; file, line, column, severity, message. */
const readers: Record<string, RegExp> = {
  "VS Code's matcher for gcc": /^(.*?):(\d+):(\d*):?\s+(?:fatal\s+)?(warning|error):\s+(.*)$/,
  "Emacs' compilation mode for gnu style":
    /^(?:[A-Za-z][-\w.]+: ?)?((?:[^\s:]|:[^\d\s])[^\n:]*?):(\d+)[:.](\d+): *(?:(error|[Ww]arning|note): *)?(.*)$/,
  "Vim's errorformat %f:%l:%c: %t%*[^:]: %m": /^([^:]+):(\d+):(\d+): ([ewn])[^:]*: (.*)$/,
  "the kernel's own robots": /^(\S+?):(\d+):(\d+): (warning|error): (.*) \[[\w-]+\]$/,
};

test('a finding is one line that every reader of compiler output finds, in any severity', () => {
  for (const severity of ['error', 'warning', 'note'] as const) {
    const [line = ''] = kernel([finding({ severity })]).split('\n');
    for (const [name, pattern] of Object.entries(readers)) {
      const [, file, at, column, , message] = pattern.exec(line) ?? [];
      assert.deepEqual([file, at, column], ['../linux/fs/a.c', '3', '2'], `${name}: ${line}`);
      assert.match(message!, /^'kmalloc\(GFP_KERNEL\)' may sleep/);
    }
  }
});

test('steps of the path are notes of their own lines; --quiet leaves them out', () => {
  const lines = kernel([finding()]).trimEnd().split('\n');
  assert.deepEqual(lines.slice(1), [
    "../linux/fs/a.c:2:1: note: in grow(): takes spin lock 'ring.lock'",
    '../linux/fs/a.c:3:1: note: in grow(): allocates with GFP_KERNEL',
  ]);
  assert.equal(kernel([finding()], true).trimEnd().split('\n').length, 1);
  assert.equal(kernel([]), '');
});

/** A workflow command as the runner reads it: properties up to '::', then what is escaped is put back. */
function annotation(line: string): { level: string; properties: Record<string, string>; message: string } | undefined {
  const [, level, list, message] = /^::(error|warning|notice) (.*?)::(.*)$/.exec(line) ?? [];
  if (level === undefined || list === undefined || message === undefined) return undefined;
  const plain = (text: string): string =>
    text.replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');
  const properties = Object.fromEntries(
    list.split(',').map((pair) => [pair.slice(0, pair.indexOf('=')), plain(pair.slice(pair.indexOf('=') + 1))]),
  );
  return { level, properties, message: plain(message) };
}

test('a workflow command gives back what was put in, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string({ minLength: 1 }),
      fc.constantFrom('error', 'warning', 'note' as const),
      (message, file, severity) => {
        const [line = ''] = renderGithub(result({ findings: [finding({ message, file, severity, path: [] })] }), (name) => name).split(
          '\n',
        );
        const read = annotation(line);
        const shown = (text: string): string => text.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '\u00b7');
        assert.equal(read?.level, severity === 'note' ? 'notice' : severity);
        assert.deepEqual(
          [read.properties['file'], read.properties['line'], read.properties['title']],
          [shown(file), '3', 'sleep-in-atomic'],
        );
        assert.equal(read.message, shown(message));
      },
    ),
  );
});

test('lines of a mail keep within 72 columns, words stay whole, nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[!-~]{1,90}$/), { maxLength: 60 }), (words) => {
      const lines = wrapped(words.join(' '), '  ', '      ');
      assert.equal(
        lines
          .map((line) => line.trim())
          .join(' ')
          .trim(),
        words.join(' '),
      );
      for (const line of lines) assert.ok(line.length <= 72 || !line.trim().includes(' '), line);
    }),
  );
});

test('without a patch a mail is a plain list', () => {
  const text = renderMail(result({ findings: [finding(), finding({ line: 9, function: 'shrink' })] }));
  assert.match(
    text,
    /^fs\/a\.c\n\nfs\/a\.c:3 grow\(\): 'kmalloc\(GFP_KERNEL\)' may sleep under spin lock\n'ring\.lock' \[sleep-in-atomic, error, certain\]\n/,
  );
  assert.match(text, /\n2 findings\.\n\nFound by gfp-audit, judged by Linux 6\.12\.0\.\n$/);
  assert.doesNotMatch(text, /[*`#]/);
});
