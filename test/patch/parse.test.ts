/** Diffs, mails and mailboxes, whole and damaged. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createTwoFilesPatch } from 'diff';
import { applyPatch, textOf, type Touched } from '../../server/src/patch/apply.js';
import { bytesToText, PatchError, textToBytes } from '../../server/src/patch/model.js';
import { readSeries, type Series } from '../../server/src/patch/series.js';

const before = 'int a;\nint b;\n\nvoid f(void)\n{\n\tone();\n\ttwo();\n\tthree();\n}\n';
const diff = `diff --git a/fs/x.c b/fs/x.c
index 1111111..2222222 100644
--- a/fs/x.c
+++ b/fs/x.c
@@ -3,7 +3,8 @@ int b;
 
 void f(void)
 {
-\tone();
+\tuno();
+\tdue();
 \ttwo();
 \tthree();
 }
`;
const result = before.replace('\tone();\n', '\tuno();\n\tdue();\n');

const bytes = (text: string): Uint8Array => textToBytes(text);
const read = (text: string): Series => readSeries(bytes(text), 'x.patch');

/** The tree after all patches of a text, as far as they touch it; null: deleted. */
async function applied(text: string, tree: Record<string, string> = { 'fs/x.c': before }): Promise<Record<string, string | null>> {
  const touched: Touched = new Map();
  for (const [i, patch] of read(text).patches.entries()) await applyPatch(patch, i, touched, (path) => Promise.resolve(tree[path] ?? null));
  return Object.fromEntries([...touched].map(([path, file]) => [path, file && textOf(file)]));
}

const refused = (text: string, why: RegExp, tree?: Record<string, string>): Promise<void> =>
  assert.rejects(
    applied(text, tree),
    (error) => error instanceof PatchError && why.test(error.message),
    `${String(why)} for ${text.slice(0, 60)}`,
  );

const mail = (body: string, headers = '', subject = '[PATCH] fs: rename a call'): string =>
  `From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001\nFrom: A Dev <dev@kernel.example>\nDate: Tue, 2 Jan 2024 10:00:00 +0000\nSubject: ${subject}\nMessage-Id: <1@kernel.example>\n${headers}\n${body}`;
const formatted = `Text of the commit.\n\n---\n fs/x.c | 3 ++-\n 1 file changed, 2 insertions(+), 1 deletion(-)\n\n${diff}-- \n2.39.2\n\n`;
const quotedPrintable = (text: string): string =>
  text
    .replace(/[=\x80-\xff]/g, (c) => `=${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replace(/\t/g, '=09')
    .replace(/ $/gm, '=20')
    .replace(/(.{60})(?=.)/g, '$1=\n');

test('a diff by itself, in a mail, and in every encoding of a mail gives the same file', async () => {
  const base64 = btoa(formatted).replace(/(.{76})/g, '$1\n');
  const boundary = 'next"; part';
  const multipart = `--=-x\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n\n${quotedPrintable('Hello,\nsee below.\n')}\n--=-x\nContent-Type: text/x-patch; name="a.patch"\nContent-Transfer-Encoding: base64\n\n${btoa(diff)}\n--=-x\nContent-Type: text/html\n\n<b>no</b>\n--=-x--\n`;
  const inputs = {
    plain: diff,
    'with text around': `A few words.\n\n${diff}\nand more words\n`,
    'of git show': `commit 1111111\nAuthor: A <a@b>\n\n    Words.\n\n${diff}`,
    'without the git line': diff.split('\n').slice(2).join('\n'),
    'without prefixes': diff.replaceAll('a/fs', 'fs').replaceAll('b/fs', 'fs'),
    'with file times': diff.replace('--- a/fs/x.c', '--- a/fs/x.c\t2024-01-02 10:00:00.000000000 +0000'),
    'with carriage returns': diff.replaceAll('\n', '\r\n'),
    mail: mail(formatted),
    'mail with carriage returns': mail(formatted).replaceAll('\n', '\r\n'),
    'quoted-printable': mail(quotedPrintable(formatted), 'Content-Transfer-Encoding: quoted-printable\n'),
    base64: mail(base64, 'Content-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: BASE64\n'),
    multipart: mail(multipart, 'Content-Type: multipart/mixed;\n boundary="=-x"\n'),
    'a quoted boundary': mail(`--${boundary}\n\n${diff}\n--${boundary}--\n`, `Content-Type: multipart/signed; boundary="next\\"; part"\n`),
    'a context line that lost its blank': diff.replace('\n \n', '\n\n'),
    'old and new mode': diff.replace('index 1111111..2222222 100644', 'old mode 100644\nnew mode 100755\nindex 1111111..2222222'),
    'a byte order mark': `\xef\xbb\xbf${diff}`,
  };
  for (const [name, text] of Object.entries(inputs)) assert.deepEqual(await applied(text), { 'fs/x.c': result }, name);
});

