import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelProfile, profileForTree, readKernelVersion, type ReadText } from '../../server/src/catalog/profile.js';
import { gfpPositions } from '../../server/src/catalog/prototypes.js';

const tree =
  (files: Record<string, string>): ReadText =>
  (path) =>
    Promise.resolve(files[path] ?? null);
const makefile = (version: string): string => {
  const [major, minor, sub] = version.split('.');
  return `# SPDX\nVERSION = ${major}\nPATCHLEVEL = ${minor}\nSUBLEVEL = ${sub ?? 0}\nEXTRAVERSION = -rc1\nNAME = Some Fish\n`;
};

/** A gfp header in the manner of the kernel's, our own words. */
const gfpHeader = (change: (text: string) => string = (t) => t): string =>
  change(
    [
      'DMA',
      'HIGHMEM',
      'DMA32',
      'MOVABLE',
      'RECLAIMABLE',
      'HIGH',
      'IO',
      'FS',
      'ZERO',
      'DIRECT_RECLAIM',
      'KSWAPD_RECLAIM',
      'WRITE',
      'NOWARN',
      'RETRY_MAYFAIL',
      'NOFAIL',
      'NORETRY',
      'MEMALLOC',
      'COMP',
      'NOMEMALLOC',
      'HARDWALL',
      'THISNODE',
      'ACCOUNT',
    ]
      .map((f) => `#define __GFP_${f}\t((__force gfp_t)___GFP_${f})`)
      .concat([
        '#define __GFP_RECLAIM ((__force gfp_t)(___GFP_DIRECT_RECLAIM|___GFP_KSWAPD_RECLAIM))',
        '#define GFP_ATOMIC\t(__GFP_HIGH|__GFP_KSWAPD_RECLAIM)',
        '#define GFP_KERNEL\t(__GFP_RECLAIM | __GFP_IO | __GFP_FS)',
        '#define GFP_NOWAIT\t(__GFP_KSWAPD_RECLAIM | __GFP_NOWARN)',
        '#define GFP_NOIO\t(__GFP_RECLAIM)',
        '#define GFP_NOFS\t(__GFP_RECLAIM | __GFP_IO)',
        '#define GFP_USER\t(__GFP_RECLAIM | __GFP_IO | __GFP_FS | __GFP_HARDWALL)',
        '#define GFP_HIGHUSER\t(GFP_USER | __GFP_HIGHMEM)',
        '#define GFP_HIGHUSER_MOVABLE\t(GFP_HIGHUSER | __GFP_MOVABLE | \\\n\t\t__GFP_SKIP_KASAN)',
        '',
      ])
      .join('\n'),
  );

test('the version stands in the Makefile', () => {
  assert.equal(readKernelVersion(makefile('6.12.117')), '6.12.117');
  assert.equal(readKernelVersion('VERSION=5\nPATCHLEVEL = 10\n'), '5.10.0');
  assert.equal(readKernelVersion('obj-y += foo.o\n'), null);
});

test('a version names a profile, with a note where it has none of its own', () => {
  assert.deepEqual(kernelProfile('6.1.20').kernel, { id: '6.1-early', version: '6.1.20', number: 6_001_020 });
  const between = kernelProfile('6.9').kernel;
  assert.equal(between.id, '6.6');
  assert.match(between.note!, /6\.9/);
  assert.equal(kernelProfile('mainline').kernel.id, 'mainline');
  assert.ok(kernelProfile('mainline').kernel.number >= 7_000_000);
  assert.throws(() => kernelProfile('six'), /six/);
});

test('outside a tree the newest profile is assumed, and said', async () => {
  const found = await profileForTree(null, 'auto');
  assert.equal(found.kernel.id, 'mainline');
  assert.match(found.from, /^assumed: not in a kernel tree/);
  assert.equal((await profileForTree(null, '5.15')).from, '--kernel');
});

test('a tree that fits has nothing to report', async () => {
  const found = await profileForTree(
    tree({
      Makefile: makefile('6.12.30'),
      'include/linux/gfp_types.h': gfpHeader(),
      'include/linux/gfp.h':
        'struct page *alloc_pages_noprof(gfp_t gfp, unsigned int order);\n#define __get_free_pages(...) hooks(get_free_pages_noprof(__VA_ARGS__))\n',
    }),
    'auto',
  );
  assert.deepEqual(found.mismatches, []);
  assert.deepEqual([found.from, found.kernel.version], ['Makefile', '6.12.30']);
});

