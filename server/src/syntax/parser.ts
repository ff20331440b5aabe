import type { KernelParser } from './model.js';
import { createNativeParser } from './native.js';
import { createWasmParser, type WasmAssets } from './wasm.js';

export type { WasmAssets } from './wasm.js';

/**
 * A parser for this thread. `prefer` 'native' (the default) takes the native engine and falls back to wasm where it cannot
 * load; the parser's `fallback` then says why. 'wasm' never tries the native one. Throws when no engine loads.
 */
export async function createParser(prefer: 'native' | 'wasm' = 'native', assets?: WasmAssets): Promise<KernelParser> {
  if (prefer === 'wasm') return createWasmParser(assets);
  try {
    return await createNativeParser();
  } catch (error) {
    const parser = await createWasmParser(assets);
    parser.fallback = error instanceof Error ? error.message : String(error);
    return parser;
  }
}
