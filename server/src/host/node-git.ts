/** What git knows of a tree's past, asked without running anything that the tree could name. */
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';

/** git could not answer; `message` is for the user. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

/** Settings by which a tree could make git run a program, or fetch from a network, are off. */
const SAFE = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.untrackedCache=false',
  'protocol.allow=never',
  'core.quotePath=false',
];
const args = (more: readonly string[]): string[] => ['--no-pager', ...SAFE.flatMap((one) => ['-c', one]), ...more];
const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
  ...more,
});

function git(folder: string, more: readonly string[], signal?: AbortSignal, env: NodeJS.ProcessEnv = {}): Promise<string> {
  return new Promise((done, fail) => {
    execFile(
      'git',
      args(more),
      { cwd: folder, maxBuffer: 1 << 28, windowsHide: true, signal, env: environment(env) },
      (error, stdout, stderr) => {
        if (!error) return done(stdout);
        if (signal?.aborted) return fail(signal.reason as Error);
        const absent = 'code' in error && error.code === 'ENOENT';
        fail(
          new GitError(
            absent ? 'git is not installed' : (stderr.trim().split('\n').at(-1) ?? '').replace(/^(fatal|error): /, '') || error.message,
          ),
        );
      },
    );
  });
}

/**
 * C files below a folder that differ from what a revision held: absolute paths and their bytes there, null where it had none.
 * @throws {GitError} for a folder that is in no git tree, or a revision that does not exist
 */
export async function changedSince(
  folder: string,
  revision: string,
  signal?: AbortSignal,
): Promise<{ path: string; before: Uint8Array | null }[]> {
  await git(folder, ['rev-parse', '--is-inside-work-tree'], signal).catch((error: unknown) => {
    throw error instanceof GitError && /not a git repository/.test(error.message) ? new GitError(`${folder} is in no git tree`) : error;
  });
  // Resolved first: a revision must not be read as an option or a path.
  const commit = await git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], signal).catch(
    async () => {
      const shallow = (await git(folder, ['rev-parse', '--is-shallow-repository'], signal)).trim() === 'true';
      const more = shallow ? ': it was cloned without its history (git fetch --unshallow)' : '';
      throw new GitError(`'${revision}' is no revision of this git tree${more}`);
    },
  );
  const sources = ['--', '*.c', '*.h'];
  const differ = await git(
    folder,
    ['diff-index', '--raw', '-z', '--no-abbrev', '--no-renames', '--relative', commit.trim(), ...sources],
    signal,
    await withoutFilters(folder, signal),
  );
  const fields = differ.split('\0');
  const blobs = new Map<string, string | null>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    // ':100644 100644 OLD NEW M'
    const [mode = '', , blob = ''] = fields[i]!.slice(1).split(' ');
    // Links and submodules are no source text.
    blobs.set(fields[i + 1]!, mode.startsWith('100') ? blob : null);
  }
  const untracked = await git(folder, ['ls-files', '-z', '--others', '--exclude-standard', ...sources], signal);
  for (const name of untracked.split('\0')) if (name !== '' && !blobs.has(name)) blobs.set(name, null);
  const contents = await readBlobs(folder, [...new Set([...blobs.values()].filter((blob) => blob !== null))], signal);
  return [...blobs].map(([name, blob]) => ({ path: join(folder, name), before: blob === null ? null : contents.get(blob)! }));
}

/**
 * To compare a file with its blob git would run the filter that the tree's attributes and settings name: each is set to nothing, by
 * the environment, in which a name may hold any character.
 */
async function withoutFilters(folder: string, signal?: AbortSignal): Promise<NodeJS.ProcessEnv> {
  const listed = await git(folder, ['config', '--null', '--name-only', '--get-regexp', '^filter\\.'], signal).catch((error: unknown) => {
    // Status 1: none is set.
    if (error instanceof GitError) return '';
    throw error;
  });
  const names = new Set(listed.split('\0').flatMap((key) => /^filter\.(.*)\.[^.]*$/s.exec(key)?.[1] ?? []));
  const settings = [...names].flatMap((name) => [
    [`filter.${name}.clean`, ''],
    [`filter.${name}.process`, ''],
    [`filter.${name}.required`, 'false'],
  ]);
  const env: NodeJS.ProcessEnv = { GIT_CONFIG_COUNT: String(settings.length) };
  settings.forEach(([key, value], i) => {
    env[`GIT_CONFIG_KEY_${i}`] = key;
    env[`GIT_CONFIG_VALUE_${i}`] = value;
  });
  return env;
}

/** Contents of blobs, by one process. */
function readBlobs(folder: string, blobs: readonly string[], signal?: AbortSignal): Promise<Map<string, Uint8Array>> {
  if (blobs.length === 0) return Promise.resolve(new Map());
  return new Promise((done, fail) => {
    const child = spawn('git', args(['cat-file', '--batch']), {
      cwd: folder,
      windowsHide: true,
      signal,
      env: environment(),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const chunks: Buffer[] = [];
    child.on('error', (error) => fail(signal?.aborted ? (signal.reason as Error) : new GitError(error.message)));
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', () => {
      try {
        done(parseBatch(Buffer.concat(chunks), blobs));
      } catch (error) {
        fail(error as Error);
      }
    });
    // A process that ended early shows in what it did not answer.
    child.stdin.on('error', () => undefined);
    child.stdin.end(blobs.map((blob) => `${blob}\n`).join(''));
  });
}

/** 'BLOB blob SIZE\n', the bytes, '\n'; once for each that was asked for. */
function parseBatch(output: Buffer, blobs: readonly string[]): Map<string, Uint8Array> {
  const out = new Map<string, Uint8Array>();
  let at = 0;
  for (const blob of blobs) {
    const end = output.indexOf(0x0a, at);
    const [id, kind, size] = end < 0 ? [] : output.toString('latin1', at, end).split(' ');
    const bytes = Number(size);
    if (id !== blob || kind !== 'blob' || end + 1 + bytes > output.length)
      throw new GitError(`git does not have the object ${blob} (a partial clone?)`);
    out.set(blob, new Uint8Array(output.subarray(end + 1, end + 1 + bytes)));
    at = end + 1 + bytes + 1;
  }
  return out;
}
