import { nextDirective } from './brace.js';
import { copyChunk, emptyChunk, type Chunk } from './chunk.js';
import { armCondition, type Directive, isElse, isIf, readDirective } from './directive.js';

interface Arm {
  conditions: string[]; // of this arm's predecessors and itself, own texts
  current: string; // '' for an include guard
  saved: Chunk;
  ended: boolean; // an arm ended the construct that was open when the conditional began
}

/** More nested conditionals than any sane text has: what goes beyond is not remembered. */
const DEEPEST = 64;

/** The line after `#ifndef NAME` in a header: `#define NAME`. */
const GUARD = /^\s*#\s*define\s+(\w+)\s*(?:1\s*)?(?:\/\*[^\n]*|\/\/[^\n]*)?\r?\n/;

/**
 * The `#if` arms that file scope is in: their conditions as text, and the construct that was open when each conditional began, with which every
 * one of its arms goes on.
 */
export class Arms {
  /** Conditions of the arms that are open, outermost first; include guards left out. */
  texts: string[] = [];
  private readonly open: Arm[] = [];

  constructor(private readonly text: string) {}

  /** The construct to go on with behind a directive: the given one, a copy of what its conditional began with, or an empty one. */
  follow(d: Directive, chunk: Chunk): Chunk {
    if (isIf(d.word)) {
      const own = armCondition(this.text, d, []);
      const guard = d.word === 'ifndef' && this.open.length === 0 && this.isIncludeGuard(d);
      this.begin([own], guard ? '' : own, chunk);
      return chunk;
    }
    if (isElse(d.word)) {
      const arm = this.open[this.open.length - 1];
      if (arm === undefined) return chunk;
      arm.current = armCondition(this.text, d, arm.conditions);
      arm.conditions.push(armCondition(this.text, d, []));
      if (chunk.start !== arm.saved.start) arm.ended = true;
      this.texts = this.currentTexts();
      return copyChunk(arm.saved);
    }
    if (d.word !== 'endif') return chunk;
    const arm = this.open.pop();
    this.texts = this.currentTexts();
    // `x =` #if `A;` #else #error #endif: what one arm ended has ended.
    return arm !== undefined && arm.ended && arm.saved.start >= 0 && chunk.start === arm.saved.start ? emptyChunk() : chunk;
  }

  /** For `#if 0`, whose arm is not read at all: the offset at which reading goes on; -1 for any other directive. */
  skipDead(d: Directive, chunk: Chunk): number {
    const { text } = this;
    if (d.word !== 'if' || !/^\s*0\s*(?:$|\/[*/])/.test(text.slice(d.argsAt, Math.min(d.end, d.argsAt + 40)))) return -1;
    const end = this.endOfDeadArm(d.end);
    if (end < 0) return text.length;
    const next = readDirective(text, end);
    if (next.word !== 'endif') this.begin(['0'], next.word === 'else' ? '' : armCondition(text, next, []), chunk);
    return next.end;
  }

  private begin(conditions: string[], current: string, chunk: Chunk): void {
    this.open.push({ conditions, current, saved: copyChunk(chunk), ended: false });
    this.texts = this.currentTexts();
  }

  /** Offset of the '#' that ends the dead arm whose text begins at `at`, -1 when none does. */
  private endOfDeadArm(at: number): number {
    let depth = 0;
    for (let i = nextDirective(this.text, at); i >= 0;) {
      const d = readDirective(this.text, i);
      if (isIf(d.word)) depth++;
      else if (depth === 0 && (isElse(d.word) || d.word === 'endif')) return i;
      else if (d.word === 'endif') depth--;
      i = nextDirective(this.text, d.end);
    }
    return -1;
  }

  private currentTexts(): string[] {
    return this.open
      .slice(0, DEEPEST)
      .map((arm) => arm.current)
      .filter((text) => text !== '');
  }

  private isIncludeGuard(d: Directive): boolean {
    const name = /^\w+/.exec(this.text.slice(d.argsAt, d.end).trim())?.[0];
    return name !== undefined && GUARD.exec(this.text.slice(d.end, 2 * d.end - d.argsAt + 40))?.[1] === name;
  }
}
