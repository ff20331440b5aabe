/** What `gfp-audit doctor` looks at: each a question about this machine or tree, answered in words with what to do about it. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '../../engine.js';
import { makeFolder } from '../../host/make-folder.js';
import { explainError } from '../../host/node-list.js';
import type { Host } from '../../host/host.js';
import { loadConfig } from '../../session/config.js';
import { kernelOf } from '../../session/kernel.js';
import { findRoot } from '../../session/root.js';
import { createParser } from '../../syntax/parser.js';

export interface Check {
  name: string;
  /** 'warn': works, but less well or otherwise than expected; 'fail': an audit cannot do its work. */
  status: 'ok' | 'warn' | 'fail';
  /** What was found. */
  found: string;
  /** What to do about it; absent when all is well. */
  mend?: string;
}

/** The oldest Node.js that the code is built for. */
const NODE = { major: 20, minor: 19 };
/** What linking a whole kernel tree takes, GiB. */
const MEMORY_GIB = 10;

/** All checks, in the order in which one depends on the other. */
export async function examine(host: Host, path: string, cacheDir: string | null, asked: string): Promise<Check[]> {
  const root = await findRoot(host, path);
  return [
    node(process.versions.node),
    memory(totalmem()),
    await parser('wasm'),
    await parser('native'),
    await cache(cacheDir),
    tree(path, root),
    ...(await profile(host, root, asked)),
    await config(host, root ?? host.resolve(path)),
    await git(root ?? host.resolve(path)),
  ];
}

export function node(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const old = major < NODE.major || (major === NODE.major && minor < NODE.minor);
  return {
    name: 'Node.js',
    status: old ? 'fail' : 'ok',
    found: version,
    ...(old && { mend: `install Node.js ${NODE.major}.${NODE.minor} or later` }),
  };
}

function memory(bytes: number): Check {
  const gib = bytes / 2 ** 30;
  const little = gib < MEMORY_GIB;
  return {
    name: 'memory',
    status: little ? 'warn' : 'ok',
    found: `${gib.toFixed(1)} GiB`,
    ...(little && {
      mend: `a whole kernel tree may need ${MEMORY_GIB} GiB: audit a subsystem copied to a folder of its own, or use --jobs 1`,
    }),
  };
}

/** A parser loads, and parses. The native one is optional. */
async function parser(engine: 'wasm' | 'native'): Promise<Check> {
  const name = `parser, ${engine}`;
  try {
    const made = await createParser(engine);
    try {
      if (engine === 'native' && made.fallback !== undefined)
        return { name, status: 'ok', found: `does not load (${firstLine(made.fallback)}); not needed: the wasm parser does its work` };
      const ast = made.parse('int f(void)\n{\n\treturn 0;\n}\n', 0);
      return ast.damaged(0)
        ? { name, status: 'fail', found: 'loads, but misreads a plain function', mend: 'install the packages again: npm ci' }
        : {
            name,
            status: 'ok',
            found: engine === 'wasm' && made.direct !== true ? 'loads; its trees cannot be read from memory, so it is slower' : 'loads',
          };
    } finally {
      made.dispose();
    }
  } catch (error) {
    return {
      name,
      status: 'fail',
      found: `does not load: ${firstLine(error instanceof Error ? error.message : String(error))}`,
      mend: 'install the packages again: npm ci',
    };
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

/** The cache folder takes a file; its size. */
export async function cache(folder: string | null): Promise<Check> {
  const name = 'cache';
  if (folder === null)
    return { name, status: 'warn', found: 'switched off', mend: 'without --no-cache a second run takes a fraction of the time' };
  const probe = join(folder, `probe-${randomBytes(4).toString('hex')}`);
  try {
    await makeFolder(folder);
    await writeFile(probe, 'probe', { flag: 'wx' });
    await rm(probe);
    const { files, bytes } = await sizeOf(folder);
    return { name, status: 'ok', found: `${folder}, ${files} files, ${(bytes / 2 ** 20).toFixed(1)} MiB` };
  } catch (error) {
    return {
      name,
      status: 'warn',
      found: `${folder}: ${explainError(error)}`,
      mend: 'name a folder that can be written with --cache-dir; until then every run starts anew',
    };
  }
}

async function sizeOf(folder: string): Promise<{ files: number; bytes: number }> {
  let files = 0;
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    files++;
    bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return { files, bytes };
}

function tree(path: string, root: string | null): Check {
  const name = 'kernel tree';
  if (root !== null) return { name, status: 'ok', found: root };
  return {
    name,
    status: 'warn',
    found: `none at or above ${path} (a Makefile that states a VERSION beside a Kconfig)`,
    mend: 'run in a kernel tree, or name it with --tree; a folder outside of one is judged by the newest kernel unless --kernel says otherwise',
  };
}

async function profile(host: Host, root: string | null, asked: string): Promise<Check[]> {
  const name = 'kernel profile';
  try {
    const { kernel, from, mismatches } = await kernelOf(host, root, asked);
    const notes = kernel.note ? [kernel.note, ...mismatches] : mismatches;
    const found = `${kernel.version} (${from}), judged as ${kernel.id}`;
    return [
      { name, status: 'ok', found },
      {
        name: 'profile fit',
        status: mismatches.length > 0 ? 'warn' : 'ok',
        found:
          notes.length > 0
            ? notes.join('; ')
            : root === null
              ? 'no tree to hold it against'
              : 'the gfp header, the page allocator and the prototypes are as expected',
        ...(mismatches.length > 0 && {
          mend: "findings that depend on these may be wrong; gfp-audit.json can describe the tree's own allocators",
        }),
      },
    ];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [{ name, status: 'fail', found: error.message, mend: 'name a version with --kernel, from 5.10 on' }];
  }
}

async function config(host: Host, base: string): Promise<Check> {
  const name = 'gfp-audit.json';
  try {
    await loadConfig(host, base, undefined);
    const present = (await host.stat(host.resolve('gfp-audit.json', base))).kind === 'file';
    return { name, status: 'ok', found: present ? 'read, valid' : 'none, none needed' };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { name, status: 'fail', found: error.message, mend: 'mend the file, or take it away' };
  }
}

/** git, and whether the tree is one of its: --since needs it, and listing files is faster and truer with it. */
export async function git(folder: string): Promise<Check> {
  const name = 'git';
  const run = promisify(execFile);
  let version: string;
  try {
    version = (await run('git', ['--version'], { timeout: 5000 })).stdout.trim().replace(/^git version /, '');
  } catch (error) {
    return {
      name,
      status: 'warn',
      found: `does not run (${explainError(error)})`,
      mend: 'install git for --since; files are listed by walking the folders',
    };
  }
  try {
    await run('git', ['-c', 'core.fsmonitor=false', 'rev-parse', '--verify', '--quiet', 'HEAD'], { cwd: folder, timeout: 5000 });
    return { name, status: 'ok', found: `${version}; the tree is a git tree` };
  } catch {
    // Exit status 128 or 1: no repository here, or one without a commit. Either way the answer is no.
    return { name, status: 'ok', found: `${version}; the tree is not in git: --since has nothing to compare with, --patch works` };
  }
}
