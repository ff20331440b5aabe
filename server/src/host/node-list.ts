/** Listing of C files for the Node host: by git where there is a git tree, else by a walk of the folders. */
import { execFile } from 'node:child_process';
import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { HostProblem, Listing } from './host.js';

/** A walk stops past this many files: 6.12 has 60,000, so something else than a kernel was named. */
const maxFiles = 400_000;
/** A kernel tree is 12 folders deep. */
const maxDepth = 64;
const cSource = /\.[ch]$/;

/** How a system error reads to a user. */
export function explainError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const words: Record<string, string> = {
    ENOENT: 'no such file or folder',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ELOOP: 'symbolic links lead in a circle',
    EISDIR: 'is a folder',
    ENOTDIR: 'a part of the path is not a folder',
    ENAMETOOLONG: 'the path is too long',
    EMFILE: 'too many open files',
    EIO: 'input/output error',
    ENOSPC: 'no space left on the device',
    EDQUOT: 'the quota of disk space is used up',
    EROFS: 'the file system is read-only',
    EFBIG: 'larger than this file system or limit allows',
  };
  return words[code] ?? (error instanceof Error ? error.message : String(error));
}

interface Collected {
  files: Set<string>;
  links: string[];
  problems: HostProblem[];
  signal: AbortSignal | undefined;
}

/** See Host.listC. Paths must be absolute. */
export async function listCFiles(paths: readonly string[], signal?: AbortSignal): Promise<Listing> {
  const found: Collected = { files: new Set(), links: [], problems: [], signal };
  for (const path of paths) {
    signal?.throwIfAborted();
    await collect(path, found);
  }
  await followLinks(found);
  const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return {
    files: [...found.files].sort(byName),
    problems: found.problems.sort((a, b) => byName(a.file, b.file)),
  };
}

async function collect(path: string, found: Collected): Promise<void> {
  let info;
  try {
    info = await stat(path);
  } catch (error) {
    found.problems.push({ file: path, message: explainError(error), kind: 'unreadable' });
    return;
  }
  if (info.isFile()) {
    found.files.add(path);
  } else if (info.isDirectory()) {
    const fromGit = await gitFiles(path, found.signal);
    if (fromGit) await keepExisting(fromGit, found);
    else await walk(path, 0, found);
  } else {
    found.problems.push({ file: path, message: 'not a regular file: not opened', kind: 'unreadable' });
  }
}

/**
 * Files that git tracks or would track below a folder; null when the folder is in no git tree, or in one that
 * ignores it. Settings of the tree that could make git run a program (fsmonitor, hooks) are switched off.
 */
async function gitFiles(folder: string, signal: AbortSignal | undefined): Promise<string[] | null> {
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'core.untrackedCache=false'];
  const args = [...safe, 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '*.c', '*.h'];
  const output = await new Promise<string | null>((done) => {
    execFile(
      'git',
      args,
      { cwd: folder, maxBuffer: 1 << 28, windowsHide: true, signal, env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' } },
      (error, stdout) => done(error ? null : stdout),
    );
  });
  signal?.throwIfAborted();
  if (!output) return null;
  return output
    .split('\0')
    .filter((name) => name !== '')
    .map((name) => join(folder, name));
}

/** git names links, submodules and files that were deleted or replaced since: look at each before it counts. */
async function keepExisting(files: string[], found: Collected): Promise<void> {
  const batch = 64;
  for (let from = 0; from < files.length; from += batch) {
    found.signal?.throwIfAborted();
    await Promise.all(
      files.slice(from, from + batch).map(async (file) => {
        let info;
        try {
          info = await lstat(file);
        } catch (error) {
          const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
          if (!gone) found.problems.push({ file, message: explainError(error), kind: 'unreadable' });
          return;
        }
        if (info.isFile()) found.files.add(file);
        else if (info.isSymbolicLink()) found.links.push(file);
        else if (!info.isDirectory()) skipSpecial(file, found);
      }),
    );
  }
}

function skipSpecial(file: string, found: Collected): void {
  found.problems.push({ file, message: 'not a regular file (FIFO, socket or device): not opened', kind: 'skipped' });
}

async function walk(folder: string, depth: number, found: Collected): Promise<void> {
  found.signal?.throwIfAborted();
  if (depth > maxDepth) {
    found.problems.push({ file: folder, message: `nested deeper than ${maxDepth} folders`, kind: 'skipped' });
    return;
  }
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    found.problems.push({ file: folder, message: explainError(error), kind: 'unreadable' });
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== '.git') await walk(path, depth + 1, found);
    } else if (entry.isSymbolicLink()) {
      found.links.push(path);
    } else if (cSource.test(entry.name)) {
      if (!entry.isFile()) skipSpecial(path, found);
      else if (found.files.size < maxFiles) found.files.add(path);
      else throw new Error(`more than ${maxFiles} C files below ${folder}: name a smaller folder`);
    }
  }
}

/** Linked files whose target is not listed under its own name; links to folders are never entered. */
async function followLinks(found: Collected): Promise<void> {
  const targets = new Map<string, string>();
  for (const link of found.links.sort()) {
    try {
      const target = await realpath(link);
      if (!cSource.test(link)) continue;
      const info = await stat(target);
      if (info.isFile()) {
        if (!targets.has(target)) targets.set(target, link);
      } else if (!info.isDirectory()) skipSpecial(link, found);
    } catch (error) {
      if (cSource.test(link) || (error instanceof Error && 'code' in error && error.code === 'ELOOP'))
        found.problems.push({
          file: link,
          message: `symbolic link not followed: ${explainError(error)}`,
          kind: 'skipped',
        });
    }
  }
  if (targets.size === 0) return;
  const folders = new Map<string, string>();
  const real = new Set<string>();
  for (const file of found.files) {
    const folder = dirname(file);
    let realFolder = folders.get(folder);
    if (realFolder === undefined) {
      realFolder = await realpath(folder);
      folders.set(folder, realFolder);
    }
    real.add(realFolder + sep + file.slice(folder.length + 1));
  }
  for (const [target, link] of targets) if (!real.has(target)) found.files.add(link);
}