test('headers are decoded, and the patch line of an undecoded mail is that of its file', () => {
  const text = mail(formatted, '', '=?UTF-8?q?=5BPATCH=5D_fs=3A_r=C3=A9?=\n =?utf-8?b?bmFtZQ==?=').replace(
    'A Dev',
    '=?iso-8859-1?q?J=F6rg?=',
  );
  const [patch] = read(text).patches;
  assert.deepEqual(
    [patch!.subject, patch!.author, patch!.messageId],
    ['[PATCH] fs: réname', 'Jörg <dev@kernel.example>', '<1@kernel.example>'],
  );
  const line = read(mail(formatted)).patches[0]!.files[0]!.hunks[0]!.lines.find(({ text: code }) => code.includes('uno'))!.line;
  assert.equal(mail(formatted).split('\n')[line - 1], '+\tuno();');
});

test('created, deleted, renamed and copied files, names in quotes, modes and binaries', async () => {
  const other = { 'fs/x.c': before, 'fs/old.c': 'int o;\nint p;\n' };
  assert.deepEqual(
    await applied('diff --git a/n.c b/n.c\nnew file mode 100644\n--- /dev/null\n+++ b/n.c\n@@ -0,0 +1 @@\n+int n;\n', other),
    { 'n.c': 'int n;\n' },
  );
  assert.deepEqual(
    await applied('--- a/n.c\t1970-01-01 00:00:00.000000000 +0000\n+++ b/n.c\t2024-01-01\n@@ -0,0 +1 @@\n+int n;\n', other),
    { 'n.c': 'int n;\n' },
  );
  assert.deepEqual(
    await applied(
      'diff --git a/fs/old.c b/fs/old.c\ndeleted file mode 100644\n--- a/fs/old.c\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-int o;\n-int p;\n',
      other,
    ),
    { 'fs/old.c': null },
  );
  const renamed = 'diff --git a/fs/old.c b/fs/new.c\nsimilarity index 90%\nrename from fs/old.c\nrename to fs/new.c\n';
  assert.deepEqual(await applied(renamed, other), { 'fs/new.c': 'int o;\nint p;\n', 'fs/old.c': null });
  assert.deepEqual(await applied(`${renamed}--- a/fs/old.c\n+++ b/fs/new.c\n@@ -1,2 +1,2 @@\n int o;\n-int p;\n+int q;\n`, other), {
    'fs/new.c': 'int o;\nint q;\n',
    'fs/old.c': null,
  });
  assert.deepEqual(await applied(renamed.replaceAll('rename', 'copy'), other), { 'fs/new.c': 'int o;\nint p;\n' });
  const swapped = 'diff --git a/a.c b/b.c\nrename from a.c\nrename to b.c\ndiff --git a/b.c b/a.c\nrename from b.c\nrename to a.c\n';
  assert.deepEqual(await applied(swapped, { 'a.c': 'a\n', 'b.c': 'b\n' }), { 'b.c': 'a\n', 'a.c': 'b\n' });
  assert.deepEqual(
    await applied('diff --git "a/f\\303\\266.c" "b/f\\303\\266.c"\n--- "a/f\\303\\266.c"\n+++ "b/f\\303\\266.c"\n@@ -1 +1 @@\n-x\n+y\n', {
      'fö.c': 'x\n',
    }),
    { 'fö.c': 'y\n' },
  );
  assert.deepEqual(await applied('diff --git a/a b.c b/a b.c\n--- a/a b.c\n+++ b/a b.c\n@@ -1 +1 @@\n-x\n+y\n', { 'a b.c': 'x\n' }), {
    'a b.c': 'y\n',
  });
  assert.deepEqual(await applied('diff --git a/s.sh b/s.sh\nold mode 100644\nnew mode 100755\n', { 's.sh': 'x\n' }), { 's.sh': 'x\n' });
  const binary = read(
    `diff --git a/logo.png b/logo.png\nindex 1..2 100644\nGIT binary patch\nliteral 3\nKcmZ\n\nliteral 0\nHcmV\n\n${diff}`,
  );
  assert.deepEqual(binary.patches[0]!.notes, ['logo.png: a binary change, not looked at']);
  assert.equal(binary.patches[0]!.files.length, 2);
  assert.deepEqual(read('Binary files a/i.bin and b/i.bin differ\n').patches[0]!.notes, ['i.bin: a binary change, not looked at']);
  const source = read('diff --git a/fs/x.c b/fs/x.c\nindex 1..2 100644\nBinary files a/fs/x.c and b/fs/x.c differ\n');
  assert.match(source.missing[0]!, /^fs\/x\.c: a binary change of source text cannot be read/);
  const empty = 'diff --git a/e.c b/e.c\nnew file mode 100644\nindex 0000000..e69de29\n';
  assert.deepEqual(await applied(empty, other), { 'e.c': '' });
});

