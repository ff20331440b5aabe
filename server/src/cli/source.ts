/** Source lines for the code frames of a report. */
import { ReadError, type Host } from '../host/host.js';
import { decodeSource } from '../syntax/decode.js';

/** Lines of each file that can (still) be read; a file that cannot is left out and its findings get no frame. */
export async function sourceLines(host: Host, root: string, files: readonly string[]): Promise<Map<string, string[]>> {
  const lines = new Map<string, string[]>();
  for (const file of new Set(files)) {
    try {
      lines.set(file, decodeSource(await host.readBytes(host.resolve(file, root))).split(/\r\n|\n|\r/));
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
    }
  }
  return lines;
}
