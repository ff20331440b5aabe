/** Loops whose allocation lies several calls below: the truncate path of ext4 in our own words, and each way in which a link can refuse. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { bench, type Texts } from './mend.js';
import { inspectText } from '../../server/src/session/audit-text.js';

const RULE = 'open-coded-retry';
const KERNEL = { kernel: '5.10' };

const folder = new URL('../../../test/fix/ext4-truncate/', import.meta.url);
const here = new URL('./ext4-truncate/', import.meta.url);

function fixture(): Texts {
  let names: string[];
  let from = here;
  try {
    names = readdirSync(here);
  } catch {
    // Compiled tests stand in out/: the sources of the fixture do not.
    from = folder;
    names = readdirSync(folder);
  }
  return Object.fromEntries(names.sort().map((name) => [`fs/marl/${name}`, readFileSync(new URL(name, from), 'utf8')]));
}

/** The texts after the fixes of all retry loops, one after another, and the reasons of those that have none. */
async function converted(texts: Texts): Promise<{ texts: Texts; refused: string[]; titles: string[] }> {
  const refused: string[] = [];
  const titles: string[] = [];
  const tried = new Set<string>();
  for (let now = texts; ;) {
    const b = bench(now, KERNEL);
    const next = b.findings.find((f) => f.ruleId === RULE && f.data['verdict'] === 'convertible' && !tried.has(String(f.data['callee'])));
    if (!next) return { texts: now, refused, titles };
    tried.add(String(next.data['callee']));
    const { fixes, refusals } = await b.mends(next);
    refused.push(...refusals.map((r) => r.reason));
    titles.push(...fixes.map((f) => f.title));
    if (fixes[0]) now = b.apply(fixes[0]);
  }
}

const files = (texts: Texts): { path: string; text: string }[] => Object.entries(texts).map(([path, text]) => ({ path, text }));

describe('the truncate path of ext4', async () => {
  const before = fixture();
  const after = await converted(before);

  test('both loops are gone, through all files that have to do with them', async () => {
    assert.deepEqual(after.refused, []);
    assert.deepEqual(after.titles, [
      'Ask once, with __GFP_NOFAIL, instead of this loop, through 4 files',
      'Ask once, with __GFP_NOFAIL, instead of this loop, through 6 files',
    ]);
    const { findings, records } = await inspectText(files(after.texts), KERNEL);
    assert.deepEqual(records.retryLoops, []);
    assert.deepEqual(findings, []);
    assert.doesNotMatch(after.texts['fs/marl/space.c']!, /retry|congestion_wait|-ENOMEM\)/);
  });

  test('the request at the top asks not to fail', () => {
    const text = after.texts['fs/marl/space.c']!;
    assert.match(text, /marl_span_remove\(inode, first, MARL_BLOCKS_MAX - first,\n\t+ *GFP_NOFS \| __GFP_NOFAIL\)/);
    assert.match(text, /marl_remove_space\(inode, first, MARL_BLOCKS_MAX - 1, true\)/);
  });

  test('every allocation below may be asked with the flag, and no other mask has changed', async () => {
    const sites = async (texts: Texts) =>
      (await inspectText(files(texts), KERNEL)).records.sites
        .filter((s) => !/^(marl|log|_)_/.test(s.api))
        .map((s) => [s.function, s.api, s.gfp] as const);
    const was = await sites(before);
    const is = await sites(after.texts);
    assert.deepEqual(
      is.map(([fn, api]) => `${fn} ${api}`),
      was.map(([fn, api]) => `${fn} ${api}`),
    );
    const told = is.filter(([, , gfp]) => gfp.may.includes('__GFP_NOFAIL') || gfp.params.length > 0).map(([fn]) => fn);
    assert.deepEqual(told.sort(), ['log_start', 'marl_find_path', 'marl_read_node', 'marl_remove_space', 'marl_span_alloc']);
  });

  test('other callers ask for what they asked for before', () => {
    const ioctl = after.texts['fs/marl/ioctl.c']!;
    assert.match(ioctl, /marl_span_remove\(inode, first, len, GFP_NOFS\)/);
    assert.match(ioctl, /marl_remove_space\(inode, first, last, false\)/);
    assert.match(ioctl, /marl_search_right\(inode, path, &right, false\)/);
    assert.match(ioctl, /marl_start_sb\(inode->i_sb, 7, 1, GFP_NOFS\)/);
    assert.match(after.texts['fs/marl/span.c']!, /__span_insert\(inode, &new, GFP_NOFS\)/);
    assert.doesNotMatch(ioctl, /NOFAIL|true/);
  });

  test('prototypes and kernel-doc follow; a bit that was there is used', () => {
    const header = after.texts['fs/marl/marl.h']!;
    assert.match(header, /int marl_remove_space\(struct inode \*inode, u32 from, u32 to, bool nofail\);/);
    assert.match(header, /extern int marl_search_right\(struct inode \*, struct marl_path \*, u32 \*, bool\);/);
    assert.match(after.texts['fs/marl/journal.c']!, / \* @credits: blocks that it may dirty\n \* @gfp: mask of its allocations\n/);
    assert.match(after.texts['fs/marl/path.c']!, /nofail \? MARL_FIND_NOFAIL : 0/);
    assert.match(header, /marl_find_path\(struct inode \*inode, u32 block,\n\t+ *struct marl_path \*old, int flags\);/);
  });

  test('the spans behind a spinlock instead: what the historical patch asked for is refused, with the reason', async () => {
    const spinning = { ...before };
    const span = 'fs/marl/span.c';
    spinning[span] = before[span]!.replace(
      /mutex_(un)?lock\(&MARL_I\(inode\)->span_mutex\)/g,
      'write_$1lock(&MARL_I(inode)->span_lock)',
    ).replace('GFP_NOFS', 'GFP_ATOMIC');
    spinning['fs/marl/marl.h'] = before['fs/marl/marl.h']!.replace('struct mutex span_mutex', 'rwlock_t span_lock');
    const result = await converted(spinning);
    assert.equal(result.titles.length, 1);
    assert.match(result.refused.join('; '), /__GFP_NOFAIL is not honoured/);
    assert.match(result.refused.join('; '), /span\.c:\d+/);
    assert.equal(result.texts[span], spinning[span]);
    assert.match(result.texts['fs/marl/space.c']!, /goto retry;/);
  });

  test('CRLF stays CRLF', async () => {
    const crlf = Object.fromEntries(Object.entries(before).map(([name, text]) => [name, text.replaceAll('\n', '\r\n')]));
    const result = await converted(crlf);
    for (const [name, text] of Object.entries(result.texts)) assert.equal(text, after.texts[name]!.replaceAll('\n', '\r\n'));
  });
});