test('files keep their line ends, their bytes and their missing last line end', async () => {
  const dos = before.replaceAll('\n', '\r\n');
  assert.deepEqual(await applied(diff, { 'fs/x.c': dos }), { 'fs/x.c': result.replaceAll('\n', '\r\n') });
  const latin = before.replace('int a', 'int \xe9');
  assert.equal((await applied(diff, { 'fs/x.c': latin }))['fs/x.c'], result.replace('int a', 'int \xe9'));
  const open = '@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n';
  assert.deepEqual(await applied(`--- a/n.c\n+++ b/n.c\n${open}`, { 'n.c': 'x' }), { 'n.c': 'y\n' });
  assert.deepEqual(await applied(`--- a/n.c\n+++ b/n.c\n${open}\\ No newline at end of file\n`, { 'n.c': 'x' }), { 'n.c': 'y' });
});

test('hunks are found where their lines have moved to, the nearest place first', async () => {
  const down = `${'/* new */\n'.repeat(40)}${before}`;
  assert.equal((await applied(diff, { 'fs/x.c': down }))['fs/x.c'], down.replace('\tone();\n', '\tuno();\n\tdue();\n'));
});

test('what does not apply names patch, file, hunk and why', async () => {
  await refused(
    diff,
    /^x\.patch: fs\/x\.c: hunk 1 \(@@ -3,7 \+3,8 @@, line 5 of the patch\) does not apply: the file has no line 'one\(\);'$/,
    {
      'fs/x.c': before.replace('one', 'eins'),
    },
  );
  await refused(diff, /does not apply: its result stands in the file, the tree has the patch already/, { 'fs/x.c': result });
  await refused(diff, /^x\.patch: fs\/x\.c: not in the tree$/, {});
  await refused('--- /dev/null\n+++ b/fs/x.c\n@@ -0,0 +1 @@\n+x\n', /fs\/x\.c: is to be created and is there already/);
});

