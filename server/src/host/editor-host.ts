/**
 * The host of a server that has no disk: it asks the editor for files, wherever that has them. Paths stand for URIs:
 * '/vscode-vfs/github/owner/repo/fs/a.c' is vscode-vfs://github/owner/repo/fs/a.c; an empty authority is written '_'.
 */
import { ReadError, type FileStat, type Host, type HostWorker, type Listing, type Store } from './host.js';
import { sha256 } from './sha256.js';

/** What the editor is asked; each takes the URI of a file or folder. */
export interface EditorFiles {
  stat(uri: string): Promise<{ kind: 'file' | 'directory' | 'missing' | 'unreadable'; size: number; mtimeMs: number }>;
  /** Base64, or an error in words. */
  read(uri: string): Promise<{ base64: string } | { error: string }>;
  list(uri: string): Promise<{ name: string; kind: 'file' | 'directory' | 'other' }[] | null>;
}

/** More files than any tree has; a folder that contains itself ends here. */
const MAX_FILES = 200_000;
const MAX_DEPTH = 40;
/** Folders asked for at a time. */
const TOGETHER = 16;

export class EditorHost implements Host {
  readonly cpus = 1;

  constructor(private readonly files: EditorFiles) {}

  resolve(path: string, from = '/'): string {
    const parts = (path.startsWith('/') ? path : `${from}/${path}`).split('/');
    const out: string[] = [];
    for (const part of parts) {
      if (part === '..') out.pop();
      else if (part !== '' && part !== '.') out.push(part);
    }
    return `/${out.join('/')}`;
  }

  relative(root: string, file: string): string {
    if (root === file) return '.';
    const folder = root === '/' ? '/' : `${root}/`;
    return file.startsWith(folder) ? file.slice(folder.length) : file;
  }

  async stat(path: string): Promise<FileStat> {
    const uri = uriOf(path);
    return uri === undefined ? { kind: 'missing', size: 0, mtimeMs: 0 } : this.files.stat(uri);
  }

  async readBytes(path: string): Promise<Uint8Array> {
    const uri = uriOf(path);
    const answer = uri === undefined ? { error: 'no such file' } : await this.files.read(uri);
    if ('error' in answer) throw new ReadError(path, answer.error, 'unreadable');
    return Uint8Array.from(atob(answer.base64), (c) => c.charCodeAt(0));
  }

  async listC(paths: readonly string[], signal?: AbortSignal): Promise<Listing> {
    const found = new Set<string>();
    const problems: Listing['problems'] = [];
    let wave: string[] = [];
    for (const path of paths.map((p) => this.resolve(p))) {
      const { kind } = await this.stat(path);
      if (kind === 'file') found.add(path);
      else if (kind === 'directory') wave.push(path);
      else problems.push({ file: path, message: kind === 'missing' ? 'no such file or folder' : 'cannot be read', kind: 'unreadable' });
    }
    for (let depth = 0; depth < MAX_DEPTH && wave.length > 0; depth++) {
      const next: string[] = [];
      for (let at = 0; at < wave.length && found.size < MAX_FILES; at += TOGETHER) {
        signal?.throwIfAborted();
        const folders = wave.slice(at, at + TOGETHER);
        const lists = await Promise.all(folders.map((folder) => this.files.list(uriOf(folder) ?? '')));
        lists.forEach((list, i) => {
          for (const { name, kind } of list ?? []) {
            if (name.startsWith('.')) continue;
            const path = `${folders[i]}/${name}`;
            if (kind === 'directory') next.push(path);
            else if (kind === 'file' && /\.[ch]$/.test(name)) found.add(path);
          }
        });
      }
      wave = next;
    }
    return { files: [...found].sort(), problems };
  }

  hash(bytes: Uint8Array): string {
    return sha256(bytes).slice(0, 40);
  }

  now(): number {
    return performance.now();
  }

  spawnWorker(): HostWorker {
    throw new Error('a web worker starts no threads of its own');
  }

  openStore(): Store {
    return { read: () => Promise.resolve(null), write: () => Promise.resolve(false) };
  }
}

/** Path that stands for a URI; undefined for one that names no place (untitled:). */
export function editorPath(uri: string): string | undefined {
  const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(\/[^?#]*)?$/i.exec(uri);
  if (!parts) return undefined;
  const [, scheme = '', authority = '', path = ''] = parts;
  return `/${scheme}/${authority === '' ? '_' : authority}${decoded(path)}`;
}

/** URI that a path stands for. */
export function uriOf(path: string): string | undefined {
  const parts = /^\/([^/]+)\/([^/]+)(\/.*)?$/.exec(path);
  if (!parts) return undefined;
  const [, scheme = '', authority = '', rest = '/'] = parts;
  return `${scheme}://${authority === '_' ? '' : authority}${rest.split('/').map(encodeURIComponent).join('/')}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}
