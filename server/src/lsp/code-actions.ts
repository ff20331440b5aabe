/** The one code action so far: a plain retry loop becomes a request with __GFP_NOFAIL. Always a change to review. */
import {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type Diagnostic,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { retryLoopToNofail } from '../fix/retry-loop.js';
import { applyEdits, mends } from '../fix/verified.js';
import type { TextEdit as FileEdit } from '../rules/model.js';
import type { KernelParser } from '../syntax/model.js';
import type { Known } from './analyst.js';
import type { Abilities } from './capabilities.js';

const RULE = 'open-coded-retry';
const TITLE = 'Ask once, with __GFP_NOFAIL, instead of this loop';
const WHY =
  'Changes behaviour: the request waits inside the allocator, may use reserves after an OOM kill and never returns NULL. Review that the caller can wait for ever.';

/** Actions on a range, each checked by an audit of its result: the finding gone, none added. */
export function codeActions(known: Known, params: CodeActionParams, parser: KernelParser, abilities: Abilities): CodeAction[] {
  const { only, diagnostics } = params.context;
  if (only && !only.some((kind) => kind === CodeActionKind.Empty || isWithin(CodeActionKind.RefactorRewrite, kind))) return [];
  const { document, name, inspection, project } = known;
  const text = document.getText();
  const actions: CodeAction[] = [];
  for (const { loop, flow } of inspection.retriesAt(name, params.range.start.line + 1, params.range.end.line + 1)) {
    const edits = retryLoopToNofail(text, loop, parser);
    if (!edits) continue;
    const after = project.live.supposing(name, applyEdits(text, edits));
    if (!mends(RULE, flow.ref.facts.name, inspection.findings, after.findings)) continue;
    const line = loop.at.line - 1;
    const told = diagnostics.filter((d: Diagnostic) => d.code === RULE && d.range.start.line === line);
    actions.push({
      title: TITLE,
      kind: CodeActionKind.RefactorRewrite,
      ...(told.length > 0 ? { diagnostics: told } : {}),
      edit: workspaceEdit(known, edits, abilities),
    });
  }
  return actions;
}

function workspaceEdit({ document }: Known, edits: readonly FileEdit[], abilities: Abilities): WorkspaceEdit {
  const changes: TextEdit[] = edits.map(({ start, end, text }) => ({
    range: { start: document.positionAt(start), end: document.positionAt(end) },
    newText: text,
  }));
  if (!abilities.documentChanges) return { changes: { [document.uri]: changes } };
  const textDocument = { uri: document.uri, version: document.version };
  if (!abilities.changeAnnotations) return { documentChanges: [{ textDocument, edits: changes }] };
  return {
    changeAnnotations: { nofail: { label: TITLE, description: WHY, needsConfirmation: true } },
    documentChanges: [{ textDocument, edits: changes.map((edit) => ({ ...edit, annotationId: 'nofail' })) }],
  };
}

const isWithin = (kind: string, asked: string): boolean => kind === asked || kind.startsWith(`${asked}.`);