test('what is cut off or damaged is never taken for whole', async () => {
  const lines = diff.split('\n');
  await refused(lines.slice(0, -3).join('\n'), /hunk 1 \(.*\) ends early: 2 old and 2 new lines are missing; the patch is cut off/);
  await refused(diff.replace(' \ttwo();', '  wrapped\nby a mailer'), /is damaged at line \d+ \('by a mailer'\)/);
  await refused(diff.replace(' }\n', ' }\n+more\n'), /has more lines than its header says, at line 15/);
  await refused(diff.replace('-3,7 +3,8', '-3,7 +3,7'), /hunk 1/);
  await refused(diff.slice(diff.indexOf('@@')), /x\.patch:1: a hunk without the name of its file/);
  await refused('diff --cc fs/x.c\nindex 1,2..3\n--- a/fs/x.c\n+++ b/fs/x.c\n@@@ -1 -1 +1 @@@\n', /combined diff of a merge/);
  await refused(diff.replaceAll('fs/x.c', '../../etc/passwd'), /is no path below the tree/);
  await refused('--- /etc/passwd\n+++ /etc/passwd\n@@ -1 +1 @@\n-x\n+y\n', /is no path below the tree/);
  await refused(diff.slice(0, diff.indexOf('@@')), /x\.patch:1: is cut off: fs\/x\.c changes, and no hunk says how/);
  await refused(diff.slice(0, diff.indexOf('index')), /x\.patch:1: is cut off/);
  await refused(diff.slice(diff.indexOf('---'), diff.indexOf('@@')), /x\.patch:1: is cut off: the names of a file and no hunk/);
  await refused('', /^x\.patch: is empty$/);
  await refused('only words\n', /no patch in it/);
  await refused('\x7fELF\0\0', /not a text/);
  await refused(mail(formatted.slice(0, formatted.indexOf(' \ttwo'))), /is cut off/);
  await refused(mail(formatted.replace('1 file changed', '3 files changed')), /is cut off: its diffstat names 3 files, 1 are there/);
  await refused(mail('no diff here\n'), /no patch in it/);
  await refused(mail(formatted, '', 'Re: [PATCH] fs: rename a call'), /no patch in it, only replies/);
  const base64 = 'Content-Transfer-Encoding: base64\n';
  await refused(mail(btoa(formatted).slice(0, 301), base64), /base64 body is damaged or cut off/);
  await refused(mail(`${btoa(formatted)}!`, base64), /base64 body is damaged or cut off/);
  await refused(mail(btoa(formatted).slice(0, 340), base64), /is cut off/);
  await refused(mail(`--x\n\n${diff}`, 'Content-Type: multipart/mixed; boundary=x\n'), /the mail is cut off: its last part has no end/);
  await refused(
    mail(quotedPrintable(formatted).replace(/two[^]*$/, '=0'), 'Content-Transfer-Encoding: quoted-printable\n'),
    /cut off in the middle of a line/,
  );
});

test('a mail cut off anywhere is refused, unless only what stands below the patch is lost', async () => {
  const texts = {
    '8bit': mail(formatted, '', '[PATCH 1/1] fs: one'),
    'quoted-printable': mail(quotedPrintable(formatted), 'Content-Transfer-Encoding: quoted-printable\n'),
    base64: mail(btoa(formatted).replace(/(.{76})/g, '$1\n'), 'Content-Transfer-Encoding: base64\n'),
  };
  for (const [name, text] of Object.entries(texts))
    for (let at = 0; at < text.length; at++) {
      const got = await applied(text.slice(0, at)).catch((error: unknown) => {
        assert.ok(error instanceof PatchError, `${name} cut at ${at}: ${String(error)}`);
        return null;
      });
      if (got) assert.deepEqual(got, { 'fs/x.c': result }, `${name} cut at ${at} of ${text.length}`);
    }
});

const second = diff
  .replace('-\tone();\n+\tuno();\n+\tdue();\n', ' \tuno();\n \tdue();\n')
  .replace('-3,7 +3,8', '-3,8 +3,8')
  .replace(' \tthree', '-\tthree')
  .replace(' }\n', '+\tdrei();\n }\n');
const series = [mail(diff, '', '[PATCH 1/2] fs: one'), mail(second, '', '[PATCH 2/2] fs: two')];

