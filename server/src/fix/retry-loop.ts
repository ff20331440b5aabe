/** Turns the simplest retry loops into one request with __GFP_NOFAIL. */
import type { RetryLoop, Site } from '../flow/model.js';
import type { TextEdit } from '../rules/model.js';
import type { KernelParser } from '../syntax/model.js';
import { FunctionTree, type Node } from './syntax.js';

/** An assignment of an allocation: `p = kmalloc(size, mask)`, with the mask's node. */
interface Request {
  assignment: Node;
  target: string;
  mask: Node;
}

/**
 * Edits that replace a loop by its allocation, asked for with __GFP_NOFAIL. Undefined unless nothing but the allocation and pauses stands in the
 * loop, in one of the forms
 *
 *     do { p = alloc(); } while (!p);         while (!(p = alloc())) pause();       retry: p = alloc();
 *     while (!p) p = alloc();                 for (;;) { p = alloc(); if (p) break; }      if (!p) { pause(); goto retry; }
 *
 * The result changes behaviour, and must be audited before it is offered: see verified.ts.
 */
export function retryLoopToNofail(source: string, loop: RetryLoop, parser: KernelParser): TextEdit[] | undefined {
  if (loop.verdict !== 'convertible' || loop.test !== 'null' || !isSite(loop.site) || loop.site.gfpText === '') return undefined;
  const start = offsetAt(source, loop.at.line, loop.at.column);
  const tree = FunctionTree.at(source, start, parser);
  return tree && new Conversion(tree, loop, loop.site, start).edits();
}

const isSite = (call: RetryLoop['site']): call is Site => 'api' in call;

