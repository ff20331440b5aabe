/** Markdown for hovers: sentences of findings are plain text, and identifiers such as __GFP_NOFAIL would turn bold in it. */

/** A sentence with its identifiers as code and nothing else that Markdown would read. */
export function prose(text: string): string {
  return text
    .split(/((?:[A-Za-z_]\w*(?:->|\.))*\w*_\w*(?:\(\))?)/)
    .map((part, i) => (i % 2 === 1 ? code(part) : part.replace(/[\\`*<>[\]~|#]/g, '\\$&')))
    .join('');
}

export const code = (text: string): string => `\`${text.replace(/`/g, '')}\``;

/** The same words without the marks, for a client that shows text only. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\n\n---\n\n/g, '\n\n')
    .replace(/\*\*|`/g, '')
    .replace(/\\([\\`*<>[\]~|#])/g, '$1');
}