/** A loop over fill(), and the rest of its file. */
const around = (rest: string, loop = 'err = fill(st);'): string => `struct store { void *page; spinlock_t lock; struct mutex mutex; };

${rest}
int store_flush(struct store *st)
{
	int err;

	do {
		${loop}
		if (err == -ENOMEM)
			cond_resched();
	} while (err == -ENOMEM);
	return err;
}
`;

const FILL = `static int fill(struct store *st)
{
	st->page = kmalloc(512, GFP_NOIO);
	if (!st->page)
		return -ENOMEM;
	return 0;
}
`;

async function reasons(text: string): Promise<string> {
  const { refused, titles } = await converted({ 'drivers/otter/store.c': text });
  assert.deepEqual(titles, []);
  return refused.join('; ');
}

describe('a link that cannot be changed', () => {
  test('control: without an obstacle the loop goes', async () => {
    const { texts } = await converted({ 'drivers/otter/store.c': around(FILL) });
    const text = texts['drivers/otter/store.c']!;
    assert.match(text, /static int fill\(struct store \*st, gfp_t gfp\)\n\{\n\tst->page = kmalloc\(512, gfp\);/);
    assert.match(text, /\terr = fill\(st, GFP_NOIO \| __GFP_NOFAIL\);\n\treturn err;/);
  });
  test('its address is taken', async () => {
    const table = 'static const struct store_ops ops = {\n\t.fill = fill,\n};\n';
    assert.match(await reasons(around(`${FILL}\n${table}`)), /address of fill\(\) is taken at drivers\/otter\/store\.c:\d+/);
    const handed = 'void store_init(struct store *st)\n{\n\tregister_filler(st, fill);\n}\n';
    assert.match(await reasons(around(`${FILL}\n${handed}`)), /address of fill\(\) is taken/);
  });
  test('a macro calls it', async () =>
    assert.match(await reasons(around(`${FILL}\n#define FILL_IF(s, c) ((c) ? fill(s) : 0)\n`)), /the macro FILL_IF/));
  test('it is exported, and who uses it is not known', async () =>
    assert.match(
      await reasons(around(`${FILL.replace('static ', '')}EXPORT_SYMBOL_GPL(fill);\n`)),
      /exported at drivers\/otter\/store\.c:\d+/,
    ));
  test('others use it too', async () => {
    const { refused, titles } = await converted({
      'include/linux/fill.h': FILL.replace('static int', 'static inline int'),
      'drivers/otter/store.c': around(''),
      'drivers/lynx/other.c': 'int other(struct store *st)\n{\n\treturn fill(st);\n}\n',
    });
    assert.deepEqual(titles, []);
    assert.match(refused.join(), /fill\(\) belongs to include\/linux\/fill\.h, outside drivers\/otter\//);
  });
  test('a call through a pointer lies on the way', async () =>
    assert.match(await reasons(around('static int fill(struct store *st)\n{\n\treturn st->ops->fill(st);\n}\n')), /through a pointer/));
  test('what it calls is not there', async () =>
    assert.match(
      await reasons(around('static int fill(struct store *st)\n{\n\treturn elsewhere_fill(st);\n}\n')),
      /elsewhere_fill\(\), which is not among/,
    ));
  test('the allocation stands under a spinlock', async () =>
    assert.match(
      await reasons(
        around(
          'static int fill(struct store *st)\n{\n\tint err = 0;\n\n\tspin_lock(&st->lock);\n\tst->page = kmalloc(512, GFP_ATOMIC);\n\tif (!st->page)\n\t\terr = -ENOMEM;\n\tspin_unlock(&st->lock);\n\treturn err;\n}\n',
        ),
      ),
      /fill\(\) at .* 'st\.lock' held/,
    ));
  test('it asks for too much in one piece', async () =>
    assert.match(await reasons(around(FILL.replace('512', '65536'))), /16 pages in one piece/));
  test('it has a second definition', async () =>
    assert.match(
      await reasons(around(`#ifdef CONFIG_STORE\n${FILL}#else\nstatic int fill(struct store *st)\n{\n\treturn 0;\n}\n#endif\n`)),
      /2 definitions/,
    ));
});

describe('how a function is told', () => {
  const told = async (text: string): Promise<string> => {
    const { texts, refused } = await converted({ 'drivers/otter/store.c': text });
    assert.deepEqual(refused, []);
    return texts['drivers/otter/store.c']!;
  };
  test('by the mask that it takes already', async () => {
    const text = await told(
      around(
        'static int fill(struct store *st, gfp_t gfp)\n{\n\tst->page = kmalloc(512, gfp);\n\treturn st->page ? 0 : -ENOMEM;\n}\n',
        'err = fill(st, GFP_NOFS);',
      ),
    );
    assert.match(text, /err = fill\(st, GFP_NOFS \| __GFP_NOFAIL\);/);
    assert.match(text, /kmalloc\(512, gfp\);/);
  });
  test('by a truth value that is there for it', async () => {
    const text = await told(
      around(
        'static int fill(struct store *st, bool nofail)\n{\n\tst->page = kmalloc(512, GFP_NOFS | (nofail ? __GFP_NOFAIL : 0));\n\tif (!st->page)\n\t\treturn -ENOMEM;\n\treturn 0;\n}\n',
        'err = fill(st, false);',
      ),
    );
    assert.match(text, /err = fill\(st, true\);/);
  });
  test('two masks below make it a truth value', async () => {
    const text = await told(
      around(
        'static int fill(struct store *st)\n{\n\tvoid *p = kmalloc(64, GFP_KERNEL);\n\n\tif (!p)\n\t\treturn -ENOMEM;\n\tst->page = kmalloc(512, GFP_NOFS);\n\tif (!st->page) {\n\t\tkfree(p);\n\t\treturn -ENOMEM;\n\t}\n\tkfree(p);\n\treturn 0;\n}\n',
      ),
    );
    assert.match(text, /fill\(struct store \*st, bool nofail\)/);
    assert.match(text, /kmalloc\(64, GFP_KERNEL \| \(nofail \? __GFP_NOFAIL : 0\)\)/);
    assert.match(text, /err = fill\(st, true\);/);
  });
  test('an allocation whose failure is not passed on stays as it is', async () => {
    const text = await told(
      around(`static int fill(struct store *st)
{
	void *hint = kmalloc(64, GFP_NOWAIT);

	st->page = kmalloc(512, GFP_NOIO);
	if (!st->page) {
		kfree(hint);
		return -ENOMEM;
	}
	if (hint)
		store_hint(st, hint);
	return 0;
}
`),
    );
    assert.match(text, /kmalloc\(64, GFP_NOWAIT\)/);
    assert.match(text, /kmalloc\(512, gfp\)/);
  });
  test('two loops over one function: both are converted, one after the other', async () => {
    const second = around('')
      .split('\n\n')
      .slice(1)
      .join('\n\n')
      .replace('store_flush', 'store_sync')
      .replace(/[ \t]*err = fill\(st\);/, '\t\terr = fill(st);');
    const text = around(FILL) + second;
    const first = bench({ 'drivers/otter/store.c': text }, KERNEL);
    const [one] = first.findings.filter((f) => f.ruleId === RULE);
    const { fixes, refusals } = await first.mends(one!);
    assert.deepEqual(refusals, []);
    const between = first.apply(fixes[0]!)['drivers/otter/store.c']!;
    assert.match(between, /err = fill\(st, GFP_NOIO \| __GFP_NOFAIL\);/);
    assert.match(between, /\t\terr = fill\(st, GFP_NOIO\);/);
    assert.equal((await told(between)).match(/fill\(st, GFP_NOIO \| __GFP_NOFAIL\)/g)?.length, 2);
  });
  test('a loop over what cannot fail is only removed', async () => {
    const text = await told(around(FILL.replace('GFP_NOIO', 'GFP_NOIO | __GFP_NOFAIL')));
    assert.match(text, /\terr = fill\(st\);\n\treturn err;/);
    assert.match(text, /kmalloc\(512, GFP_NOIO \| __GFP_NOFAIL\)/);
  });
});
