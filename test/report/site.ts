import type { SiteRecord } from '../../server/src/engine.js';

export function site(change: Partial<SiteRecord> = {}): SiteRecord {
  return {
    file: 'fs/a.c',
    line: 3,
    column: 6,
    function: 'grow',
    api: 'kmalloc',
    class: 'slab',
    gfp: {
      text: 'GFP_NOFS | __GFP_NOFAIL',
      must: ['__GFP_NOFAIL', '__GFP_IO'],
      may: ['__GFP_NOFAIL', '__GFP_IO', '__GFP_HIGH'],
      params: [],
      effective: ['__GFP_NOFAIL'],
    },
    order: 0,
    nofail: 'must',
    nullChecked: true,
    contexts: [],
    ...change,
  };
}
