/** Pages of the rules, as the editor renders Markdown. */
import * as vscode from 'vscode';
import { RULE, type RuleResult } from '../../server/src/lsp/requests.js';
import type { Pages } from './pages.js';
import type { Server } from './server.js';

/** @param given the rule's id; else the one of the finding at the cursor, else all to choose from. */
export async function showRule(server: Server, pages: Pages, given: unknown): Promise<void> {
  const id = typeof given === 'string' ? given : (ruleAtCursor() ?? (await choose(server)));
  if (id === undefined) return;
  const rule = await server.request<RuleResult | null>(RULE, { id });
  if (!rule) throw new Error(`there is no rule '${id}'`);
  await pages.showMarkdown(rule.id, rule.markdown);
}

function ruleAtCursor(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const here = vscode.languages
    .getDiagnostics(editor.document.uri)
    .find(({ source, range }) => source === 'gfp-audit' && range.contains(editor.selection.active));
  const code = here?.code;
  return code === undefined ? undefined : String(typeof code === 'object' ? code.value : code);
}

async function choose(server: Server): Promise<string | undefined> {
  const all = await server.request<RuleResult | null>(RULE, {});
  // The list is Markdown for readers; the ids stand in it as code or links.
  const ids = [...new Set([...(all?.markdown ?? '').matchAll(/[`[]([a-z]+(?:-[a-z]+)+)[`\]]/g)].map(([, id]) => id!))];
  return vscode.window.showQuickPick(ids.sort(), { title: 'Rule', placeHolder: 'Rule whose page is shown' });
}
