import { AstStore } from './ast.js';
import { fillFromCursor } from './walk.js';
import type { Ast, KernelParser } from './model.js';

/** Where the two .wasm files are: paths or URLs, or the bytes themselves (a web worker has no file system). */
export interface WasmAssets {
  runtime?: string | Uint8Array;
  grammar?: string | Uint8Array;
}

let runtimeReady: Promise<void> | undefined;

async function packageFile(name: string): Promise<string> {
  const { createRequire } = await import('node:module');
  return createRequire(import.meta.url).resolve(name);
}

/**
 * Loads web-tree-sitter with the grammar that tree-sitter-c ships as wasm. Throws when a file cannot be read.
 * The runtime is loaded once per thread.
 */
export async function createWasmParser(assets: WasmAssets = {}): Promise<KernelParser> {
  const { Parser, Language } = await import('web-tree-sitter');
  const runtime = assets.runtime;
  runtimeReady ??= Parser.init(
    runtime === undefined ? undefined
    : typeof runtime === 'string' ? { locateFile: () => runtime }
    : { wasmBinary: runtime },
  );
  await runtimeReady;
  const language = await Language.load(assets.grammar ?? (await packageFile('tree-sitter-c/tree-sitter-c.wasm')));
  const parser = new Parser();
  parser.setLanguage(language);
  const store = new AstStore();
  return {
    engine: 'wasm',
    parse(text: string, base = 0): Ast {
      const tree = parser.parse(text);
      store.begin(text, base);
      if (tree === null) return store;
      try {
        const cursor = tree.walk();
        try {
          fillFromCursor(store, cursor);
        } finally {
          cursor.delete();
        }
      } finally {
        tree.delete();
      }
      return store;
    },
    dispose(): void {
      parser.delete();
      store.begin('', 0);
    },
  };
}