test('an mbox: order by number, replies and older versions left out, what is missing said', async () => {
  const cover = mail('Words.\n\n fs/x.c | 4 ++--\n 1 file changed\n', '', '[PATCH 0/2] fs: both');
  const reply = mail('> +\tuno();\n\nNo.\n', 'In-Reply-To: <1@kernel.example>\n', 'Re: [PATCH 1/2] fs: one');
  const done = { 'fs/x.c': result.replace('three', 'drei') };
  assert.deepEqual(await applied(`${cover}\n${series.join('\n')}`), done);
  assert.deepEqual(await applied(`${series[1]!}\n${cover}\n${reply}\n${series[0]!}`), done);
  assert.deepEqual(read(`${series.join('\n')}\n${reply}`).notes, ['1 reply left out']);
  assert.deepEqual(
    read(series.join('\n')).patches.map(({ name }) => name),
    ['patch 1/2', 'patch 2/2'],
  );
  const newer = series.map((one) => one.replace('[PATCH ', '[PATCH v2 ')).join('\n');
  assert.deepEqual(read(`${series.join('\n')}\n${newer}`).notes, ['only version 2 of the series is looked at']);
  const three = (n: string) => mail(diff, '', `[PATCH ${n}/3] fs`);
  assert.deepEqual(read(`${three('1')}\n${three('3')}`).missing, ['of 3 patches 2 is not there']);
  assert.deepEqual(read(three('2')).notes, ['of 3 patches 1, 3 are not there']);
  assert.deepEqual(read(`${cover.replace('0/2', '0/3')}\n${three('1')}`).missing, ['of 3 patches 2, 3 are not there']);
  assert.throws(() => read(`${series[0]!}\n${series[0]!}`), /patch 1\/2 is there twice/);
  assert.match(
    read(`${series[0]!}\n${mail('lost\n', '', '[PATCH 2/2] fs: two')}`).missing[0]!,
    /'\[PATCH 2\/2\] fs: two' \(2\/2\) holds no patch/,
  );
  await refused(series.join('\n').slice(0, -20), /mail 2 of 2: fs\/x\.c: hunk 1 .* ends early/);
  await refused(
    series.join('\n').replace('-\tthree', '-\ttri'),
    /^patch 2\/2: fs\/x\.c: hunk 1 .*does not apply: the file has no line 'tri\(\);'/,
  );
});

test('a text quoted as mbox does it keeps its line', async () => {
  const from = 'From here on\nint z;\n';
  const text = mail(`--- a/m.c\n+++ b/m.c\n@@ -1,2 +1,2 @@\n From here on\n-int z;\n+int y;\n`);
  assert.deepEqual(await applied(text, { 'm.c': from }), { 'm.c': 'From here on\nint y;\n' });
});

test('any two texts: their diff, through any mail encoding, makes one of the other, and every line knows where it came from', async () => {
  const text = fc
    .array(fc.constantFrom('', '\tfoo();', '}', '--- x', '+++ y', 'From me', '@@ -1 +1 @@', 'é=20', '-- '), { maxLength: 30 })
    .map((lines) => lines.map((line) => `${line}\n`).join(''));
  const encodings: ((patch: string) => string)[] = [
    (patch) => patch,
    (patch) => mail(quotedPrintable(patch), 'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n'),
    (patch) => mail(btoa(patch), 'Content-Transfer-Encoding: base64\n'),
  ];
  await fc.assert(
    fc.asyncProperty(text, text, fc.constantFrom(...encodings), async (a, b, encode) => {
      fc.pre(a !== b && a !== '' && b !== '');
      const raw = (s: string): string => bytesToText(new TextEncoder().encode(s));
      const patch = `diff --git a/p.c b/p.c\n${raw(createTwoFilesPatch('a/p.c', 'b/p.c', a, b, '', '').replace(/^=+\n/, ''))}`;
      const touched: Touched = new Map();
      const { patches, lines } = read(encode(patch));
      await applyPatch(patches[0]!, 0, touched, () => Promise.resolve(raw(a)));
      const file = touched.get('p.c')!;
      assert.equal(textOf(file), raw(b));
      for (const line of file.lines) {
        if (line.from) assert.equal(lines[0]![line.from.line - 1], `+${line.text}`);
        else assert.equal(raw(a).split('\n')[line.old! - 1], line.text);
      }
    }),
    { numRuns: 200 },
  );
});
