/** How long the language server takes from a keystroke to the diagnostics of its text, over the protocol, beside a plain incremental parse. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { PublishDiagnosticsParams } from 'vscode-languageserver/node';
import { Language, Parser, type Tree } from 'web-tree-sitter';
import { scanFunctions } from '../../server/src/syntax/scan.js';
import { full, TestClient } from '../lsp/client.js';

export interface Editing {
  bytes: number;
  lines: number;
  /** Milliseconds from opening the file to its diagnostics. */
  opened: number;
  /** Keystroke to diagnostics, plain parse of the same edit, hover, one value an edit. */
  key: number[];
  parse: number[];
  hover: number[];
  /** What can be done at a finding: asked as soon as it shows, the text changed since, and once more. */
  menu: number[];
  menuAgain: number[];
  peakMiB: number;
}

/** What is typed into a body, character by character, and taken out again. */
const TYPED = '\n\tret = foo(bar);';
const PLACES = 12;
/** What is pasted there afterwards, for a finding that has mends. */
const FAULTY = [
  '',
  '\tspin_lock(&fs_info->bench_lock);',
  '\tbench = kmalloc(64, GFP_KERNEL);',
  '\tspin_unlock(&fs_info->bench_lock);',
  '\tif (!bench)',
  '\t\treturn -ENOMEM;',
].join('\n');
/** Between two keystrokes, milliseconds: a fast typist. */
export const PAUSE = 90;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Types into bodies spread over a file, with the server in the state it has while somebody types. */
export async function editing(path: string, between = PAUSE): Promise<Editing> {
  let text = readFileSync(path, 'utf8');
  const uri = pathToFileURL(path).href;
  const client = new TestClient();
  const plain = await PlainParser.make(text);
  try {
    await client.start({ ...full, window: {} }, { index: 'off' });
    const before = performance.now();
    let version = 1;
    client.open(uri, text, version);
    await client.diagnostics(uri);
    const opened = performance.now() - before;
    await client.hover(uri, 0, 0);
    const [key, parse, hover, menu, menuAgain]: number[][] = [[], [], [], [], []];
    const { functions } = scanFunctions(text);
    const bodies = functions.filter((f) => f.close - f.open > 400);
    for (let place = 0; place < PLACES; place++) {
      const body = bodies[Math.floor(((place + 0.5) * bodies.length) / PLACES)]!;
      let at = text.indexOf(';\n', body.open + (body.close - body.open) / 3) + 1;
      // What was typed before has moved it; every place is left as it was found.
      for (let i = 0; i < TYPED.length * 2; i++) {
        const inserted = i < TYPED.length ? TYPED[i]! : '';
        const removed = i < TYPED.length ? 0 : 1;
        if (removed) at--;
        const [start, end] = [positionAt(text, at), positionAt(text, at + removed)];
        text = text.slice(0, at) + inserted + text.slice(at + removed);
        parse!.push(plain.edit(text, at, removed, inserted.length));
        const sent = performance.now();
        version++;
        client.published.length = 0;
        client.change(uri, version, { range: { start, end }, text: inserted });
        await client.diagnostics(uri, (p) => p.version === version);
        key!.push(performance.now() - sent);
        at += inserted.length;
        await pause(between);
      }
      await client.hover(uri, 0, 0);
      const line = positionAt(text, text.indexOf('GFP_', body.open) + 1);
      const asked = performance.now();
      await client.hover(uri, line.line, line.character);
      hover!.push(performance.now() - asked);
      const change = async (removed: number, inserted: string): Promise<PublishDiagnosticsParams> => {
        const range = { start: positionAt(text, at), end: positionAt(text, at + removed) };
        text = text.slice(0, at) + inserted + text.slice(at + removed);
        version++;
        client.published.length = 0;
        client.change(uri, version, { range, text: inserted });
        return client.diagnostics(uri, (p) => p.version === version);
      };
      const { diagnostics } = await change(0, FAULTY);
      const wrong = positionAt(text, at).line + 2;
      const about = diagnostics.filter((d) => d.range.start.line === wrong);
      for (const into of [menu!, menuAgain!]) {
        const wanted = performance.now();
        const actions = await client.actions(uri, wrong, about);
        into.push(performance.now() - wanted);
        if (!actions.some((a) => a.kind !== 'quickfix'))
          throw new Error(
            JSON.stringify([diagnostics.map((d) => [d.range.start.line, d.code]), wrong, actions.map((a) => [a.title, a.kind])]),
          );
      }
      await change(FAULTY.length, '');
    }
    const peakMiB = peakOf(client.process.pid!);
    await client.stop();
    return {
      bytes: text.length,
      lines: text.split('\n').length,
      opened,
      key: key!,
      parse: parse!,
      hover: hover!,
      menu: menu!,
      menuAgain: menuAgain!,
      peakMiB,
    };
  } finally {
    client.kill();
    plain.free();
  }
}

function positionAt(text: string, offset: number): { line: number; character: number } {
  const before = text.slice(0, offset);
  const last = before.lastIndexOf('\n');
  return { line: last < 0 ? 0 : before.split('\n').length - 1, character: offset - last - 1 };
}

function peakOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

/** tree-sitter as an editor has it: the old tree, told of the edit, helps with the new one. */
class PlainParser {
  private constructor(
    private readonly parser: Parser,
    private tree: Tree,
    private text: string,
  ) {}

  static async make(text: string): Promise<PlainParser> {
    await Parser.init();
    const parser = new Parser();
    parser.setLanguage(await Language.load(createRequire(import.meta.url).resolve('tree-sitter-c/tree-sitter-c.wasm')));
    return new PlainParser(parser, parser.parse(text)!, text);
  }

  /** Milliseconds of a parse after an edit that made `text`. */
  edit(text: string, at: number, removed: number, added: number): number {
    const point = (of: string, offset: number): { row: number; column: number } => {
      const { line, character } = positionAt(of, offset);
      return { row: line, column: character };
    };
    const edit = {
      startIndex: at,
      oldEndIndex: at + removed,
      newEndIndex: at + added,
      startPosition: point(this.text, at),
      oldEndPosition: point(this.text, at + removed),
      newEndPosition: point(text, at + added),
    };
    this.text = text;
    const started = performance.now();
    this.tree.edit(edit as Parameters<Tree['edit']>[0]);
    const next = this.parser.parse(text, this.tree)!;
    const took = performance.now() - started;
    this.tree.delete();
    this.tree = next;
    return took;
  }

  free(): void {
    this.tree.delete();
    this.parser.delete();
  }
}
