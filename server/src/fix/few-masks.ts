/** Masks with a mend of one word: an empty one, the parameter that is ignored, kvmalloc() that never falls back. */
import { behaviour } from '../rules/behaviour.js';
import { callAt, siteAt } from './call.js';
import { handled, maskSite, refusal } from './mask-site.js';
import { summands } from './mask-text.js';
import { placeOf } from '../rules/swapped-arguments.js';
import type { Fixer, Proposal } from './model.js';

/** An empty mask takes the allocator's locks like any other: GFP_NOWAIT also wakes kswapd. */
export const locklessFixer: Fixer = {
  rules: ['lockless-alloc'],
  async propose(finding, flow, world) {
    const title = 'Ask for the memory with GFP_NOWAIT';
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [refusal(title, place)];
    if (!/^\(?(?:\(gfp_t\)\s*)?0[xX]?0*\)?$/.test(place.written)) {
      const kernel = behaviour(world.profile);
      return [
        {
          kind: 'advice',
          title: 'Take the memory from where no lock is needed',
          detail: kernel.hasKmallocNolock
            ? 'kmalloc_nolock() and alloc_pages_nolock() take no lock; both fail often, and what they return is freed with kfree_nolock() and free_pages_nolock().'
            : 'This kernel has no allocator that takes no lock: set the memory aside outside of the NMI, per CPU or in a pool.',
        },
      ];
    }
    return [
      {
        kind: 'edit',
        title,
        safety: 'review',
        edits: place.edits('GFP_NOWAIT'),
        detail:
          'The request still never sleeps; it wakes kswapd, so that a later one finds memory. Where sleeping is allowed, GFP_KERNEL is the mask to write.',
      },
    ];
  },
};

/** The mask that the caller chose, in place of a fixed one. */
export const parameterFixer: Fixer = {
  rules: ['gfp-parameter-ignored'],
  async propose(finding, flow, world) {
    const parameter = String(finding.data['parameter']);
    const title = `Allocate with the caller's mask '${parameter}'`;
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [refusal(title, place)];
    // Read for something else, it may be the mask of that alone: fs/nilfs2/mdt.c (6.1) is given one for page cache, with __GFP_HIGHMEM.
    if (finding.confidence === 'possible')
      return [
        {
          kind: 'advice',
          title: `Make sure what '${parameter}' is the mask of`,
          detail: `If callers choose by it how ${finding.function}() gets its memory, this request should ask with it too; if it is the mask of something else, a name that says so mends it.`,
        },
      ];
    const parts = summands(place.written);
    if (!parts) return [refusal(title, `the mask '${place.written}' is put together elsewhere`)];
    // Zeroing, accounting and silence belong to the request; how to find the memory is the caller's choice.
    const kept = parts.flatMap((p) => (p === 'GFP_KERNEL_ACCOUNT' ? ['__GFP_ACCOUNT'] : KEPT.has(p) ? [p] : []));
    if (parts.some((p) => !KEPT.has(p) && !BASES.has(p)))
      return [refusal(title, `'${place.written}' says more than how to find the memory`)];
    return [
      {
        kind: 'edit',
        title,
        safety: 'review',
        edits: place.edits([parameter, ...kept].join(' | ')),
        detail: 'The request sleeps, or not, as the caller says: callers that pass GFP_ATOMIC no longer sleep, and see it fail more often.',
      },
    ];
  },
};

const BASES = new Set(['GFP_KERNEL', 'GFP_KERNEL_ACCOUNT', 'GFP_ATOMIC', 'GFP_NOWAIT', 'GFP_NOFS', 'GFP_NOIO', 'GFP_USER']);
const KEPT = new Set(['__GFP_ZERO', '__GFP_ACCOUNT', '__GFP_NOWARN', '__GFP_COMP']);

/** Size and mask in each other's place. */
export const swappedFixer: Fixer = {
  rules: ['swapped-arguments'],
  async propose(finding, flow, world) {
    const title = 'Put size and mask into their places';
    const text = await world.text(finding.at.file);
    const name = String(finding.data['api']);
    const place = placeOf(name);
    const found = text === undefined ? undefined : callAt(text, finding.at, '', world.parser);
    if (!found || !place) return [refusal(title, 'the call is made by a macro')];
    const { tree, args } = found;
    const wrong = place.size.find((i) => args[i] !== undefined && /\b(?:__)?GFP_[A-Z]/.test(tree.text(args[i])));
    if (wrong === undefined || args[place.gfp] === undefined) return [refusal(title, 'the arguments cannot be told apart')];
    const order = args.map((a) => tree.text(a));
    const [mask] = order.splice(wrong, 1);
    order.splice(place.gfp, 0, mask!);
    const edits = args.flatMap((a, i) =>
      order[i] === tree.text(a) ? [] : [{ file: finding.at.file, start: tree.start(a), end: tree.end(a), text: order[i]! }],
    );
    return [
      {
        kind: 'edit',
        title,
        safety: 'safe',
        edits,
        detail: 'The call asks for the size, and with the mask, that stand in it.',
      } satisfies Proposal,
    ];
  },
};

/** kvmalloc() with a mask that may not sleep is kmalloc() in these kernels. */
export const kvmallocFixer: Fixer = {
  rules: ['kvmalloc-flags'],
  async propose(finding, flow, world) {
    const site = siteAt(flow.sites, finding);
    const kernel = behaviour(world.profile);
    if (site?.apiClass !== 'kvmalloc')
      return [
        {
          kind: 'advice',
          title: 'Take contiguous memory, or allocate where sleeping is allowed',
          detail:
            'vmalloc() of this kernel does not do what the mask says: kmalloc() with a failure path serves small sizes; large ones are allocated before the section begins, or inside a memalloc scope that begins where its reason begins.',
        },
      ];
    if (kernel.kvmallocNeedsKernel && !/GFP_(ATOMIC|NOWAIT)/.test(site.gfpText))
      return [
        {
          kind: 'advice',
          title: 'Open a scope where its reason begins, and ask with GFP_KERNEL',
          detail:
            'In this kernel only GFP_KERNEL falls back to vmalloc(). memalloc_nofs_save() (or noio) where the lock is taken or the transaction begins covers the fallback too; a scope around this one call says nothing about why.',
        },
      ];
    const title = 'Call kmalloc(), which is what happens';
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [refusal(title, place)];
    const { tree, call } = place.found;
    const name = tree.child(call, 'function');
    const plain = KMALLOC[site.name];
    if (name === undefined || plain === undefined || !summands(place.written))
      return [refusal(title, `${site.name}() has no counterpart without the fallback`)];
    if (!handled(place)) return [refusal(title, 'the result can be NULL and is used without a check')];
    const quiet = summands(place.written)!.includes('__GFP_NOWARN') || (kernel.nowaitHasNowarn && /GFP_NOWAIT/.test(place.written));
    return [
      {
        kind: 'edit',
        title,
        safety: 'safe',
        edits: [
          { file: finding.at.file, start: tree.start(name), end: tree.end(name), text: plain },
          ...(quiet ? [] : place.edits(`${place.written} | __GFP_NOWARN`)),
        ],
        detail:
          'For a mask that may not sleep the fallback to vmalloc() is never taken; failure stays as silent as it was. kvfree() frees such memory too.',
      },
    ];
  },
};

const KMALLOC: Readonly<Record<string, string>> = {
  kvmalloc: 'kmalloc',
  kvzalloc: 'kzalloc',
  kvmalloc_node: 'kmalloc_node',
  kvzalloc_node: 'kzalloc_node',
  kvmalloc_array: 'kmalloc_array',
  kvcalloc: 'kcalloc',
};
