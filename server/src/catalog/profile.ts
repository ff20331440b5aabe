/** Which kernel a tree is: its version, the profile that stands for it, and where the two differ. */
import { chooseProfile, PROFILES, type Profile } from '../../../simulator/src/index.js';
import { allocatorsAt } from './allocators.js';
import { checkFlags, checkPageAllocator, siblingProfile } from './confirm.js';
import type { KernelProfile } from './model.js';
import { gfpPositions } from './prototypes.js';
import { parseVersion } from './version.js';

/** Text of a file of the tree by its path relative to the root, null when there is none. */
export type ReadText = (path: string) => Promise<string | null>;

export interface TreeProfile {
  kernel: KernelProfile;
  gfp: Profile;
  /** Where the version comes from: 'Makefile', '--kernel', 'assumed: ...'. */
  from: string;
  /** Where the tree does not fit the profile, one sentence each. */
  mismatches: string[];
  /** Argument index of the mask where the tree's own prototype differs from the catalogue: the tree is right. */
  positions: Map<string, number>;
}

/** VERSION, PATCHLEVEL and SUBLEVEL of a kernel's top Makefile; null when it states none. */
export function readKernelVersion(makefile: string): string | null {
  const part = (name: string) => new RegExp(`^${name}[ \\t]*=[ \\t]*(\\d+)`, 'm').exec(makefile)?.[1];
  const version = part('VERSION');
  return version === undefined ? null : `${version}.${part('PATCHLEVEL') ?? '0'}.${part('SUBLEVEL') ?? '0'}`;
}

/**
 * The profile for a version ('6.12', '6.1.90', 'mainline').
 * @throws {Error} of the simulator for text that names no kernel.
 */
export function kernelProfile(version: string): { kernel: KernelProfile; gfp: Profile } {
  const { profile, note } = chooseProfile(version);
  const text = parseVersion(version) === null ? profile.readIn.replace(/^\D+/, '').split(' ')[0]! : version.replace(/^v/, '');
  return { kernel: { id: profile.id, version: text, number: parseVersion(text)!, ...(note === undefined ? {} : { note }) }, gfp: profile };
}

/**
 * Decides the profile of a tree and holds it against the tree's headers and page allocator.
 * `asked` is 'auto' or what --kernel says; outside a kernel tree `read` is null and the newest profile is assumed.
 * @throws {Error} when the tree's Makefile states no version and none was asked for, or the version is unknown.
 */
export async function profileForTree(read: ReadText | null, asked: string): Promise<TreeProfile> {
  if (read === null) {
    const { kernel, gfp } = kernelProfile(asked === 'auto' ? 'mainline' : asked);
    const from =
      asked === 'auto'
        ? `assumed: not in a kernel tree, taken as Linux ${kernel.version.split('.').slice(0, 2).join('.')} (--kernel says otherwise)`
        : '--kernel';
    return { kernel, gfp, from, mismatches: [], positions: new Map() };
  }
  const stated = asked === 'auto' ? readKernelVersion((await read('Makefile')) ?? '') : asked;
  if (stated === null) throw new Error('the Makefile at the root of the tree states no VERSION; give --kernel');
  let { kernel, gfp } = kernelProfile(stated);
  const mismatches: string[] = [];
  const pageAlloc = [await read('mm/internal.h'), await read('mm/page_alloc.c')].filter((t) => t !== null).join('\n');
  if (pageAlloc !== '') {
    const sibling = siblingProfile(gfp, pageAlloc);
    if (sibling) {
      gfp = PROFILES[sibling];
      kernel = { ...kernel, id: sibling, note: `the tree's page allocator is that of ${gfp.title}` };
    }
    mismatches.push(...checkPageAllocator(gfp, pageAlloc));
  }
  const flagText = [await read('include/linux/gfp_types.h'), await read('include/linux/gfp.h')].filter((t) => t !== null).join('\n');
  if (flagText !== '') mismatches.push(...checkFlags(gfp, flagText));
  const positions = await checkPrototypes(kernel, gfp, read, mismatches);
  return {
    kernel,
    gfp,
    from: asked === 'auto' ? 'Makefile' : '--kernel',
    mismatches,
    positions,
  };
}

/** Headers that declare the allocators most code calls. */
const HEADERS = [
  'gfp.h',
  'slab.h',
  'vmalloc.h',
  'mm.h',
  'mempool.h',
  'bio.h',
  'blkdev.h',
  'skbuff.h',
  'xarray.h',
  'idr.h',
  'percpu.h',
  'string.h',
  'device.h',
  'device/devres.h',
  'dma-mapping.h',
  'dmapool.h',
  'scatterlist.h',
  'usb.h',
  'pagemap.h',
  'buffer_head.h',
  'netlink.h',
  'maple_tree.h',
  'radix-tree.h',
  'kfifo.h',
  'cpumask.h',
  'bitmap.h',
  'percpu_counter.h',
  'jbd2.h',
  'shmem_fs.h',
  'page_frag_cache.h',
];
/** Functions without which no tree builds: when none of the headers names them, the tree is not what its Makefile says. */
const EXPECTED: readonly (readonly [name: string, header: string])[] = [
  ['kmalloc', 'slab.h'],
  ['kzalloc', 'slab.h'],
  ['kcalloc', 'slab.h'],
  ['kmem_cache_alloc', 'slab.h'],
  ['alloc_pages', 'gfp.h'],
  ['__get_free_pages', 'gfp.h'],
  ['vmalloc', 'vmalloc.h'],
  ['__vmalloc', 'vmalloc.h'],
  ['mempool_alloc', 'mempool.h'],
  ['bio_alloc', 'bio.h'],
  ['alloc_skb', 'skbuff.h'],
];

async function checkPrototypes(kernel: KernelProfile, gfp: Profile, read: ReadText, mismatches: string[]): Promise<Map<string, number>> {
  const positions = new Map<string, number>();
  const allocators = allocatorsAt(kernel.number, gfp);
  for (const header of HEADERS) {
    const text = await read(`include/linux/${header}`);
    if (text === null) continue;
    for (const [name, at] of gfpPositions(text)) {
      const entry = allocators.get(name);
      if (!entry || entry.gfp === at || entry.helper) continue;
      positions.set(name, at);
      const expected = entry.gfp === null ? `no mask (it implies ${entry.implied ?? 'one'})` : `its mask as argument ${entry.gfp + 1}`;
      mismatches.push(
        `${name}() takes its mask as argument ${at + 1} in include/linux/${header}; the catalogue for ${kernel.version} expects ${expected}`,
      );
    }
    for (const [name, home] of EXPECTED) {
      if (home === header && !new RegExp(`\\b${name}(?:_noprof)?\\b`).test(text)) {
        mismatches.push(`include/linux/${header} does not declare ${name}(), which Linux ${kernel.version} has`);
      }
    }
  }
  return positions;
}
