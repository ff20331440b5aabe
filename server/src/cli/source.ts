/** Source lines for the code frames of a report. */
import { ReadError, type Host } from '../host/host.js';
import { decodeSource } from '../syntax/decode.js';

const lineEnd = /\r\n|\n|\r/;

/**
 * Lines of each file that can (still) be read; a file that cannot is left out and its findings get no frame.
 * @param texts what files hold that the disk does not have so: a change judged in memory
 */
export async function sourceLines(
  host: Host,
  root: string,
  files: readonly string[],
  texts: readonly { file: string; text: string }[] = [],
): Promise<Map<string, string[]>> {
  const lines = new Map(texts.map(({ file, text }) => [file, text.split(lineEnd)]));
  for (const file of new Set(files)) {
    if (lines.has(file)) continue;
    try {
      lines.set(file, decodeSource(await host.readBytes(host.resolve(file, root))).split(lineEnd));
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
    }
  }
  return lines;
}
