import { FIELD, KIND } from '../../syntax/kinds.js';
import { COMMAND_ARGUMENTS, CONFIG_TESTS, DISARMS, HINTS, isSilent, STORES } from '../names.js';
import type { CallEvent, Expr, Pos, ResultUse } from '../model.js';
import type { Tree } from '../tree.js';
import type { Evaluator } from './evaluate.js';
import type { Graph } from './graph.js';
import type { Scopes } from './scopes.js';

/** Macros that open a guard in the middle of a block: `guard(class)(args)` and its kin (linux/cleanup.h). */
const CLASS_FORMS: ReadonlySet<string> = new Set(['guard', 'CLASS', 'ACQUIRE', 'scoped_class', 'CLASS_INIT']);

/** Calls, and what macros that look like calls are: hints, stores, guards, accessors, prints that are no call at all. */
export class Calls {
  /** Names of the function's labels: a call that is given one may jump there (unsafe_put_user()). */
  labels: ReadonlySet<string> = new Set();
  /** Set by the statement builder: the call just written may jump to this label. */
  onJump: (label: string, pos: Pos) => void = () => undefined;

  constructor(
    private readonly tree: Tree,
    private readonly graph: Graph,
    private readonly scopes: Scopes,
    private readonly evaluator: Evaluator,
  ) {}

  /** Writes what a call does: its arguments, itself, and what it stores. */
  evaluate(node: number, use: ResultUse, to: Expr | undefined): void {
    const tree = this.tree;
    const fn = tree.child(node, FIELD.function);
    const list = tree.child(node, FIELD.arguments);
    const args = list < 0 ? [] : tree.named(list);
    if (fn < 0) return;
    if (tree.asCast(node)) return this.evaluator.events(args[0]!, use, to);
    if (tree.kind[fn] === KIND.identifier) {
      const name = tree.textOf(fn);
      if (HINTS.has(name) && args.length > 0) return this.evaluator.events(args[0]!, use, to);
      if (CONFIG_TESTS.has(name)) return;
      if (DISARMS.has(name) && args.length > 0) {
        const variable = tree.bare(args[0]!);
        if (tree.kind[variable] === KIND.identifier) this.scopes.disarm(tree.textOf(variable));
      }
      const commands = COMMAND_ARGUMENTS.get(name);
      if (commands === undefined) {
        this.evaluator.arguments(args, use === 'discarded' && /(?:WARN|BUG|ASSERT|assert)/.test(name));
      } else {
        args.forEach((arg, index) => {
          if (index !== commands.after && index !== commands.dropped) this.evaluator.events(arg, 'argument');
        });
      }
      if (!isSilent(name) && !this.isAccessor(node, name) && !this.isDebugPrint(name, args)) this.emit(node, name, args, use, to);
      this.stores(node, name, args);
      const after = commands?.after === undefined ? undefined : args[commands.after];
      if (after !== undefined) this.evaluator.events(after, 'argument');
      return;
    }
    if (tree.kind[fn] === KIND.call_expression && this.classForm(node, fn, args)) return;
    this.evaluator.events(fn, 'other');
    this.evaluator.arguments(args);
    this.emit(node, this.evaluator.expr(fn), args, use, to);
  }

  /** WRITE_ONCE() and its like are assignments. */
  private stores(call: number, name: string, args: number[]): void {
    for (const { target, value, through } of STORES.get(name) ?? []) {
      const to = args[target];
      if (to === undefined) continue;
      const lvalue = this.evaluator.expr(to);
      const pointed: Expr = typeof lvalue === 'object' && lvalue[0] === 'u' && lvalue[1] === '&' ? lvalue[2] : ['u', '*', lvalue];
      const from = value < 0 ? undefined : args[value];
      this.graph.emit({
        k: 'set',
        to: through ? pointed : lvalue,
        op: '=',
        value: from === undefined ? ['opaque', name] : this.evaluator.expr(from),
        pos: this.tree.pos(call),
      });
    }
  }

  /** `FOO_SB(sb)->field`: a macro that only finds a structure. */
  private isAccessor(call: number, name: string): boolean {
    const parent = this.tree.parent[call]!;
    return parent >= 0 && this.tree.kind[parent] === KIND.field_expression && /^[A-Z][A-Z0-9_]*$/.test(name);
  }

  /** A subsystem's own pr_debug(). */
  private isDebugPrint(name: string, args: number[]): boolean {
    if (!/(?:_dbg|_debug|^dprintk|^dbg)$/i.test(name)) return false;
    return args.some((arg) => this.tree.kind[arg] === KIND.string_literal || this.tree.kind[arg] === KIND.concatenated_string);
  }

  /** Writes the event of a call whose arguments' events are written. */
  emit(node: number, fn: Expr, args: number[], use: ResultUse, to: Expr | undefined): void {
    const whole = this.evaluator.expr(node);
    const shared =
      typeof whole === 'object' && whole[0] === 'call' ? (whole.slice(2) as Expr[]) : args.map((arg) => this.evaluator.expr(arg));
    const event: CallEvent = { k: 'call', fn, args: shared, use, pos: this.tree.pos(node) };
    if (use === 'assigned' && to !== undefined) event.to = to;
    this.graph.emit(event);
    if (this.labels.size === 0) return;
    for (const arg of shared) if (typeof arg === 'string' && this.labels.has(arg)) this.onJump(arg, event.pos);
  }

  /** `guard(class)(args)`, `CLASS(class, var)(args)`, `ACQUIRE(class, var)(args)`. */
  private classForm(node: number, inner: number, args: number[]): boolean {
    const tree = this.tree;
    const form = tree.calledName(inner);
    if (!CLASS_FORMS.has(form)) return false;
    const list = tree.child(inner, FIELD.arguments);
    const [cls, variable] = list < 0 ? [] : tree.named(list);
    if (cls === undefined) return false;
    this.evaluator.arguments(args);
    const name = tree.textOf(cls);
    const values = args.map((arg) => this.evaluator.expr(arg));
    const pos = tree.pos(node);
    const holder = variable === undefined ? '' : tree.textOf(variable);
    if (form === 'guard' || form === 'ACQUIRE') {
      const open: CallEvent = { k: 'call', fn: `guard:${name}`, args: values, use: 'discarded', pos };
      if (holder !== '') {
        open.use = 'assigned';
        open.to = holder;
      }
      this.graph.emit(open);
      this.scopes.add({ fn: `unguard:${name}`, args: values, variable: '', at: tree.offset(node) });
    } else {
      this.graph.emit({ k: 'call', fn: `class:${name}`, args: values, to: holder, use: 'assigned', pos });
      if (holder !== '') this.evaluator.fromCall.add(holder);
      this.scopes.add({ fn: `unclass:${name}`, args: [holder], variable: holder, at: tree.offset(node) });
    }
    return true;
  }
}
