/** Where a kernel tree begins, seen from a path inside it. */
import type { Host } from '../host/host.js';

/** The nearest folder at or above `path` that holds both a Makefile and a Kconfig; null when there is none. */
export async function findRoot(host: Host, path: string): Promise<string | null> {
  let at = host.resolve(path);
  if ((await host.stat(at)).kind === 'file') at = host.resolve('..', at);
  let found: string | null = null;
  for (;;) {
    const [makefile, kconfig] = await Promise.all([host.stat(host.resolve('Makefile', at)), host.stat(host.resolve('Kconfig', at))]);
    if (makefile.kind === 'file' && kconfig.kind === 'file') {
      // Every subsystem has a Makefile and a Kconfig; the root's Makefile states a VERSION.
      const text = new TextDecoder().decode(await host.readBytes(host.resolve('Makefile', at)));
      if (/^VERSION\s*=\s*\d+/m.test(text)) found = at;
    }
    const up = host.resolve('..', at);
    if (up === at || found) return found;
    at = up;
  }
}
