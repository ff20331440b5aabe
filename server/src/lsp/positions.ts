/** Between the engine's places (lines and columns from 1, in UTF-16 units) and the protocol's (from 0, in the same units). */
import type { Position, Range } from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import type { Where } from '../flow/model.js';

export interface Place {
  line: number;
  column: number;
}

/** The protocol counts lines and UTF-16 units from 0, findings from 1. */
export const toPlace = ({ line, character }: Position): Place => ({ line: line + 1, column: character + 1 });

export const toPosition = ({ line, column }: Place): Position => ({ line: Math.max(0, line - 1), character: Math.max(0, column - 1) });

/** A construct over several lines is marked on its first: a squiggle under a whole loop hides the code. */
export function toRange(at: Where): Range {
  const start = toPosition(at);
  if (at.endLine === at.line) return { start, end: toPosition({ line: at.endLine, column: at.endColumn }) };
  // Clients cut a column beyond the line's end back to it.
  return { start, end: { line: start.line, character: 2 ** 31 - 1 } };
}

/** Between the host's paths and the client's URIs. */
export interface Places {
  /** Path of a document that the host can read; undefined for any other. */
  pathOf(uri: string): string | undefined;
  uriOf(path: string): string;
}

/** Path of a document on disk; undefined for one that is not a file (untitled, git:, vscode-vfs:). */
export function pathOf(uri: string): string | undefined {
  try {
    const parsed = URI.parse(uri, true);
    return parsed.scheme === 'file' && parsed.path !== '' ? parsed.fsPath : undefined;
  } catch (error) {
    if (error instanceof Error && /UriError/.test(error.message)) return undefined;
    throw error;
  }
}

export const uriOf = (path: string): string => URI.file(path).toString();

export const filePlaces: Places = { pathOf, uriOf };
