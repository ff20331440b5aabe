/** GFP_ATOMIC or GFP_NOWAIT where every known context may sleep: GFP_KERNEL, or the mask with which its neighbours keep file systems or I/O out. */
import type { FunctionFlow } from '../flow/model.js';
import { maskSite, refusal } from './mask-site.js';
import { bareCode } from './edit-text.js';
import { sleeping, tokensOf } from './mask-text.js';
import type { Fixer, Proposal } from './model.js';

const TITLE = 'Ask for the memory with GFP_KERNEL';

export const atomicWhereSleepableFixer: Fixer = {
  rules: ['atomic-where-sleepable'],
  async propose(finding, flow, world) {
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [refusal(TITLE, place)];
    if (finding.confidence === 'possible') return [refusal(TITLE, 'whether every context may sleep is not sure')];
    const mask = sleeping(place.written);
    if (mask === undefined) return [refusal(TITLE, `the mask '${place.written}' is put together elsewhere`)];
    const plain: Proposal = {
      kind: 'edit',
      title: TITLE,
      safety: 'review',
      edits: place.edits(mask),
      detail:
        'The request may sleep and reclaim, leaves the reserve to those who cannot wait, and practically never fails (up to order 3). Make sure that no caller outside of this tree holds a spinlock.',
    };
    const base = await restriction(flow, finding.at.file, (file) => world.text(file));
    if (base === undefined) return [plain];
    const kept = mask === 'GFP_KERNEL_ACCOUNT' ? `${base} | __GFP_ACCOUNT` : mask.replace('GFP_KERNEL', base);
    const why =
      base === 'GFP_NOIO'
        ? 'starts no I/O, which the code may be needed for'
        : 'enters no file system, which may wait for what is held here';
    return [
      {
        kind: 'edit',
        title: `Ask for the memory with ${base}, as other requests of this file do`,
        safety: 'review',
        edits: place.edits(kept),
        detail: `The request may sleep and reclaim, but ${why}; it leaves the reserve to those who cannot wait. Make sure that no caller outside of this tree holds a spinlock. Where nothing of the kind is held, GFP_KERNEL is the mask to write.`,
      },
      plain,
    ];
  },
};

/**
 * How the file's other requests keep reclaim away from it; undefined where they do not, or where the function asks with GFP_KERNEL already:
 * what waits for this code to make progress cannot be seen from here, but its author knew.
 */
async function restriction(
  { sites }: FunctionFlow,
  file: string,
  read: (file: string) => Promise<string | undefined>,
): Promise<'GFP_NOFS' | 'GFP_NOIO' | undefined> {
  if (sites.some((s) => tokensOf(s.gfpText).some((t) => t.startsWith('GFP_KERNEL')))) return undefined;
  const tokens = tokensOf(bareCode((await read(file)) ?? ''));
  const count = (name: string): number => tokens.filter((t) => t === name).length;
  const [fs, io] = [count('GFP_NOFS'), count('GFP_NOIO')];
  if (fs + io === 0) return undefined;
  return io > fs ? 'GFP_NOIO' : 'GFP_NOFS';
}
