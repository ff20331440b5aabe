/** Inlay hints, code lenses and the call hierarchy of contexts: off until switched on, each by a switch of its own. */
import {
  InlayHintKind,
  SymbolKind,
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
  type CodeLens,
  type InlayHint,
  type Position,
  type Range,
} from 'vscode-languageserver';
import type { FunctionRef } from '../flow/model.js';
import type { Known } from './session.js';
import { toPlace } from './positions.js';
import { COMMANDS } from './requests.js';
import type { ServerSettings } from './settings.js';

type UriOf = (name: string, base: string) => string;

const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

/** The effective mask where a scope or a caller changes it; 'atomic' at functions that are entered so. */
export function inlayHints({ name, inspection, document }: Known, range: Range, { hints }: ServerSettings): InlayHint[] {
  const out: InlayHint[] = [];
  for (const ref of inspection.functionsIn(name)) {
    const { first, last } = inspection.linesOf(ref);
    if (last - 1 < range.start.line || first - 1 > range.end.line) continue;
    if (hints.atomic) {
      const contexts = inspection.contextsOf(ref);
      const atomic = contexts.filter((c) => c.nonBlock || c.held.some((h) => h.atomic));
      const at =
        atomic.length > 0 ? afterHead(document.getText(), document.offsetAt({ line: first - 1, character: 0 }), ref.facts.name) : undefined;
      if (at !== undefined)
        out.push({
          position: document.positionAt(at),
          label: atomic.length === contexts.length ? 'atomic' : 'atomic on some calls',
          tooltip: atomic[0]!.why,
          paddingLeft: true,
        });
    }
    if (!hints.masks) continue;
    for (const { line, column, api, gfp } of inspection.sitesOf(ref)) {
      const [requested, effective] = [gfp.must.join(' | '), gfp.effective.join(' | ')];
      if (effective === '' || effective === requested || line - 1 < range.start.line || line - 1 > range.end.line) continue;
      const start = document.offsetAt({ line: line - 1, character: column - 1 });
      const end = afterHead(document.getText(), start, api);
      out.push({
        // Behind the call: between its name and its arguments it would be read as a part of either.
        position: document.positionAt(end ?? start + api.length),
        label: `→ ${effective}`,
        kind: InlayHintKind.Parameter,
        tooltip: `The mask in effect here; asked for: ${gfp.text || requested}`,
        paddingLeft: true,
      });
    }
  }
  return out;
}

/** Where the parentheses behind a name end: a function's parameter list, a call's arguments. */
function afterHead(text: string, from: number, name: string): number | undefined {
  const at = text.indexOf(name, from);
  if (at < 0) return undefined;
  let depth = 0;
  for (let i = at + name.length; i < text.length && text[i] !== '{' && text[i] !== ';'; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i + 1;
  }
  return undefined;
}

export function codeLenses({ name, inspection, document }: Known, { lenses }: ServerSettings, commands: readonly string[]): CodeLens[] {
  const out: CodeLens[] = [];
  const { uri } = document;
  for (const ref of inspection.functionsIn(name)) {
    const line = inspection.linesOf(ref).first - 1;
    const at = { line, character: Math.max(0, ref.facts.column - 1) };
    const range = { start: at, end: at };
    const add = (title: string): void => {
      const command = commands.includes(COMMANDS.contexts) ? COMMANDS.contexts : '';
      out.push({ range, command: { title, command, ...(command ? { arguments: [uri, at] } : {}) } });
    };
    if (lenses.contexts) {
      const contexts = inspection.contextsOf(ref);
      const atomic = contexts.filter((c) => c.nonBlock || c.held.some((h) => h.atomic)).length;
      const callers = inspection.callersOf(ref).length;
      if (contexts.length > 0 || callers > 0)
        add(
          [
            ...(contexts.length ? [`${count(contexts.length, 'context')}${atomic ? `, ${atomic} atomic` : ''}`] : []),
            count(callers, 'caller'),
          ].join(' · '),
        );
    }
    if (lenses.allocations) {
      const sites = inspection.sitesOf(ref).length;
      if (sites > 0) add(count(sites, 'allocation'));
    }
  }
  return out;
}

export function prepareCalls(known: Known, position: Position, uriOf: UriOf): CallHierarchyItem[] | null {
  const { document } = known;
  const text = document.getText({ start: { line: position.line, character: 0 }, end: { line: position.line + 1, character: 0 } });
  const start = /\w*$/.exec(text.slice(0, position.character))!.index;
  const word = /^\w*/.exec(text.slice(start))![0];
  const named = known.inspection.functionsNamed(word);
  const ref = named.find((r) => r.file.path === known.name) ?? named[0] ?? known.inspection.functionAt(known.name, toPlace(position).line);
  return ref ? [itemOf(known, ref, uriOf)] : null;
}

export function incoming(known: Known, item: CallHierarchyItem, uriOf: UriOf): CallHierarchyIncomingCall[] {
  const ref = find(known, item);
  if (!ref) return [];
  return known.inspection.callersOf(ref).map(({ caller, line, held }) => {
    const at = { line: Math.max(0, line - 1), character: 0 };
    const from = itemOf(known, caller, uriOf);
    return { from: held.length > 0 ? { ...from, detail: `with ${held.join(', ')}` } : from, fromRanges: [{ start: at, end: at }] };
  });
}

export function outgoing(known: Known, item: CallHierarchyItem, uriOf: UriOf): CallHierarchyOutgoingCall[] {
  const ref = find(known, item);
  if (!ref) return [];
  return known.inspection.calleesOf(ref).map(({ callee, line }) => {
    const at = { line: Math.max(0, line - 1), character: 0 };
    return { to: itemOf(known, callee, uriOf), fromRanges: [{ start: at, end: at }] };
  });
}

function find({ inspection }: Known, { name, data }: CallHierarchyItem): FunctionRef | undefined {
  const { path } = (data ?? {}) as { path?: string };
  return inspection.functionsNamed(name).find((ref) => ref.file.path === path);
}

function itemOf({ inspection, project }: Known, ref: FunctionRef, uriOf: UriOf): CallHierarchyItem {
  const { first, last } = inspection.linesOf(ref);
  const name = { line: first - 1, character: Math.max(0, ref.facts.column - 1) };
  const contexts = inspection.contextsOf(ref).length;
  return {
    name: ref.facts.name,
    kind: SymbolKind.Function,
    uri: uriOf(ref.file.path, project.base),
    ...(contexts > 0 ? { detail: count(contexts, 'context') } : {}),
    range: { start: { line: first - 1, character: 0 }, end: { line: Math.max(first - 1, last - 1), character: 1 } },
    selectionRange: { start: name, end: name },
    data: { path: ref.file.path },
  };
}
