import type { KernelParser } from './model.js';
import { createNativeParser } from './native.js';
import { createWasmParser, type WasmAssets } from './wasm.js';

export type { WasmAssets } from './wasm.js';

/**
 * A parser for this thread. Both engines give the same Ast. Without a preference it is the faster one: wasm where its trees can
 * be read from memory, which takes half the time of the native engine with its cursor and frees every tree at once;
 * otherwise native, otherwise wasm with its cursor. 'native' falls back to wasm where the native engine cannot load, and the parser's
 * `fallback` then says why. 'wasm' never tries the native one. Throws when no engine loads.
 */
export async function createParser(prefer?: 'native' | 'wasm', assets?: WasmAssets): Promise<KernelParser> {
  if (prefer === 'wasm') return createWasmParser(assets);
  if (prefer === 'native') return nativeOr(() => createWasmParser(assets));
  const wasm = await createWasmParser(assets);
  if (wasm.direct === true) return wasm;
  return nativeOr(() => Promise.resolve(wasm));
}

async function nativeOr(other: () => Promise<KernelParser>): Promise<KernelParser> {
  try {
    return await createNativeParser();
  } catch (error) {
    const parser = await other();
    parser.fallback = error instanceof Error ? error.message : String(error);
    return parser;
  }
}
