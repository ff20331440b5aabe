/**
 * The yardstick of the audit benchmark: native tree-sitter over whole files, nothing else. A worker thread; `workerData`
 * is the list of files, the answer the number of bytes parsed.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

interface Parser {
  setLanguage(language: unknown): void;
  parse(text: string, old: undefined, options: { bufferSize: number }): { rootNode: { endIndex: number } };
}

const require = createRequire(import.meta.url);
const parser = new (require('tree-sitter') as new () => Parser)();
parser.setLanguage(require('tree-sitter-c'));
let bytes = 0;
for (const file of workerData as string[]) {
  const buffer = readFileSync(file);
  const text = buffer.toString('utf8');
  // The default buffer of 32 K makes it call back for every piece; one buffer is its fastest way.
  parser.parse(text, undefined, { bufferSize: text.length + 2 });
  bytes += buffer.length;
}
parentPort?.postMessage(bytes);
