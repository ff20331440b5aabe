import type { Expr } from '../facts/model.js';
import type { FunctionFlow, Site } from '../flow/model.js';
import type { Confidence, Rule, RuleContext } from './model.js';
import { kernelName } from './behaviour.js';
import { mentions } from './expr.js';
import { blocking, canHave, isExact, NOFAIL, tokens } from './gfp.js';
import { atomicHeld, stepAt } from './query.js';
import { maskName } from './words.js';

export const gfpParameterIgnored: Rule = {
  meta: {
    id: 'gfp-parameter-ignored',
    summary: 'a function that takes a gfp mask and allocates with a fixed one',
    severity: 'warning',
    doc: `
A parameter of type \`gfp_t\` promises the caller a choice: with \`GFP_ATOMIC\` the function may be called under a lock. A fixed mask inside breaks the promise without a word: with
\`GFP_KERNEL\` the caller sleeps in atomic context, with \`GFP_ATOMIC\` a caller that could wait takes from the reserves and fails for no reason.

Reported as likely when the parameter is never read at all; as possible when it is used for one allocation while another in the same function has a fixed blocking
mask that no test of the parameter guards.

**Silent** for functions whose type an operations table or another function dictates, for functions that allocate nothing themselves, and where the fixed mask stands behind
a test of the parameter (\`gfpflags_allow_blocking(gfp)\`).`,
    examples: [
      {
        title: 'never read',
        bad: `
struct msg { int len; };

static struct msg *msg_new(int len, gfp_t gfp)
{
	struct msg *m = kmalloc(sizeof(*m) + len, GFP_KERNEL); // finds

	if (m)
		m->len = len;
	return m;
}`,
        good: `
struct msg { int len; };

static struct msg *msg_new(int len, gfp_t gfp)
{
	struct msg *m = kmalloc(sizeof(*m) + len, gfp);

	if (m)
		m->len = len;
	return m;
}`,
      },
      {
        title: 'a type that a table dictates; a test of the parameter',
        good: `
struct pool_ops { void *(*alloc)(gfp_t gfp, void *data); };

static void *plain_alloc(gfp_t gfp, void *data)
{
	return kmalloc(64, GFP_KERNEL);
}

static const struct pool_ops plain_ops = {
	.alloc = plain_alloc,
};

static void *grow(size_t len, gfp_t gfp)
{
	if (gfpflags_allow_blocking(gfp))
		return vmalloc(len);
	return kmalloc(len, gfp);
}`,
      },
    ],
  },

  check(flow, rule) {
    const { facts } = flow.ref;
    facts.params.forEach((param, index) => {
      if (param.name === '' || !/^(const )?gfp_t$/.test(param.type.trim())) return;
      const used = reads(flow, param.name);
      for (const site of flow.sites) {
        const fixed = fixedMask(site, index);
        if (!fixed) continue;
        if (!used) {
          if (dictated(flow)) return;
          report(flow, site, param.name, rule, facts.static || flow.callersComplete ? 'likely' : 'possible', 'is never read');
          return;
        }
        if (fixed === 'blocking') report(flow, site, param.name, rule, 'possible', 'decides other allocations of the function');
      }
    });
  },
};

function report(flow: FunctionFlow, site: Site, param: string, rule: RuleContext, confidence: Confidence, how: string): void {
  const sleeps = site.requested.some((m) => blocking(m) === 'must');
  rule.report({
    at: site.at,
    confidence,
    message:
      `'${flow.ref.facts.name}' allocates with ${maskName(site.gfpText)}; its parameter '${param}' ${how}. ` +
      (sleeps
        ? `A caller that passes GFP_ATOMIC sleeps all the same in ${kernelName(rule.profile)}.`
        : `A caller that may wait gets no reclaim in ${kernelName(rule.profile)} and a needless failure.`),
    contexts: rule.context(site.states),
    path: [stepAt(flow, site.at, `'${site.api}' with ${site.gfpText}`)],
    data: { api: site.api, parameter: param },
  });
}

/** The site's mask is written out, and nothing that was tested about the parameter stands before it. */
function fixedMask(site: Site, index: number): 'blocking' | 'other' | undefined {
  if (site.apiClass === 'wrapper' && !site.effects?.sleeps.some((w) => w.kind === 'alloc')) return undefined;
  if (tokens(site.gfpText).length === 0 || site.states.length === 0 || !site.requested.every(isExact)) return undefined;
  if (site.requested.some((m) => canHave(m, NOFAIL))) return undefined;
  if (site.states.some((s) => s.paramAssume.some((c) => c.index === index))) return undefined;
  const mask = site.requested.every((m) => blocking(m) === 'must') ? 'blocking' : 'other';
  // Under a lock of the function's own the fixed mask is the right one.
  return mask === 'other' && site.states.some((s) => atomicHeld(s)) ? undefined : mask;
}

/** Whether the body reads a variable anywhere. */
function reads(flow: FunctionFlow, name: string): boolean {
  const has = (e: Expr | undefined): boolean => e !== undefined && mentions(e, name);
  return (flow.ref.facts.body?.blocks ?? []).some(
    (b) =>
      b.next.some((e) => has(e.when)) ||
      b.ev.some((ev) =>
        ev.k === 'call'
          ? ev.args.some(has) || has(ev.fn)
          : ev.k === 'set'
            ? has(ev.value) || has(ev.to)
            : ev.k === 'ret'
              ? has(ev.value)
              : false,
      ),
  );
}

/** The function's address goes somewhere that fixes its type: an operations table, or another function. */
function dictated(flow: FunctionFlow): boolean {
  const { file, facts } = flow.ref;
  if (file.ops.some((o) => o.fn === facts.name) || flow.contexts.some((c) => c.from === 'callback')) return true;
  return file.functions.some((f) =>
    (f.body?.blocks ?? []).some((b) =>
      b.ev.some((ev) =>
        ev.k === 'call' ? ev.args.some((a) => named(a, facts.name)) : ev.k === 'set' ? named(ev.value, facts.name) : false,
      ),
    ),
  );
}

/** The bare name of the function, not a call of it. */
const named = (e: Expr, name: string): boolean =>
  e === name || (Array.isArray(e) && ((e[0] === 'u' && e[1] === '&' && e[2] === name) || (e[0] === 'cast' && e[2] === name)));
