/** open-coded-retry: one request with __GFP_NOFAIL instead of the loop, or the mend that fits instead. */
import { isSite } from '../../flow/sites.js';
import { GFP } from '../../../../simulator/src/index.js';
import type { FunctionFlow, RetryLoop, Site } from '../../flow/model.js';
import type { Finding } from '../../rules/model.js';
import type { Fixer, FixWorld, Proposal } from '../model.js';
import { convertThrough } from '../chain/convert.js';
import { Refused } from '../chain/sources.js';
import { nofailInstead } from '../retry-loop.js';
import { otherMends } from './advice.js';
import { Unfit } from './statements.js';

const TITLE = 'Ask once, with __GFP_NOFAIL, instead of this loop';

export const retryFixer: Fixer = {
  rules: ['open-coded-retry'],

  async propose(finding: Finding, flow: FunctionFlow, world: FixWorld): Promise<Proposal[]> {
    const loop = flow.loops.find(({ at }) => at.line === finding.at.line && at.column === finding.at.column);
    if (!loop) return [];
    if (loop.verdict !== 'convertible' || loop.reasons.includes('mode')) return otherMends(loop, world.profile);
    try {
      return [(await throughChain(loop, flow, world)) ?? (await atSite(loop, world))];
    } catch (error) {
      if (error instanceof Unfit || error instanceof Refused) return [refused(error.message)];
      throw error;
    }
  },
};

/** Page cache look-ups that read what they do not find, through a callback that allocates by itself (mm/filemap.c, do_read_cache_folio). */
const READS = /^read_(cache|mapping)_(page|folio)/;

/** The loop's own allocation asks with the flag. */
async function atSite(loop: RetryLoop, world: FixWorld): Promise<Proposal> {
  if (loop.test === 'enomem' && READS.test(loop.callee))
    return refused(`the -ENOMEM of ${loop.callee}() can also come from the read that it begins, which the mask does not reach`);
  const source = await world.text(loop.at.file);
  if (source === undefined) return refused(`${loop.at.file} cannot be read as it was audited`);
  return { kind: 'edit', title: TITLE, safety: 'review', edits: nofailInstead(source, loop, world.parser), detail: detailOf(loop) };
}

/** The allocation lies below a function of the tree; undefined when the loop's call allocates itself, or takes a mask and is not here. */
async function throughChain(loop: RetryLoop, flow: FunctionFlow, world: FixWorld): Promise<Proposal | undefined> {
  const { site } = loop;
  if (isSite(site) && (site.traits !== undefined || world.program.tree.resolve(site.name, flow.ref.file).length === 0)) return undefined;
  const { edits, story, idle } = await convertThrough(loop, flow.ref, world);
  if (idle)
    return {
      kind: 'edit',
      title: 'Remove this loop, which never goes round',
      safety: 'review',
      edits,
      detail: [...story, `Review that ${loop.callee}() shall not fail that way in future either.`].join(' '),
    };
  const files = new Set(edits.map((e) => e.file)).size;
  const title = files > 1 ? `${TITLE}, through ${files} files` : TITLE;
  return { kind: 'edit', title, safety: 'review', edits, detail: [...story, detailOf(loop)].join(' ') };
}

const refused = (reason: string): Proposal => ({ kind: 'refusal', title: TITLE, reason });

function detailOf(loop: RetryLoop): string {
  const pauses = [...new Set(loop.backoff.map((b) => b.api))];
  const parts = [
    'The request waits inside the allocator, may use reserves after an OOM kill, and never returns NULL.',
    ...(pauses.length > 0 ? [`${pauses.join(' and ')}() between the attempts goes.`] : []),
    ...(isSite(loop.site) ? cautions(loop.site) : []),
    'Review that the caller can wait for ever here, with all that it holds.',
  ];
  return parts.join(' ');
}

function cautions(site: Site): string[] {
  const out: string[] = [];
  if (site.requested.some((m) => m.params.length > 0 || m.unknown || !(m.must & GFP.__GFP_DIRECT_RECLAIM)))
    out.push('The mask comes from elsewhere: with one that may not wait, such as GFP_ATOMIC, __GFP_NOFAIL is not honoured.');
  const size = site.traits?.size === undefined ? undefined : site.args[site.traits.size];
  const structure = Array.isArray(size) && size[0] === 'sizeof';
  if (site.order === null && !structure && /^(slab|page|kvmalloc)$/.test(site.apiClass) && site.traits?.size !== undefined)
    out.push('The size is not known here: above order 1 (two pages in one piece) __GFP_NOFAIL is not supported.');
  return out;
}