/** Offset of a line and column, both counted from 1. */
function offsetAt(text: string, line: number, column: number): number {
  let at = 0;
  for (let i = 1; i < line; i++) {
    const next = text.indexOf('\n', at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return at + column - 1;
}

class Conversion {
  private readonly file: string;

  constructor(
    private readonly tree: FunctionTree,
    private readonly loop: RetryLoop,
    private readonly site: Site,
    private readonly start: number,
  ) {
    this.file = loop.at.file;
  }

  edits(): TextEdit[] | undefined {
    for (const node of this.starting('do_statement')) return this.doLoop(node);
    for (const node of this.starting('while_statement')) return this.whileLoop(node);
    for (const node of this.starting('for_statement')) return this.endless(node, this.tree.child(node, 'condition') === undefined);
    for (const node of this.starting('labeled_statement')) return this.gotoLoop(node);
    return undefined;
  }

  private *starting(kind: 'do_statement' | 'while_statement' | 'for_statement' | 'labeled_statement'): Generator<Node> {
    for (const node of this.tree.all(kind)) if (this.tree.start(node) === this.start) yield node;
  }

  private doLoop(node: Node): TextEdit[] | undefined {
    const body = this.tree.child(node, 'body');
    const condition = this.tree.child(node, 'condition');
    const request = body === undefined ? undefined : this.onlyRequest(this.tree.statements(body));
    if (!request || condition === undefined || !this.testsNull(condition, request.target)) return undefined;
    return [this.replace(node, request, '')];
  }

  private whileLoop(node: Node): TextEdit[] | undefined {
    const body = this.tree.child(node, 'body');
    const condition = this.tree.child(node, 'condition');
    if (body === undefined || condition === undefined) return undefined;
    if (/^\(?\s*(1|true)\s*\)?$/.test(this.tree.text(condition))) return this.endless(node, true);
    const tested = this.tree.nullTested(condition);
    if (tested === undefined) return undefined;
    const inCondition = this.request(tested);
    if (inCondition) return this.tree.statements(body).every((s) => this.isPause(s)) ? [this.replace(node, inCondition, '')] : undefined;
    const request = this.onlyRequest(this.tree.statements(body));
    if (!request || this.tree.text(tested) !== request.target) return undefined;
    // The loop may not be entered at all: what it asked before the first round is still asked.
    return [this.replace(node, request, `if ${this.tree.text(condition)}`)];
  }

  /** for (;;) or while (1), left by a break when the request succeeded. */
  private endless(node: Node, forever: boolean): TextEdit[] | undefined {
    const body = this.tree.child(node, 'body');
    if (!forever || body === undefined) return undefined;
    const [first, leave, ...rest] = this.tree.statements(body);
    const request = first === undefined ? undefined : this.request(first);
    if (!request || !this.tree.is(leave, 'if_statement') || this.tree.child(leave, 'alternative') !== undefined) return undefined;
    const condition = this.tree.child(leave, 'condition');
    const way = this.tree.child(leave, 'consequence');
    if (condition === undefined || way === undefined || this.tree.text(this.tree.bare(condition)) !== request.target) return undefined;
    const [jump, ...more] = this.tree.statements(way);
    if (!this.tree.is(jump, 'break_statement') || more.length > 0 || !rest.every((s) => this.isPause(s))) return undefined;
    return [this.replace(node, request, '')];
  }

  private gotoLoop(node: Node): TextEdit[] | undefined {
    const label = this.tree.child(node, 'label');
    const statement = this.tree.children(node)[1];
    const test = this.tree.next(node);
    if (label === undefined || statement === undefined || !this.tree.is(test, 'if_statement')) return undefined;
    const request = this.request(statement);
    const condition = this.tree.child(test, 'condition');
    const way = this.tree.child(test, 'consequence');
    if (!request || condition === undefined || way === undefined || this.tree.child(test, 'alternative') !== undefined) return undefined;
    if (!this.testsNull(condition, request.target)) return undefined;
    const steps = this.tree.statements(way);
    const jump = steps.pop();
    const name = this.tree.text(label);
    const jumps = [...this.tree.all('goto_statement')].filter((g) => this.tree.text(g).replace(/^goto\s+|\s*;$/g, '') === name);
    if (jump === undefined || jumps.length !== 1 || jumps[0] !== jump || !steps.every((s) => this.isPause(s))) return undefined;
    const { source } = this.tree;
    const lineOf = (at: number): number => source.lastIndexOf('\n', at - 1) + 1;
    // A label on its own line goes with the line; one before the statement leaves the indent.
    const own = lineOf(this.start) !== lineOf(this.tree.start(statement));
    const from = own ? lineOf(this.start) : this.start;
    const to = own ? lineOf(this.tree.start(statement)) : this.tree.start(statement);
    const testLine = lineOf(this.tree.start(test));
    const nextLine = source.indexOf('\n', this.tree.end(test)) + 1;
    const whole =
      source.slice(testLine, this.tree.start(test)).trim() === '' &&
      source.slice(this.tree.end(test), nextLine).trim() === '' &&
      nextLine > 0;
    return [
      this.edit(from, to, ''),
      this.edit(this.tree.start(request.mask), this.tree.end(request.mask), this.newMask(request.mask)),
      whole ? this.edit(testLine, nextLine, '') : this.edit(this.tree.start(test), this.tree.end(test), ''),
    ];
  }

  /** The one request among statements that otherwise only pause. */
  private onlyRequest(statements: readonly Node[]): Request | undefined {
    const requests = statements.map((s) => this.request(s));
    const found = requests.filter((r) => r !== undefined);
    const target = found[0]?.target;
    return found.length === 1 && statements.every((s, i) => requests[i] !== undefined || this.isPause(s, target)) ? found[0] : undefined;
  }

  /** The loop's own allocation, as a statement or as an expression. */
  private request(node: Node): Request | undefined {
    const { tree } = this;
    const assignment = tree.is(node, 'expression_statement') ? tree.children(node)[0] : node;
    if (!tree.is(assignment, 'assignment_expression')) return undefined;
    const left = tree.child(assignment, 'left');
    let right = tree.child(assignment, 'right');
    if (left === undefined || right === undefined || tree.source.slice(tree.end(left), tree.start(right)).trim() !== '=') return undefined;
    right = tree.bare(right);
    if (tree.is(right, 'cast_expression')) right = tree.child(right, 'value') ?? right;
    if (!tree.is(right, 'call_expression') || tree.callee(right) !== this.loop.callee) return undefined;
    const args = tree.args(right);
    const index = this.site.traits?.gfp ?? args.findIndex((a) => squeeze(tree.text(a)) === squeeze(this.site.gfpText));
    const mask = args[index];
    return mask === undefined ? undefined : { assignment, target: tree.text(left), mask };
  }

  /** Waits or yields and does nothing else, at most on failure of the request. */
  private isPause(statement: Node, target?: string): boolean {
    const { tree } = this;
    if (tree.is(statement, 'continue_statement') || tree.text(statement) === ';') return true;
    if (tree.is(statement, 'compound_statement')) return tree.children(statement).every((s) => this.isPause(s, target));
    if (tree.is(statement, 'if_statement')) {
      const [condition, way] = [tree.child(statement, 'condition'), tree.child(statement, 'consequence')];
      const onFailure = target !== undefined && condition !== undefined && this.testsNull(condition, target);
      return onFailure && way !== undefined && tree.child(statement, 'alternative') === undefined && this.isPause(way);
    }
    if (!tree.is(statement, 'expression_statement')) return false;
    const call = tree.children(statement)[0];
    return call === undefined || (tree.is(call, 'call_expression') && this.loop.backoff.some((b) => b.api === tree.callee(call)));
  }

  private testsNull(condition: Node, target: string): boolean {
    const tested = this.tree.nullTested(condition);
    return tested !== undefined && this.tree.text(tested) === target;
  }

  /** The loop gives way to its request, behind `guard` when there is one. */
  private replace(loop: Node, request: Request, guard: string): TextEdit {
    const { tree } = this;
    const at = tree.start(request.assignment);
    const written =
      tree.source.slice(at, tree.start(request.mask)) +
      this.newMask(request.mask) +
      tree.source.slice(tree.end(request.mask), tree.end(request.assignment));
    const indent = indentAt(tree.source, tree.start(loop));
    const deeper = guard === '' ? indent : `${indent}\t`;
    const eol = tree.source.includes('\r\n') ? '\r\n' : '\n';
    const moved = `${written.split(`\n${indentAt(tree.source, at)}`).join(`\n${deeper}`)};`;
    return this.edit(tree.start(loop), tree.end(loop), guard === '' ? moved : `${guard}${eol}${deeper}${moved}`);
  }

  private newMask(mask: Node): string {
    const text = this.tree.text(mask);
    return `${this.tree.is(mask, 'conditional_expression') ? `(${text})` : text} | __GFP_NOFAIL`;
  }

  private edit(start: number, end: number, text: string): TextEdit {
    return { file: this.file, start, end, text };
  }
}

const squeeze = (text: string): string => text.replace(/\s+/g, '');

/** Blanks at the beginning of the line around an offset. */
function indentAt(text: string, offset: number): string {
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(line, offset))![0];
}
