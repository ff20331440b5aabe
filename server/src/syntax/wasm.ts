import { AstStore } from './ast.js';
import type { Ast, KernelParser } from './model.js';
import { SubtreeReader, type EngineMemory } from './subtree.js';
import { fillFromCursor } from './walk.js';

/** Where the two .wasm files are: paths or URLs, or the bytes themselves (a web worker has no file system). */
export interface WasmAssets {
  runtime?: string | Uint8Array;
  grammar?: string | Uint8Array;
}

/** The engine's module fills the object it is given with its memory. */
type Module = Partial<EngineMemory> & { locateFile?: () => string; wasmBinary?: Uint8Array };

let runtime: Promise<Module> | undefined;

/** The first assets that were given: a thread's later parsers take them too. */
let known: WasmAssets = {};

/** A file of a package; in a bundle, the one beside it. */
async function packageFile(name: string): Promise<string> {
  if (import.meta.url.endsWith('.cjs')) {
    const { fileURLToPath } = await import('node:url');
    return fileURLToPath(new URL(name.slice(name.lastIndexOf('/') + 1), import.meta.url));
  }
  const { createRequire } = await import('node:module');
  return createRequire(import.meta.url).resolve(name);
}

/** Names, fields, aliases, extras, a missing token and an error: what the two ways of reading a tree must agree on. */
const PROBE = `/* c */ static struct a *f(int b, gfp_t c) { struct d e = { .g = 1, [2 ... 3] = h }; // i
  for (int j = 0; j < 3; j++) if (k->l(m, "n\\t", 'o')) goto p; else q += (u8)r[0] ? ~s : -1;
#ifdef T
  do { u = sizeof(v); } while (0);
#else
  switch (w) { case 1: x(); break; default: return (y) }
#endif
p: z(((1 2;\u00e9 }`;

/**
 * Loads web-tree-sitter with the grammar that tree-sitter-c ships as wasm. Throws when a file cannot be read.
 * The runtime is loaded once per thread. The tree is read from the engine's memory where that gives what the engine's cursor
 * gives, else through the cursor.
 */
export async function createWasmParser(assets: WasmAssets = {}): Promise<KernelParser> {
  if (assets.grammar !== undefined) known = assets;
  else assets = known;
  const { Parser, Language } = await import('web-tree-sitter');
  runtime ??= (async () => {
    const module: Module = {};
    const given = assets.runtime ?? (import.meta.url.endsWith('.cjs') ? await packageFile('web-tree-sitter.wasm') : undefined);
    if (typeof given === 'string') module.locateFile = () => given;
    else if (given !== undefined) {
      module.wasmBinary = given;
      // Without it the engine looks where its own script is, which a worker made of a text does not know.
      module.locateFile = () => 'web-tree-sitter.wasm';
    }
    await Parser.init(module);
    return module;
  })();
  const module = await runtime;
  const language = await Language.load(assets.grammar ?? (await packageFile('tree-sitter-c/tree-sitter-c.wasm')));
  const parser = new Parser();
  parser.setLanguage(language);
  const store = new AstStore();
  const reader = hasMemory(module) ? new SubtreeReader(module) : undefined;
  // Handles of the engine's own objects: the address of what they stand for.
  const address = (object: unknown): number => (object as { 0: number })[0];

  const read = (text: string, base: number, into: AstStore, direct: boolean): void => {
    into.begin(text, base);
    const tree = parser.parse(text);
    if (tree === null) return;
    try {
      if (direct && reader !== undefined) reader.fill(into, address(tree), address(language));
      else {
        const cursor = tree.walk();
        try {
          fillFromCursor(into, cursor);
        } finally {
          cursor.delete();
        }
      }
    } finally {
      tree.delete();
    }
  };

  let direct = false;
  if (reader !== undefined) {
    const slow = new AstStore(1 << 9);
    read(PROBE, 0, slow, false);
    try {
      read(PROBE, 0, store, true);
      direct = sameTree(slow, store);
    } catch (error) {
      // Another layout than expected may lead anywhere, out of the memory's bounds too.
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    }
  }

  return {
    engine: 'wasm',
    direct,
    parse(text: string, base = 0): Ast {
      read(text, base, store, direct);
      return store;
    },
    dispose(): void {
      parser.delete();
      store.begin('', 0);
    },
  };
}

function hasMemory(module: Module): module is Module & EngineMemory {
  return module.HEAPU8 !== undefined && module.HEAPU16 !== undefined && module.HEAPU32 !== undefined;
}

function sameTree(a: AstStore, b: AstStore): boolean {
  if (a.count !== b.count) return false;
  for (let i = 0; i < a.count; i++) {
    if (
      a.kind[i] !== b.kind[i] ||
      a.start[i] !== b.start[i] ||
      a.end[i] !== b.end[i] ||
      a.parent[i] !== b.parent[i] ||
      a.firstChild[i] !== b.firstChild[i] ||
      a.nextSibling[i] !== b.nextSibling[i] ||
      a.field[i] !== b.field[i] ||
      a.flags[i] !== b.flags[i]
    )
      return false;
  }
  return true;
}
