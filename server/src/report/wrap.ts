/** Breaks text at blanks, for mails: 72 columns leave room for being quoted. */
const WIDTH = 72;

/** Lines of at most 72 columns, but for a longer word. @param hang indent of all lines but the first */
export function wrapped(text: string, indent = '', hang = indent): string[] {
  const lines: string[] = [];
  let line = indent;
  let bare = true;
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (!bare && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = hang;
      bare = true;
    }
    line += bare ? word : ` ${word}`;
    bare = false;
  }
  return bare && lines.length > 0 ? lines : [...lines, line];
}
