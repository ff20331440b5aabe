/** The call that a finding or a site stands at, in the text: its nodes, its mask. */
import type { Site, Where } from '../flow/model.js';
import type { KernelParser } from '../syntax/model.js';
import { offsetOf } from './edit-text.js';
import { FunctionTree, type Node } from './syntax.js';

export interface FoundCall {
  tree: FunctionTree;
  call: Node;
  args: Node[];
}

/** The call whose expression begins at a place; undefined when the text shows none there (a macro made it). */
export function callAt(text: string, at: Pick<Where, 'line' | 'column'>, name: string, parser: KernelParser): FoundCall | undefined {
  const start = offsetOf(text, at);
  const tree = FunctionTree.at(text, start, parser);
  if (!tree) return undefined;
  for (const call of tree.all('call_expression'))
    if (tree.start(call) === start && (name === '' || tree.callee(call) === name)) return { tree, call, args: tree.args(call) };
  return undefined;
}

/** The argument that is a site's mask; undefined where the call has none. */
export function maskArgument({ tree, args }: FoundCall, site: Site): Node | undefined {
  if (site.gfpText === '') return undefined;
  const index = site.traits?.gfp;
  if (index !== undefined && index !== null && args[index] !== undefined) return args[index];
  const squeeze = (text: string): string => text.replace(/\s+/g, '');
  return args.find((a) => squeeze(tree.text(a)) === squeeze(site.gfpText));
}

/** The allocation at a finding's place. */
export const siteAt = (sites: readonly Site[], { at }: { at: Where }): Site | undefined =>
  sites.find((s) => s.at.line === at.line && s.at.column === at.column);
