import { createParser } from '../../server/src/syntax/parser.js';
import { extractFile } from '../../server/src/facts/extract.js';
import { printBody } from '../../server/src/facts/print.js';
import type { Body, FileFacts, FunctionFacts } from '../../server/src/facts/model.js';

export const parser = await createParser();

export function factsOf(source: string, path = 'fs/otter/otter.c'): FileFacts {
  return extractFile(path, source, parser, { all: true });
}

/** Facts of the one function whose statements are given. */
export function functionOf(statements: string): FunctionFacts {
  const { functions } = factsOf(`int otter(struct otter *o, gfp_t gfp)\n{\n${statements}\n}\n`);
  const [fn] = functions;
  if (functions.length !== 1 || !fn) throw new Error(`expected one function, found ${functions.length}`);
  return fn;
}

export function bodyOf(statements: string): Body {
  const { body } = functionOf(statements);
  if (!body) throw new Error('the function has no body');
  return body;
}

/** The graph as printed, without the loops and flags, one line each, indentation removed. */
export function graphOf(statements: string): string[] {
  return linesOf(statements).filter((line) => !/^(?:loop|flag) /.test(line));
}

export function linesOf(statements: string): string[] {
  return printBody(bodyOf(statements))
    .split('\n')
    .map((line) => line.trim());
}

/** Expected lines, written as a block of text. */
export function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
