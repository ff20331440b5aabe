import { AstStore } from './ast.js';
import { fillFromCursor, type Cursor } from './walk.js';
import type { Ast, KernelParser } from './model.js';

interface NativeTree {
  walk(): Cursor;
}
interface NativeParser {
  setLanguage(language: unknown): void;
  parse(input: string, oldTree: undefined, options: { bufferSize: number }): NativeTree;
}

/** Loads the native engine. Throws where the optional package or its binary cannot be loaded. */
export async function createNativeParser(): Promise<KernelParser> {
  const { createRequire } = await import('node:module');
  const require = createRequire(import.meta.url);
  const Parser = require('tree-sitter') as new () => NativeParser;
  const language: unknown = require('tree-sitter-c');
  const parser = new Parser();
  parser.setLanguage(language);
  const store = new AstStore();
  return {
    engine: 'native',
    parse(text: string, base = 0): Ast {
      // One buffer for the whole text: the engine asks for input once instead of once per 32 K.
      const tree = parser.parse(text, undefined, { bufferSize: text.length + 2 });
      store.begin(text, base);
      fillFromCursor(store, tree.walk());
      return store;
    },
    dispose(): void {
      store.begin('', 0);
    },
  };
}
