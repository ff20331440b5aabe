/** The HTML report: self-contained, nothing of a tree becomes markup or script, and its size has a bound. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCensus } from '../../server/src/report/census/compare.js';
import { takeCensus } from '../../server/src/report/census/count.js';
import { renderCensusHtml } from '../../server/src/report/census/html.js';
import { renderHtml } from '../../server/src/report/html/report.js';
import { finding, result } from '../cli/stub.js';
import { site } from './site.js';

interface Data {
  strings: string[];
  findings: unknown[][];
}
const scriptOf = (page: string): string => /<script>\n([\s\S]*)\n<\/script>/.exec(page)![1]!;
const dataOf = (page: string): Data => JSON.parse(/^const data = (.*);$/m.exec(scriptOf(page))![1]!) as Data;
const render = (findings = [finding()], source = new Map<string, string[]>()): string =>
  renderHtml(result({ findings, sites: [site()] }), { version: '1', source, subsystemOf: () => 'BIRDS & <OTTERS>' });

test('one file that asks nothing of anybody: a policy against it, no address in it', () => {
  const page = render();
  assert.match(page, /default-src 'none'/);
  assert.doesNotMatch(page.replace('http://www.w3.org/2000/svg', ''), /https?:\/\/|<link[^>]+href="(?!data:)|<script src/);
  assert.doesNotThrow(() => new Function(scriptOf(page)));
});

test('what a tree holds stays text: it ends no script and opens no element', () => {
  const evil = '</script><img src=x onerror=alert(1)>\u2028\x1b[31m';
  const page = render([finding({ function: evil, message: evil, file: 'a.c', line: 1 })], new Map([['a.c', [evil]]]));
  assert.equal(page.split('</script>').length, 2);
  assert.doesNotMatch(page, /<img|\x1b/);
  assert.doesNotThrow(() => new Function(scriptOf(page)));
  assert.ok(dataOf(page).strings.some((text) => text.startsWith('</script><img')));
  const census = takeCensus(result({ sites: [site({ function: evil, file: `fs/${evil}/a.c` })] }), (file) => file);
  const other = renderCensusHtml(
    census,
    '1',
    compareCensus(
      census,
      takeCensus(result(), (file) => file),
    ),
  );
  assert.equal(other.split('</script>').length, 2);
  assert.doesNotMatch(other, /<img/);
});

test('code stands around a finding, its line among it, and a file that cannot be read leaves it out', () => {
  const lines = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`);
  const code = (source: Map<string, string[]>, line: number): unknown => dataOf(render([finding({ line })], source)).findings[0]![10];
  assert.deepEqual(code(new Map([['fs/a.c', lines]]), 10), [6, lines.slice(5, 14)]);
  assert.deepEqual(code(new Map([['fs/a.c', lines]]), 2), [1, lines.slice(0, 6)]);
  assert.equal(code(new Map(), 10), null);
});

test('a report of thousands of findings stays below 5 MB: code goes before findings do', () => {
  const lines = Array.from({ length: 20 }, (_, i) => `${i} ${'x'.repeat(120)}`);
  const many = Array.from({ length: 6000 }, (_, i) => finding({ line: 10, function: `function_${i}`, message: `message ${i}` }));
  const page = render(many, new Map([['fs/a.c', lines]]));
  assert.ok(page.length < 5_000_000, `${page.length}`);
  assert.equal(dataOf(page).findings.length, 6000);
});
