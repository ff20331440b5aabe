/**
 * Holds the catalogue against real kernel trees: does every function that a table claims for that version exist there, does it
 * take its mask where the table says, do the fields of operations structures exist, and which prototypes with a gfp_t does the
 * table not have? Usage: GFP_AUDIT_KERNELS=DIR node --import tsx test/tools/catalogue-check.ts [VERSION-FOLDER ...]
 * where DIR holds one unpacked tree per folder.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { allocatorsAt } from '../../server/src/catalog/allocators.js';
import { callbackRows } from '../../server/src/catalog/callbacks.js';
import { handleTable } from '../../server/src/catalog/handles.js';
import { guardTable, lockTable } from '../../server/src/catalog/locks.js';
import { profileForTree } from '../../server/src/catalog/profile.js';
import { gfpPositions } from '../../server/src/catalog/prototypes.js';
import { scopeTable } from '../../server/src/catalog/scopes.js';
import { sleeperTable } from '../../server/src/catalog/sleepers.js';
import { inRange } from '../../server/src/catalog/version.js';

const FOLDERS = ['include', 'arch/x86/include', 'mm', 'kernel', 'lib', 'fs', 'block', 'net', 'sound', 'crypto', 'drivers'];
const SIZE_LIMIT = 1_500_000;

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.[ch]$/.test(entry.name) && entry.isFile() && statSync(path).size < SIZE_LIMIT) yield path;
  }
}

async function check(tree: string): Promise<void> {
  const read = (path: string) => Promise.resolve(existsSync(join(tree, path)) ? readFileSync(join(tree, path), 'latin1') : null);
  const { kernel, gfp, mismatches } = await profileForTree(read, 'auto');
  const version = kernel.number;
  console.log(`\n${tree}: Linux ${kernel.version}, profile ${kernel.id}`);
  for (const sentence of mismatches) console.log(`  mismatch: ${sentence}`);

  const words = new Set<string>();
  const positions = new Map<string, Set<number>>();
  const inHeaders = new Set<string>();
  const fields = new Map<string, Set<string>>();
  const structs = new Set(callbackRows().flatMap((r) => r.entry.struct ?? []));
  for (const folder of FOLDERS) {
    if (!existsSync(join(tree, folder))) continue;
    for (const path of sources(join(tree, folder))) {
      const text = readFileSync(path, 'latin1');
      // Names that are called, defined or made by a macro; '##' builds some readl_poll_timeout() and its kin from parts.
      for (const m of text.matchAll(/\b([A-Za-z_]\w*)\s*\(|#\s*define\s+(\w+)|\b(\w+),\s*\w+\)/g)) words.add(m[1] ?? m[2] ?? m[3]!);
      const header = relative(tree, path).startsWith('include');
      for (const [name, at] of gfpPositions(text)) {
        const set = positions.get(name) ?? new Set();
        positions.set(name, set.add(at));
        if (header) inHeaders.add(name);
      }
      for (const m of text.matchAll(/\bstruct\s+(\w+)\s*\{([\s\S]*?)\n\}/g)) {
        if (!structs.has(m[1]!)) continue;
        const set = fields.get(m[1]!) ?? new Set();
        fields.set(m[1]!, set);
        for (const word of m[2]!.match(/\w+/g) ?? []) set.add(word);
      }
    }
  }

  const report = (what: string, names: readonly string[], missing: readonly string[]) => {
    console.log(`  ${what}: ${names.length}, not in the tree: ${missing.length}${missing.length ? ` (${missing.join(' ')})` : ''}`);
  };
  const exists = (name: string) => words.has(name) || words.has(`${name}_noprof`) || words.has(`_${name}`);
  const tables: [string, Iterable<string>][] = [
    ['locks', lockTable().at(version).keys()],
    ['handles', handleTable().at(version).keys()],
    ['scopes', scopeTable().at(version).keys()],
    ['sleepers', sleeperTable().at(version).keys()],
    ['registrations', new Set(callbackRows().flatMap((r) => (inRange(r.range, version) ? (r.entry.register ?? []) : [])))],
  ];
  const allocators = allocatorsAt(version, gfp);
  tables.unshift(['allocators', allocators.keys()]);
  for (const [what, iterable] of tables) {
    const names = [...iterable];
    report(
      what,
      names,
      names.filter((n) => !exists(n)),
    );
  }
  console.log(`  guard classes: ${guardTable().at(version).size} (upstream since 6.5; which of them a tree has is its own affair)`);
  const wrong = [...allocators.values()].filter((e) => e.gfp !== null && positions.has(e.name) && !positions.get(e.name)!.has(e.gfp));
  const held = [...allocators.values()].filter((e) => e.gfp !== null && positions.has(e.name)).length;
  console.log(
    `  mask positions held against prototypes: ${held}, differing: ${wrong.length}${wrong.length ? ` (${wrong.map((e) => e.name).join(' ')})` : ''}`,
  );
  const unknown = [...inHeaders].filter((n) => !allocators.has(n)).sort();
  console.log(
    `  functions in include/ that take a gfp_t: ${inHeaders.size}, not in the table: ${unknown.length}${unknown.length ? ` (${unknown.join(' ')})` : ''}`,
  );
  const rows = callbackRows().filter((r) => r.entry.struct !== undefined && inRange(r.range, version));
  const lost = rows.filter((r) => !fields.get(r.entry.struct!)?.has(r.entry.field!)).map((r) => `${r.entry.struct}.${r.entry.field}`);
  report(
    'callback fields',
    rows.map((r) => r.entry.field!),
    lost,
  );
}

const base = process.env['GFP_AUDIT_KERNELS'];
if (base === undefined) throw new Error('GFP_AUDIT_KERNELS must name a folder of kernel trees');
const asked = process.argv.slice(2);
for (const name of asked.length ? asked : readdirSync(base).sort()) {
  if (existsSync(join(base, name, 'Makefile'))) await check(join(base, name));
}
