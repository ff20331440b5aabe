/** A scope around one allocation that takes a mask itself: the mask says it, the scope goes. Never the other way round. */
import type { Where } from '../flow/model.js';
import { callAt, maskArgument } from './call.js';
import { Draft } from './draft.js';
import { lineStart, offsetOf } from './edit-text.js';
import { refusal } from './mask-site.js';
import { replaceArgument } from './mask.js';
import { summands } from './mask-text.js';
import type { Fixer } from './model.js';
import { dropUnused } from './retry/unused.js';
import type { FunctionTree, Node } from './syntax.js';

export const scopeOneOffFixer: Fixer = {
  rules: ['scope-one-off'],
  async propose(finding, flow, world) {
    const base = finding.data['scope'] === 'noio' ? 'GFP_NOIO' : 'GFP_NOFS';
    const title = `Say ${base} in the mask; the scope covers nothing else`;
    const scope = flow.scopes.find((s) => s.at.line === finding.at.line && s.at.column === finding.at.column);
    const text = await world.text(finding.at.file);
    if (!scope || text === undefined) return [refusal(title, 'the file cannot be read as it was audited')];
    const site = flow.sites.find((s) => scope.inside.some((c) => c.at.line === s.at.line && c.at.column === s.at.column));
    const found = site && callAt(text, site.at, site.name, world.parser);
    const mask = found && maskArgument(found, site);
    if (!found || mask === undefined) return [refusal(title, 'the call is made by a macro')];
    const { tree } = found;
    const parts = summands(tree.text(mask));
    const put = parts && restricted(parts, base);
    if (put === undefined) return [refusal(title, `the mask '${tree.text(mask)}' is put together elsewhere`)];
    const above = /(?:\/\*(?:[^*]|\*(?!\/))*\*\/|(?:\/\/[^\n]*\n[ \t]*)*\/\/[^\n]*)\s*$/.exec(
      text.slice(0, lineStart(text, offsetOf(text, scope.at))),
    )?.[0];
    if (above !== undefined && /\b(?:memalloc_\w+|scopes?|context)\b/i.test(above))
      return [
        {
          kind: 'advice',
          title,
          detail: `The comment above the scope (line ${finding.at.line}) speaks of it and would no longer hold: write ${put} and the comment anew, or move the scope to where its reason begins.`,
        },
      ];
    const draft = new Draft(finding.at.file, text);
    const ends = [scope.at, ...scope.restores].map((at) => statementAt(tree, text, at));
    if (ends.some((s) => s === undefined)) return [refusal(title, 'save or restore is part of another statement')];
    for (const s of ends) draft.remove(tree.start(s!), tree.end(s!));
    dropUnused(tree, draft);
    if (put !== tree.text(mask)) replaceArgument(draft, tree, found.call, mask, put);
    // What a comment above says of the scope may no longer hold: somebody has to read it.
    const told = above !== undefined;
    const certain = finding.confidence === 'certain';
    return [
      {
        kind: 'edit',
        title,
        safety: certain && !told ? 'safe' : 'review',
        edits: draft.edits(),
        detail: `The request is restricted as before${certain ? '' : ', if the function that takes the mask uses it for all that it allocates'}. ${told ? 'Read the comment above it again. ' : ''}If the restriction has a reason beyond this call, a scope where that reason begins says more.`,
      },
    ];
  },
};

/** The mask with the scope's restriction written out. */
function restricted(parts: readonly string[], base: 'GFP_NOFS' | 'GFP_NOIO'): string | undefined {
  if (parts.includes('GFP_NOIO') || parts.includes(base)) return parts.join(' | ');
  const out = parts.flatMap((p) => {
    if (p === 'GFP_KERNEL' || p === 'GFP_NOFS') return [base];
    if (p === 'GFP_KERNEL_ACCOUNT') return [base, '__GFP_ACCOUNT'];
    return [p];
  });
  return out.includes(base) && !out.some((p) => p !== base && /^GFP_/.test(p)) ? out.join(' | ') : undefined;
}

/** The statement that is nothing but the save or restore at a place: a call, or an assignment of one. */
function statementAt(tree: FunctionTree, text: string, at: Where): Node | undefined {
  const offset = offsetOf(text, at);
  for (const call of tree.all('call_expression')) {
    if (tree.start(call) !== offset) continue;
    const parent = tree.parent(call);
    if (tree.is(parent, 'expression_statement')) return parent;
    if (!tree.is(parent, 'assignment_expression')) return undefined;
    const statement = tree.parent(parent);
    return tree.is(statement, 'expression_statement') ? statement : undefined;
  }
  // The place of an assignment's save may be that of the whole statement.
  for (const statement of tree.all('expression_statement')) if (tree.start(statement) === offset) return statement;
  return undefined;
}
