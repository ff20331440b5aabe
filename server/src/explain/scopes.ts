/**
 * What an allocation scope does to the allocations inside it. Read in include/linux/sched/mm.h (5.10, 6.12) and mm/page_alloc.c.
 */
interface ScopeWords {
  kind: string;
  opens: boolean;
  words: string;
}

const EFFECT: Readonly<Record<string, string>> = {
  nofs: 'every allocation of this task is made without `__GFP_FS`, whatever its mask says: its reclaim stays out of file systems',
  noio: 'every allocation of this task is made without `__GFP_IO` and `__GFP_FS`, whatever its mask says: its reclaim starts no I/O',
  noreclaim: 'this task never enters reclaim and may use all reserves, down to the last page: meant for code that frees memory',
  pin: 'pages of this task come from where they may be pinned for long (no `__GFP_MOVABLE`)',
  nocma: 'pages of this task do not come from CMA areas',
};

/** `memalloc_nofs_save` and its kin; undefined for any other name. */
export function scopeWords(name: string): ScopeWords | undefined {
  const [, kind = '', end] = /^memalloc_(nofs|noio|noreclaim|pin|nocma)_(save|restore)$/.exec(name) ?? [];
  const effect = EFFECT[kind];
  if (effect === undefined) return undefined;
  return {
    kind,
    opens: end === 'save',
    words: end === 'save' ? `From here to its restore ${effect}.` : `Ends the scope in which ${effect}.`,
  };
}
