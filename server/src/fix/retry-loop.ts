/** Turns a retry loop around an allocation into one request with __GFP_NOFAIL. */
import { isSite } from '../flow/sites.js';
import type { CallPoint, RetryLoop, Site } from '../flow/model.js';
import type { TextEdit } from '../rules/model.js';
import type { KernelParser } from '../syntax/model.js';
import type { Draft } from './draft.js';
import { offsetOf } from './edit-text.js';
import { replaceArgument, withFlag } from './mask.js';
import { Unfit } from './retry/statements.js';
import { unloop } from './retry/unloop.js';
import { FunctionTree, type Node } from './syntax.js';

/**
 * Edits that leave a loop's allocation alone, asked for with __GFP_NOFAIL. The result changes behaviour, and must be audited before it is
 * offered: see verified.ts.
 * @throws {Unfit} with the reason when the loop is not convertible or its text cannot be taken apart.
 */
export function nofailInstead(source: string, loop: RetryLoop, parser: KernelParser): TextEdit[] {
  if (loop.verdict !== 'convertible') throw new Unfit(`the loop is ${loop.verdict}`);
  // In the other mode the failure is wanted: the flag would take it away.
  if (loop.reasons.includes('mode')) throw new Unfit('the loop repeats in one mode only');
  const { site } = loop;
  if (!isSite(site) || site.gfpText === '') throw new Unfit(`'${loop.callee}' takes no mask here`);
  return withoutLoop(source, loop, parser, (tree, call) => {
    const mask = maskOf(tree, call, site);
    return (draft) => replaceArgument(draft, tree, call, mask, withFlag(tree, mask, '__GFP_NOFAIL'));
  });
}

/**
 * Edits that take a loop apart whose call cannot fail for want of memory any more; `ask` plans what changes in the call itself.
 * @throws {Unfit} when the loop's text cannot be taken apart.
 */
export function withoutLoop(
  source: string,
  loop: RetryLoop,
  parser: KernelParser,
  ask: (tree: FunctionTree, call: Node) => (draft: Draft) => void,
): TextEdit[] {
  if (loop.test === 'error') throw new Unfit('the loop repeats any error');
  const at = offsetOf(source, loop.at);
  const tree = FunctionTree.at(source, offsetOf(source, loop.site.at), parser);
  if (!tree) throw new Unfit('the function cannot be read without errors');
  const call = callAt(tree, loop.site);
  if (call === undefined) throw new Unfit('the call is made by a macro');
  const success = { call, target: targetOf(tree, call), means: loop.test === 'enomem' ? 'enomem' : 'null' } as const;
  const label = loop.parts?.label;
  return unloop(tree, loop.at.file, { success, at, ...(label === undefined ? {} : { label }) }, ask(tree, call));
}

/** The node of a call that the flow analysis knows. */
export function callAt(tree: FunctionTree, point: CallPoint): Node | undefined {
  const start = offsetOf(tree.source, point.at);
  for (const call of tree.all('call_expression')) if (tree.start(call) === start && tree.callee(call) === point.name) return call;
  return undefined;
}

/** Text of the lvalue that a call's result goes to, through casts; '' when it goes nowhere. */
export function targetOf(tree: FunctionTree, call: Node): string {
  let at = call;
  for (let up = tree.parent(at); up !== undefined; up = tree.parent(at)) {
    if (tree.is(up, 'parenthesized_expression') || tree.is(up, 'cast_expression')) at = up;
    else if (tree.is(up, 'assignment_expression') && tree.child(up, 'right') === at && tree.operator(up) === '=') {
      return tree.text(tree.child(up, 'left')!);
    } else if (tree.is(up, 'init_declarator') && tree.child(up, 'value') === at) {
      return tree.text(tree.child(up, 'declarator')!).replace(/^[*\s]+/, '');
    } else return '';
  }
  return '';
}

function maskOf(tree: FunctionTree, call: Node, site: Site): Node {
  const args = tree.args(call);
  const index = site.traits?.gfp ?? args.findIndex((a) => squeeze(tree.text(a)) === squeeze(site.gfpText));
  const mask = args[index];
  if (mask === undefined) throw new Unfit(`'${site.api}' takes no mask here`);
  return mask;
}

const squeeze = (text: string): string => text.replace(/\s+/g, '');