test('flags and composites that differ are named', async () => {
  const header = gfpHeader((t) =>
    t
      .replace(/#define __GFP_COMP.*\n/, '')
      .replace('GFP_NOFS\t(__GFP_RECLAIM | __GFP_IO)', 'GFP_NOFS\t(__GFP_RECLAIM)')
      .concat('#define __GFP_SHINY\t((__force gfp_t)1)\n'),
  );
  const { mismatches } = await profileForTree(tree({ Makefile: makefile('6.12.30'), 'include/linux/gfp_types.h': header }), 'auto');
  assert.equal(mismatches.length, 3);
  assert.match(mismatches.join('\n'), /__GFP_SHINY, which the profile 6\.12 does not know/);
  assert.match(mismatches.join('\n'), /no __GFP_COMP, which/);
  assert.match(mismatches.join('\n'), /GFP_NOFS is \(__GFP_RECLAIM\) in the tree/);
});

test('an enum instead of macros for the raw bits changes nothing', async () => {
  const header = `enum { ___GFP_DMA_BIT, ___GFP_HIGHMEM_BIT };\n#define ___GFP_DMA BIT(___GFP_DMA_BIT)\n${gfpHeader()}`;
  assert.deepEqual(
    (await profileForTree(tree({ Makefile: makefile('6.12.30'), 'include/linux/gfp_types.h': header }), 'auto')).mismatches,
    [],
  );
});

test("the page allocator's own words choose between the early and the late profile of a line", async () => {
  const late = {
    'mm/page_alloc.c':
      'static void __alloc_pages_slowpath(void) { flags |= ALLOC_MIN_RESERVE; }\nunsigned long __alloc_pages_bulk(void);\n',
  };
  const early = {
    'mm/page_alloc.c': 'static void __alloc_pages_slowpath(void) { flags |= ALLOC_HARDER; }\nunsigned long __alloc_pages_bulk(void);\n',
  };
  assert.equal((await profileForTree(tree({ Makefile: makefile('6.1.20'), ...late }), 'auto')).kernel.id, '6.1');
  assert.equal((await profileForTree(tree({ Makefile: makefile('6.1.192'), ...early }), 'auto')).kernel.id, '6.1-early');
  const wrong = await profileForTree(tree({ Makefile: makefile('6.12.1'), ...early }), 'auto');
  assert.equal(wrong.kernel.id, '6.12');
  assert.match(wrong.mismatches.join('\n'), /ALLOC_HARDER/);
});

test('a prototype that takes its mask elsewhere is said, and believed', async () => {
  const { mismatches, positions } = await profileForTree(
    tree({
      Makefile: makefile('5.15.20'),
      'include/linux/bio.h':
        'struct bio *bio_alloc(struct block_device *bdev, unsigned short nr_vecs, unsigned int opf, gfp_t gfp_mask);\n',
    }),
    'auto',
  );
  assert.equal(positions.get('bio_alloc'), 3);
  assert.match(
    mismatches[0]!,
    /^bio_alloc\(\) takes its mask as argument 4 in include\/linux\/bio\.h; the catalogue for 5\.15\.20 expects its mask as argument 1$/,
  );
});

test('a header without its main function is said', async () => {
  const { mismatches } = await profileForTree(
    tree({ Makefile: makefile('6.1.200'), 'include/linux/mempool.h': 'struct mempool_s;\n' }),
    'auto',
  );
  assert.deepEqual(mismatches, ['include/linux/mempool.h does not declare mempool_alloc(), which Linux 6.1.200 has']);
});

test('a tree without a version needs --kernel', async () => {
  await assert.rejects(profileForTree(tree({ Makefile: 'all:\n' }), 'auto'), /states no VERSION; give --kernel/);
  assert.equal((await profileForTree(tree({ Makefile: 'all:\n' }), '6.6')).kernel.id, '6.6');
});

test('gfp parameters are found in prototypes, inline bodies and callbacks, not in casts', () => {
  const found = gfpPositions(`
    void *foo_alloc(size_t size, gfp_t gfp);           /* bar(gfp_t) */
    static inline int foo_fill(struct foo *f,
                               int (*get)(void *, int), const gfp_t mask)
    {
      return foo_raw(f, (__force gfp_t)1, sizeof(gfp_t));
    }
    struct foo_ops { int (*grow)(struct foo *f, gfp_t gfp); gfp_t mask; };
    extern void *foo_make_noprof(gfp_t gfp, unsigned int order);
    // void hidden(gfp_t gfp);
  `);
  assert.equal(found.get('foo_alloc'), 1);
  assert.equal(found.get('foo_fill'), 2);
  assert.equal(found.get('foo_make'), 0);
  for (const name of ['bar', 'foo_raw', 'sizeof', 'hidden']) assert.ok(!found.has(name), name);
});
