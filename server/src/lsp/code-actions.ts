/**
 * Code actions: tried fixes of the findings in a range, all safe ones of a file together, and what else can be done about a finding or an
 * allocation. A fix is sought when its finding is under the cursor; its edit goes out when it is chosen.
 */
import {
  type CancellationToken,
  CodeActionKind,
  Command,
  type ChangeAnnotation,
  type CodeAction,
  type CodeActionContext,
  type Diagnostic,
  type Range,
  type TextDocumentEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Host } from '../host/host.js';
import type { Program } from '../index/program.js';
import { mendsWords } from '../explain/mends.js';
import { ReadError } from '../host/host.js';
import type { Finding, Fix, TextEdit } from '../rules/model.js';
import { Mender, type Mends } from '../session/fixes.js';
import type { Differing, Wanted } from '../session/linked-tree.js';
import { mergedEdits, planFixes } from '../session/plan.js';
import type { Project } from '../session/project.js';
import { decodeSource } from '../syntax/decode.js';
import type { KernelParser } from '../syntax/model.js';
import type { Known } from './session.js';
import type { Abilities } from './capabilities.js';
import { muteEdit } from './mute.js';
import type { Places } from './positions.js';
import { COMMANDS } from './requests.js';

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.gfpAudit`;
export const KINDS = [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, FIX_ALL];

export interface ActionsHost {
  host: Host;
  places: Places;
  abilities: Abilities;
  /** The open document of a URI. */
  document(uri: string): TextDocument | undefined;
  /** Mends tried in the whole tree, where there is an index of it; or what they wait for. */
  inTree(project: Project, finding: Wanted): Promise<Mends | Differing | undefined>;
  /** Commands that the client can run. */
  commands: readonly string[];
  newParser(): Promise<KernelParser>;
}

/** What a resolve needs to find its action again. */
interface ActionData {
  uri: string;
  version: number;
  /** Index of the finding among the file's, and of the fix among its; 'all' safe ones; or 'mute' it. */
  finding: number;
  fix: number | 'all' | 'mute';
}

/** What is tried in the whole tree keeps a menu waiting for so long; then it is there for whoever asks again. Milliseconds. */
const MENU_MS = 700;
const ELSEWHERE = 'Mend through files that are not open';

/** Work between two looks at what else has come in, milliseconds. */
const SLICE_MS = 8;

/** The text has changed, or nobody wants the answer any more. */
class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

export class CodeActions {
  /** Not the one that reads what is typed: trees are held here while others have their turn. */
  private parser: Promise<KernelParser> | undefined;
  /** By the state of the texts that they were sought in. */
  private readonly sought = new WeakMap<Finding, Promise<Mends>>();
  /** Those for which the open files do not suffice, while they are sought and once they are found. */
  private readonly inTree = new WeakMap<Finding, Promise<Mends | Differing | undefined>>();
  private readonly menders = new WeakMap<object, Promise<Mender>>();

  constructor(private readonly own: ActionsHost) {}

  /** Empty when the text changes, or `wanted` no more, while they are sought: whoever still wants them asks again. */
  async offer(known: Known, range: Range, context: CodeActionContext, token?: CancellationToken): Promise<CodeAction[]> {
    const stop = (): boolean => token?.isCancellationRequested === true || !known.project.live.holds(known.inspection);
    try {
      return await this.seek(known, range, context, stop);
    } catch (error) {
      if (error instanceof Overtaken) return [];
      throw error;
    }
  }

  private async seek(known: Known, range: Range, { only, diagnostics }: CodeActionContext, stop: () => boolean): Promise<CodeAction[]> {
    const wanted = (kind: string): boolean => !only || only.some((asked) => asked === CodeActionKind.Empty || isWithin(kind, asked));
    const { document, name, inspection } = known;
    const actions: CodeAction[] = [];
    const findings = inspection.findingsIn(name);
    const data = (finding: number, fix: ActionData['fix']): ActionData => ({ uri: document.uri, version: document.version, finding, fix });
    for (const [i, finding] of findings.entries()) {
      const line = finding.at.line - 1;
      if (line > range.end.line || finding.at.endLine - 1 < range.start.line) continue;
      const told = diagnostics.filter((d: Diagnostic) => d.code === finding.ruleId && d.range.start.line === line);
      const about = told.length > 0 ? { diagnostics: told } : {};
      if (Mender.concerns(finding.ruleId) && (wanted(CodeActionKind.QuickFix) || wanted(CodeActionKind.RefactorRewrite))) {
        const mender = await this.mender(known);
        await turn();
        if (stop()) throw new Overtaken();
        const { fixes, advice, refusals } = await this.mends(mender, known, finding);
        for (const [n, fix] of fixes.entries()) {
          const kind = kindOf(fix);
          if (!wanted(kind)) continue;
          actions.push(
            await this.complete(known, {
              title: fix.title,
              kind,
              ...about,
              ...(fix.safety === 'safe' && n === 0 ? { isPreferred: true } : {}),
              data: data(i, n),
            }),
          );
        }
        if (this.own.abilities.disabledActions && wanted(CodeActionKind.RefactorRewrite)) {
          const idle = [...refusals, ...advice.map(({ title, detail }) => ({ title, reason: detail }))];
          for (const { title, reason } of idle)
            if (!actions.some((a) => a.title === title && a.disabled))
              actions.push({ title, kind: CodeActionKind.RefactorRewrite, ...about, disabled: { reason: sentence(reason) } });
        }
      }
      if (wanted(CodeActionKind.QuickFix) && told.length > 0) {
        const at = { line, character: finding.at.column - 1 };
        actions.push(...this.command('Explain', COMMANDS.explain, document.uri, at, about));
        if (this.own.abilities.documentChanges && this.own.abilities.createFiles)
          actions.push(
            await this.complete(known, {
              title: `Mute ${finding.ruleId} here`,
              kind: CodeActionKind.QuickFix,
              ...about,
              data: data(i, 'mute'),
            }),
          );
      }
    }
    if (wanted(CodeActionKind.QuickFix)) {
      const site = inspection.siteAt(name, range.start.line + 1, range.start.character + 1);
      if (site) {
        const at = { line: site.record.line - 1, character: site.record.column - 1 };
        actions.push(...this.command('Simulate this call', COMMANDS.simulate, document.uri, at, {}));
      }
    }
    // Only when asked by name: it tries every fix of the file.
    if (
      only?.some((asked) => isWithin(FIX_ALL, asked) && asked !== CodeActionKind.Empty) &&
      findings.some((f) => Mender.concerns(f.ruleId))
    )
      actions.push(await this.complete(known, { title: 'Make all safe fixes of this file', kind: FIX_ALL, data: data(0, 'all') }));
    return actions.filter(({ kind, edit, data: lazy, command }) => kind !== FIX_ALL || edit !== undefined || lazy !== undefined || command);
  }

  /** What can be done about the findings on a line, in words; empty where there is nothing to be said. */
  async told(known: Known, line: number): Promise<string> {
    const parts: string[] = [];
    try {
      for (const finding of known.inspection.findingsIn(known.name)) {
        if (finding.at.line !== line || !Mender.concerns(finding.ruleId)) continue;
        parts.push(mendsWords(await this.mends(await this.mender(known), known, finding)));
      }
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
    }
    return parts.filter((part) => part !== '').join('\n\n');
  }

  /** The action with its edit; as it is when the text has changed since. */
  async resolve(action: CodeAction, known: Known | undefined): Promise<CodeAction> {
    const data = action.data as ActionData | undefined;
    if (!known || !data || known.document.version !== data.version) return action;
    let edit: WorkspaceEdit | undefined;
    try {
      edit = await this.edit(known, data);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
    }
    return edit ? { ...action, edit } : { ...action, disabled: { reason: 'nothing is left to be done' } };
  }

  /** Clients that cannot resolve get the edit at once. */
  private async complete(known: Known, action: CodeAction): Promise<CodeAction> {
    if (this.own.abilities.resolveEdits) return action;
    const { data, ...rest } = action;
    const edit = await this.edit(known, data as ActionData);
    return edit ? { ...rest, edit } : rest;
  }

  private async edit(known: Known, { finding, fix }: ActionData): Promise<WorkspaceEdit | undefined> {
    const found = known.inspection.findingsIn(known.name);
    if (fix === 'all') return this.fixAll(known, found);
    const one = found[finding];
    if (!one) return undefined;
    if (fix === 'mute') return muteEdit(one, known.project, this.own);
    const chosen = (await this.mends(await this.mender(known), known, one)).fixes[fix];
    return chosen && this.workspaceEdit(known, chosen.edits, chosen);
  }

  private async fixAll(known: Known, findings: readonly Finding[]): Promise<WorkspaceEdit | undefined> {
    const mender = await this.mender(known);
    const offers: { finding: Finding; fixes: Fix[] }[] = [];
    for (const finding of findings) {
      if (!Mender.concerns(finding.ruleId)) continue;
      const { fixes } = await mender.fixesFor(finding);
      const here = fixes.filter((fix) => fix.safety === 'safe' && fix.edits.every(({ file }) => file === known.name));
      if (here.length > 0) offers.push({ finding, fixes: here });
    }
    const { made } = await planFixes(mender.audited, offers, 'safe');
    return made.length === 0 ? undefined : this.workspaceEdit(known, mergedEdits(made.map(({ fix }) => fix)), undefined);
  }

  /** @param fix to be reviewed first, unless it is a safe one */
  private async workspaceEdit(known: Known, edits: readonly TextEdit[], fix: Fix | undefined): Promise<WorkspaceEdit> {
    const { abilities, host, places } = this.own;
    const annotation: ChangeAnnotation | undefined =
      fix &&
      abilities.documentChanges &&
      abilities.changeAnnotations &&
      (fix.safety === 'review' || !edits.every((e) => e.file === known.name))
        ? { label: fix.title, ...(fix.detail ? { description: fix.detail } : {}), needsConfirmation: true }
        : undefined;
    const documentChanges: TextDocumentEdit[] = [];
    for (const file of new Set(edits.map((e) => e.file))) {
      const uri = places.uriOf(host.resolve(file, known.project.base));
      const open = file === known.name ? known.document : this.own.document(uri);
      const document = open ?? TextDocument.create(uri, 'c', 0, (await this.read(known, file)) ?? '');
      documentChanges.push({
        textDocument: { uri: document.uri, version: open ? open.version : null },
        edits: together(
          edits.filter((e) => e.file === file),
          document.getText(),
        ).map(({ start, end, text }) => ({
          range: { start: document.positionAt(start), end: document.positionAt(end) },
          newText: text,
          ...(annotation ? { annotationId: 'fix' } : {}),
        })),
      });
    }
    if (!abilities.documentChanges)
      return { changes: Object.fromEntries(documentChanges.map(({ textDocument: { uri }, edits: list }) => [uri, list as never[]])) };
    return { ...(annotation ? { changeAnnotations: { fix: annotation } } : {}), documentChanges };
  }

  /** What is refused among the open files may be possible through the others. */
  private async mends(mender: Mender, { project }: Known, finding: Finding): Promise<Mends> {
    let sought = this.sought.get(finding);
    if (!sought) this.sought.set(finding, (sought = mender.fixesFor(finding)));
    const own = await sought;
    if (own.fixes.length > 0 || own.refusals.length === 0) return own;
    const also = (reason: string): Mends => ({ ...own, refusals: [...own.refusals, { title: ELSEWHERE, reason }] });
    const found = await within(MENU_MS, this.throughTree(project, finding));
    if (found === 'late') return also('it is being sought in the whole tree: ask again in a moment');
    if (!found) return own;
    if (!('differ' in found)) return found;
    return also(waitsFor(found.differ));
  }

  private throughTree(project: Project, finding: Finding): Promise<Mends | Differing | undefined> {
    let asked = this.inTree.get(finding);
    if (!asked) {
      const { at, function: name, ruleId } = finding;
      asked = this.own.inTree(project, { file: at.file, name, line: at.line, ruleId }).then((found) => {
        // A file is saved, or the index there, without a change of any text.
        if (!found || 'differ' in found) this.inTree.delete(finding);
        return found;
      });
      this.inTree.set(finding, asked);
    }
    return asked;
  }

  private mender(known: Known): Promise<Mender> {
    let mender = this.menders.get(known.inspection);
    if (!mender) this.menders.set(known.inspection, (mender = this.makeMender(known)));
    return mender;
  }

  private async makeMender(known: Known): Promise<Mender> {
    const { live } = known.project;
    const parser = await (this.parser ??= this.own.newParser());
    const { profile, options } = live;
    const steps = live.settling();
    let program: Program | undefined;
    for (let until = Date.now() + SLICE_MS; !program;) {
      const step = steps.next();
      if (step.done === true) program = step.value;
      else if (Date.now() > until) {
        await turn();
        if (!live.holds(known.inspection)) throw new Overtaken();
        until = Date.now() + SLICE_MS;
      }
    }
    return new Mender(
      { program, profile, options: { rt: options.rt, severities: options.rules }, parser, facts: (file, text) => live.tried(file, text) },
      (file) => this.read(known, file),
      true,
    );
  }

  /** The text of a file as the editor has it, else as it is on disk. */
  private async read(known: Known, file: string): Promise<string | undefined> {
    if (file === known.name) return known.document.getText();
    const { host, places } = this.own;
    const path = host.resolve(file, known.project.base);
    const open = this.own.document(places.uriOf(path));
    if (open) return open.getText();
    try {
      return decodeSource(await host.readBytes(path));
    } catch (error) {
      if (error instanceof ReadError) return undefined;
      throw error;
    }
  }

  private command(title: string, command: string, uri: string, at: Range['start'], about: Partial<CodeAction>): CodeAction[] {
    if (!this.own.commands.includes(command)) return [];
    return [{ title, kind: CodeActionKind.QuickFix, ...about, command: Command.create(title, command, uri, at) }];
  }
}

/** What provably changes nothing for the worse is one key away; the rest is a change to be looked at. */
const kindOf = ({ safety }: Fix): string => (safety === 'safe' ? CodeActionKind.QuickFix : CodeActionKind.RefactorRewrite);

/** A row of a preview shows about so much. */
const ROW = 120;

/** Edits of one file, those with at most a line between them as one, as far as a row can show it: what is reviewed should be statements. */
function together(edits: readonly TextEdit[], text: string): TextEdit[] {
  const out: TextEdit[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const before = out.at(-1);
    const between = before && text.slice(before.end, edit.start);
    if (before && between !== undefined && before.end <= edit.start && between.split('\n').length <= 3 && edit.end - before.start <= ROW)
      out[out.length - 1] = { ...before, end: edit.end, text: before.text + between + edit.text };
    else out.push(edit);
  }
  return out;
}

/** Why nothing is tried through files on disk. */
function waitsFor(differ: readonly string[]): string {
  if (differ.length === 0) return 'it can be sought when the index of the tree is there';
  const [first, ...rest] = differ;
  const named = rest.length === 0 ? first! : `${first!} and ${rest.length} more`;
  return `it is tried with files as they are on disk and in the index, and ${named} ${rest.length === 0 ? 'is' : 'are'} not: save, or renew the index`;
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | 'late'> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), milliseconds)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Lets those who wait have their turn. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const isWithin = (kind: string, asked: string): boolean => kind === asked || kind.startsWith(`${asked}.`);
