/** The mask of the allocation that a finding stands at, where it is written, and the edit that puts another in its place. */
import type { FunctionFlow, Site } from '../flow/model.js';
import type { Finding, TextEdit } from '../rules/model.js';
import { callAt, maskArgument, siteAt, type FoundCall } from './call.js';
import { Draft } from './draft.js';
import { replaceArgument } from './mask.js';
import type { FixWorld, Refusal } from './model.js';
import type { FunctionTree, Node } from './syntax.js';

export interface MaskSite {
  site: Site;
  found: FoundCall;
  /** The mask as written. */
  written: string;
  /** The call with another mask, lines broken as the kernel's style has it. */
  edits(mask: string): TextEdit[];
}

/** The written mask of a finding's allocation; a reason where there is none to edit. */
export async function maskSite(finding: Finding, flow: FunctionFlow, world: FixWorld): Promise<MaskSite | string> {
  const site = siteAt(flow.sites, finding);
  const text = await world.text(finding.at.file);
  if (text === undefined) return 'the file cannot be read as it was audited';
  if (!site) return 'the allocation does not stand in this statement';
  const found = callAt(text, site.at, site.name, world.parser);
  if (!found) return 'the call is made by a macro';
  if (site.gfpText === '') return `${site.api}() takes no mask`;
  const mask = maskArgument(found, site);
  if (mask === undefined) return 'the mask does not stand in the call';
  return {
    site,
    found,
    written: found.tree.text(mask),
    edits: (put) => {
      const draft = new Draft(finding.at.file, text);
      replaceArgument(draft, found.tree, found.call, mask, put);
      return draft.edits();
    },
  };
}

export const refusal = (title: string, reason: string): Refusal => ({ kind: 'refusal', title, reason });

/** A result that is tested, or handed to a caller who may test it. */
export function handled({ site, found }: Pick<MaskSite, 'site' | 'found'>): boolean {
  if (site.nullChecked || site.use === 'returned') return true;
  if (site.uncheckedDeref !== undefined) return false;
  // `return p->buf ? 0 : -ENOMEM;`, and what is kept in a structure and tested there.
  const { tree, call } = found;
  const target = targetOf(tree, call);
  if (target === '') return false;
  for (const kind of ['conditional_expression', 'if_statement'] as const) {
    for (const node of tree.all(kind)) {
      const condition = tree.child(node, 'condition');
      if (condition === undefined || tree.start(condition) < tree.start(call)) continue;
      const tested = tree.nullTested(condition) ?? tree.bare(condition);
      if (tree.text(tested) === target) return true;
    }
  }
  return false;
}

/** Where a call's result goes, as written; '' when it is only tested or handed on. */
export function targetOf(tree: FunctionTree, call: Node): string {
  let at = tree.parent(call);
  while (at !== undefined && (tree.is(at, 'cast_expression') || tree.is(at, 'parenthesized_expression'))) at = tree.parent(at);
  if (at === undefined) return '';
  if (tree.is(at, 'assignment_expression')) {
    const left = tree.child(at, 'left');
    return left === undefined ? '' : tree.text(left);
  }
  if (!tree.is(at, 'init_declarator')) return '';
  for (let d = tree.child(at, 'declarator'); d !== undefined; d = tree.child(d, 'declarator'))
    if (tree.is(d, 'identifier')) return tree.text(d);
  return '';
}
