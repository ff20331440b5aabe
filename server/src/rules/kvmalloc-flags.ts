import type { FunctionFlow, Site } from '../flow/model.js';
import type { Confidence, Rule, RuleContext } from './model.js';
import { behaviour, kernelName } from './behaviour.js';
import { blocking, canHave, FS, GFP_KERNEL, IO, isEvaluated, mustHave } from './gfp.js';
import { secondAttempt } from './query.js';
import { maskName } from './words.js';

interface Verdict {
  fact: string;
  consequence: string;
  confidence: Confidence;
}

export const kvmallocFlags: Rule = {
  meta: {
    id: 'kvmalloc-flags',
    summary: 'a mask with which kvmalloc never falls back to vmalloc, or vmalloc with a mask that may not sleep',
    severity: 'warning',
    doc: `
\`kvmalloc()\` tries contiguous memory first and falls back to \`vmalloc()\`. Whether it does depends on the mask and the version:

| kernel | falls back with |
|---|---|
| up to 5.17 | supersets of \`GFP_KERNEL\` only; \`GFP_NOFS\`, \`GFP_NOIO\` and all weaker masks are plain \`kmalloc()\` |
| 5.18 to 6.12 | any mask with direct reclaim; \`GFP_ATOMIC\` and \`GFP_NOWAIT\` are plain \`kmalloc()\` |
| mainline (read in 7.2 and 7.3) | any mask |

Measured in 5.10 with fragmented memory: \`kvmalloc(GFP_NOFS)\` of 16 to 32 KiB loops without trying vmalloc, from 64 KiB on it returns NULL;
inside \`memalloc_nofs_save()\` with \`GFP_KERNEL\` it falls back.

\`vmalloc()\` itself may sleep **whatever the mask says** up to 6.12 (it stops with a \`BUG\` in interrupt context); and up to 5.16 its page
tables are allocated with \`GFP_KERNEL\`, so \`__vmalloc(GFP_NOFS)\` can enter file-system reclaim.

**What to do.** Before 5.18, open a \`memalloc_nofs_save()\` scope where the reason for NOFS begins and pass \`GFP_KERNEL\`. In atomic context use
\`kmalloc()\` and handle failure.

**Silent** where the size is a constant of at most one page, and where the mask is the caller's.`,
    examples: [
      {
        title: 'never a fallback',
        kernel: '6.12',
        bad: `
void *scratch(size_t len)
{
	return kvzalloc(len, GFP_ATOMIC); // finds
}`,
        good: `
void *scratch(size_t len)
{
	return kvzalloc(len, GFP_NOFS);
}

void *caller_decides(size_t len, gfp_t gfp)
{
	return kvmalloc(len, gfp);
}`,
      },
      {
        title: 'GFP_NOFS before 5.18',
        kernel: '5.10',
        bad: `
void *table(size_t len)
{
	return kvmalloc(len, GFP_NOFS); // finds
}

void *pages(unsigned long len)
{
	return __vmalloc(len, GFP_NOFS); // finds
}`,
        good: `
void *table(size_t len)
{
	unsigned int flags = memalloc_nofs_save();
	void *p = kvmalloc(len, GFP_KERNEL);

	memalloc_nofs_restore(flags);
	return p;
}

void *small(void)
{
	return kvmalloc(512, GFP_NOFS);
}`,
      },
      {
        title: 'vmalloc that may not sleep, up to 6.12',
        kernel: '6.12',
        bad: `
void *quick(unsigned long len)
{
	return __vmalloc(len, GFP_ATOMIC); // finds
}`,
      },
    ],
  },

  check(flow, rule) {
    for (const site of flow.sites) {
      if (site.states.length === 0 || !site.requested.every(isEvaluated)) continue;
      const verdict =
        site.apiClass === 'kvmalloc' ? kvmalloc(flow, site, rule) : site.apiClass === 'vmalloc' ? vmalloc(site, rule) : undefined;
      if (!verdict) continue;
      rule.report({
        at: site.at,
        // Boot code allocates before anything could be atomic.
        confidence: flow.ref.facts.marks.some((m) => m.kind === 'init') ? 'possible' : verdict.confidence,
        message: `${verdict.fact} ${verdict.consequence}`,
        contexts: rule.context(site.states),
        data: { api: site.api, gfp: site.gfpText },
      });
    }
  },
};

function kvmalloc(flow: FunctionFlow, site: Site, rule: RuleContext): Verdict | undefined {
  const kernel = behaviour(rule.profile);
  if (kernel.vmallocNonBlocking || site.order === 0) return undefined;
  const never = (m: Site['requested'][number]): boolean =>
    kernel.kvmallocNeedsKernel ? (m.may & GFP_KERNEL) !== GFP_KERNEL : blocking(m) === 'no';
  const hit = site.requested.filter(never).length;
  if (hit === 0) return undefined;
  const small = ' (above one page)';
  return {
    fact: `'${site.api}' with ${maskName(site.gfpText)} never falls back to vmalloc in ${kernelName(rule.profile)}.`,
    consequence: kernel.kvmallocNeedsKernel
      ? `It falls back for supersets of GFP_KERNEL only: with fragmented memory the request loops or returns NULL${small}.`
      : `It falls back for blocking masks only: with fragmented memory the request returns NULL${small}.`,
    // Something stands behind it: the first request was made to fail quickly.
    confidence: secondAttempt(flow, site) ? 'possible' : hit === site.requested.length && site.order !== null ? 'certain' : 'likely',
  };
}

function vmalloc(site: Site, rule: RuleContext): Verdict | undefined {
  const kernel = behaviour(rule.profile);
  if (!kernel.vmallocNonBlocking && site.requested.every((m) => blocking(m) === 'no')) {
    return {
      fact: `'${site.api}' may sleep although ${maskName(site.gfpText)} forbids it.`,
      consequence: `${kernelName(rule.profile)} does not look at the mask there: it may sleep always, and stops with a BUG in interrupt context.`,
      confidence: 'certain',
    };
  }
  if (
    !kernel.vmallocHonoursScope &&
    site.states.every((s) => s.scopes.length === 0) &&
    site.requested.every((m) => blocking(m) === 'must' && (!canHave(m, FS) || !canHave(m, IO)) && !mustHave(m, GFP_KERNEL))
  ) {
    return {
      fact: `'${site.api}' with ${maskName(site.gfpText)} allocates its page tables with GFP_KERNEL in ${kernelName(rule.profile)}.`,
      consequence: 'It can enter the reclaim that the mask forbids; only a memalloc scope reaches the page tables.',
      confidence: 'certain',
    };
  }
  return undefined;
}
