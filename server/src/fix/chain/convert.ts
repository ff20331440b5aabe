/** A loop around a call whose allocations lie deeper: the call is told not to fail, all the way down, and the loop goes. */
import type { CallPoint, FunctionRef, RetryLoop } from '../../flow/model.js';
import type { TextEdit } from '../../rules/model.js';
import { Draft } from '../draft.js';
import { offsetOf } from '../edit-text.js';
import { appendArgument, replaceArgument, withFlag } from '../mask.js';
import { callAt, withoutLoop } from '../retry-loop.js';
import { FunctionTree, type Node } from '../syntax.js';
import { carriers, isNew, type Carrier, type Told } from './carrier.js';
import { Chain, type Weak } from './find.js';
import { folderOf, Mentions, type Mention } from './mentions.js';
import { appendParameter } from './signature.js';
import { placeOf, Refused, Sources } from './sources.js';
import type { FixWorld } from '../model.js';

export interface Conversion {
  edits: TextEdit[];
  /** What was done along the chain, a sentence each. */
  story: string[];
  /** Nothing below the loop can fail for want of memory as it stands. */
  idle: boolean;
}

/** One change of a call: what to do with its node. */
type Change = (draft: Draft, tree: FunctionTree, call: Node) => void;

/**
 * Edits in every file that the change reaches.
 * @throws {Refused} when a link of the chain cannot be changed; the reason names it.
 * @throws {Unfit} when the loop itself cannot be taken apart.
 */
export async function convertThrough(loop: RetryLoop, from: FunctionRef, world: FixWorld): Promise<Conversion> {
  const sources = new Sources(world);
  if (loop.site.name === '') throw new Refused(`${loop.callee}() is called through a pointer, and its type has other users`);
  const targets = world.program.tree.resolve(loop.site.name, from.file);
  if (targets.length !== 1)
    throw new Refused(
      targets.length === 0 ? `${loop.callee}() is not among the sources read` : `${loop.callee}() has ${targets.length} definitions`,
    );
  const [callee] = targets as [FunctionRef];
  const chain = await Chain.below(callee, sources);
  if (chain.obstacles.length > 0) throw new Refused(several(chain.obstacles));
  if (!chain.link(callee) && !(await Chain.cannotFail(callee, sources)))
    throw new Refused(`it does not show which allocation below ${loop.callee}() makes the loop go round`);
  const plans = carriers(chain);
  const root = plans.get(callee.facts);
  if (chain.link(from)) throw new Refused(`${from.facts.name}() is called again below its own loop`);
  return new Writer(sources, chain, plans, loop, from, callee, root?.carrier).write();
}

const SHOWN = 4;

function several(obstacles: readonly string[]): string {
  const all = [...new Set(obstacles)];
  const more = all.length > SHOWN ? `; and ${all.length - SHOWN} more` : '';
  return all.slice(0, SHOWN).join('; ') + more;
}

class Writer {
  private readonly mentions: Mentions;
  /** Changes by file, then by the offset of the call. */
  private readonly changes = new Map<string, Map<number, Change[]>>();
  private readonly edits: TextEdit[] = [];
  private readonly story: string[] = [];

  constructor(
    private readonly sources: Sources,
    private readonly chain: Chain,
    private readonly plans: Map<FunctionRef['facts'], Told>,
    private readonly loop: RetryLoop,
    private readonly from: FunctionRef,
    private readonly callee: FunctionRef,
    private readonly root: Carrier | undefined,
  ) {
    this.mentions = new Mentions(sources, folderOf(from.file.path));
  }

  async write(): Promise<Conversion> {
    if (!this.root)
      this.story.push(`Nothing below ${this.loop.callee}() can fail for want of memory as it stands, so the loop never goes round.`);
    for (const { ref, weak } of this.chain.links) {
      const { carrier, covered } = this.plans.get(ref.facts)!;
      // A macro that only hands its arguments on needs no change.
      if (ref.facts.macro && (isNew(carrier) || weak.some((w) => !covered.has(w))))
        throw new Refused(`the macro ${ref.facts.name}() at ${placeOf(ref)} would have to change, and its other users share it`);
      for (const w of weak) if (!covered.has(w)) await this.inside(ref, carrier, w);
      if (isNew(carrier)) await this.signature(ref, carrier);
      this.tell(ref, carrier);
    }
    await this.calls();
    await this.theLoop();
    return { edits: this.edits, story: this.story, idle: this.root === undefined };
  }

  private tell(ref: FunctionRef, c: Carrier): void {
    const how =
      c.kind === 'new-mask'
        ? `gets 'gfp_t ${c.name}'; other callers pass ${c.base}`
        : c.kind === 'new-bool'
          ? `gets 'bool ${c.name}'; other callers pass false`
          : c.kind === 'bit'
            ? `is told by ${c.bit} in '${c.name}'`
            : `is told by its own '${c.name}'`;
    this.story.push(`${ref.facts.name}() (${placeOf(ref)}) ${how}.`);
  }

  /** What changes in the body of a function of the chain. */
  private async inside(ref: FunctionRef, own: Carrier, weak: Weak): Promise<void> {
    const point = weak.kind === 'site' ? weak.site : weak.point;
    const at = await this.offsetOf(ref, point);
    if (weak.kind === 'site') {
      const index = weak.site.traits?.gfp ?? -1;
      this.change(ref.file.path, at, (draft, tree, call) => {
        const mask = tree.args(call)[index];
        if (mask === undefined) throw new Refused(`${point.name}() at ${ref.file.path}:${point.at.line} has no mask in the text`);
        replaceArgument(draft, tree, call, mask, own.kind === 'new-mask' ? own.name : withFlag(tree, mask, flag(own)));
      });
      return;
    }
    const callee = this.plans.get(weak.callee.facts)!.carrier;
    this.change(ref.file.path, at, (draft, tree, call) => tellCallee(draft, tree, call, callee, own));
  }

  /** Parameter lists, and every call that is not part of the chain. */
  private async signature(ref: FunctionRef, carrier: Extract<Carrier, { kind: 'new-mask' | 'new-bool' }>): Promise<void> {
    const told = await this.toldAt(ref);
    for (const mention of await this.mentions.of(ref)) {
      if (mention.kind === 'call') {
        if (!told.has(`${mention.file}:${mention.at}`))
          this.change(mention.file, mention.at, (draft, tree, call) => appendArgument(draft, tree, call, unchanged(carrier)));
        continue;
      }
      this.edits.push(...(await this.parameter(mention, ref, carrier)));
    }
  }

  private async parameter(
    mention: Mention,
    ref: FunctionRef,
    carrier: Extract<Carrier, { kind: 'new-mask' | 'new-bool' }>,
  ): Promise<TextEdit[]> {
    const { text, bare } = await this.mentions.scanned(mention.file);
    const type = carrier.kind === 'new-mask' ? 'gfp_t' : 'bool';
    const doc = carrier.kind === 'new-mask' ? 'mask of its allocations' : 'whether its allocations must succeed, however long they take';
    return appendParameter(mention.file, text, bare, mention.at, ref.facts.name, {
      type,
      name: carrier.name,
      doc: mention.kind === 'definition' ? doc : '',
    });
  }

  /** Places of the calls of a function that the chain itself makes. */
  private async toldAt(ref: FunctionRef): Promise<Set<string>> {
    const out = new Set<string>();
    for (const link of this.chain.links)
      for (const w of link.weak)
        if (w.kind === 'call' && w.callee.facts === ref.facts) out.add(`${link.ref.file.path}:${await this.offsetOf(link.ref, w.point)}`);
    if (ref.facts === this.callee.facts) out.add(`${this.from.file.path}:${await this.offsetOf(this.from, this.loop.site)}`);
    return out;
  }

  private async offsetOf(ref: FunctionRef, point: CallPoint): Promise<number> {
    return offsetOf((await this.mentions.scanned(ref.file.path)).text, point.at);
  }

  private change(file: string, at: number, change: Change): void {
    let calls = this.changes.get(file);
    if (!calls) this.changes.set(file, (calls = new Map()));
    calls.set(at, [...(calls.get(at) ?? []), change]);
  }

  /** Writes the changes of all functions but the loop's own. */
  private async calls(): Promise<void> {
    for (const [file, calls] of this.changes) {
      const { text } = await this.mentions.scanned(file);
      const left = new Map(calls);
      while (left.size > 0) {
        const [at] = left.keys();
        const span = (await this.mentions.scanned(file)).scan.functions.find((f) => f.start <= at! && at! < f.close);
        const inLoop = file === this.from.file.path && span !== undefined && this.isFrom(span.name, text, span.start);
        const tree = inLoop ? undefined : FunctionTree.at(text, at!, this.sources.world.parser);
        if (!inLoop && !tree) throw new Refused(`${span?.name ?? 'a function'}() in ${file} cannot be read without errors`);
        const draft = new Draft(file, text);
        for (const [offset, changes] of [...left]) {
          if (span && (offset < span.start || offset >= span.close)) continue;
          left.delete(offset);
          if (tree) for (const change of changes) this.make(change, draft, tree, offset, file);
        }
        if (tree) this.edits.push(...draft.edits());
      }
    }
  }

  private make(change: Change, draft: Draft, tree: FunctionTree, offset: number, file: string): void {
    for (const call of tree.all('call_expression')) if (tree.start(call) === offset) return change(draft, tree, call);
    throw new Refused(`a call in ${file} stands in an #if arm or a macro and cannot be changed`);
  }

  private isFrom(name: string, text: string, start: number): boolean {
    const at = offsetOf(text, { line: this.from.facts.line, column: 1 });
    return name === this.from.facts.name && start <= at + 200 && at <= start + 200;
  }

  /** The loop goes; other calls in its function are changed in the same draft. */
  private async theLoop(): Promise<void> {
    const { loop, root } = this;
    const { text, scan } = await this.mentions.scanned(this.from.file.path);
    const site = offsetOf(text, loop.site.at);
    const span = scan.functions.find((f) => f.start <= site && site < f.close);
    const others = [...(this.changes.get(this.from.file.path) ?? [])].filter(([at]) => span && span.start <= at && at < span.close);
    this.edits.push(
      ...withoutLoop(text, loop, this.sources.world.parser, (tree) => (draft) => {
        const call = callAt(tree, loop.site)!;
        if (root) tellRoot(draft, tree, call, root);
        for (const [at, changes] of others)
          if (at !== site && !draft.gone(at)) for (const change of changes) this.make(change, draft, tree, at, this.from.file.path);
      }),
    );
  }
}

const unchanged = (c: Extract<Carrier, { kind: 'new-mask' | 'new-bool' }>): string => (c.kind === 'new-mask' ? c.base : 'false');

/** What says in a function that it must not fail. */
function truth(c: Carrier): string {
  switch (c.kind) {
    case 'mask':
    case 'new-mask':
      return `${c.name} & __GFP_NOFAIL`;
    case 'bit':
      return `${c.name} & ${c.bit}`;
    case 'bool':
    case 'new-bool':
      return c.name;
  }
}

/** __GFP_NOFAIL or 0, to be put beside another mask. */
const flag = (c: Carrier): string =>
  c.kind === 'mask' || c.kind === 'new-mask' ? `(${truth(c)})` : `(${c.kind === 'bit' ? `(${truth(c)})` : truth(c)} ? __GFP_NOFAIL : 0)`;

const asBool = (c: Carrier): string => (c.kind === 'bool' || c.kind === 'new-bool' ? c.name : `!!(${truth(c)})`);

/** A call inside the chain: the callee hears what its caller was told. */
function tellCallee(draft: Draft, tree: FunctionTree, call: Node, callee: Carrier, own: Carrier): void {
  if (callee.kind === 'new-mask') {
    const same = own.kind === 'new-mask' && own.base === callee.base;
    return appendArgument(draft, tree, call, same ? own.name : `${callee.base} | ${flag(own)}`);
  }
  if (callee.kind === 'new-bool') return appendArgument(draft, tree, call, asBool(own));
  const arg = tree.args(call)[callee.index];
  if (arg === undefined) throw new Refused(`a call of ${tree.callee(call)}() has fewer arguments than parameters`);
  if (callee.kind === 'bool')
    return replaceArgument(
      draft,
      tree,
      call,
      arg,
      /^(false|0)$/.test(tree.text(arg)) ? asBool(own) : `${tree.text(arg)} || ${asBool(own)}`,
    );
  if (callee.kind === 'mask') {
    const same = own.kind === 'new-mask' && squeeze(tree.text(arg)) === squeeze(own.base);
    return replaceArgument(draft, tree, call, arg, same ? own.name : withFlag(tree, arg, flag(own)));
  }
  const bit = `((${truth(own)}) ? ${callee.bit} : 0)`.replace(/^\(\((\w+)\)/, '($1');
  replaceArgument(
    draft,
    tree,
    call,
    arg,
    withFlag(tree, arg, bit).replace(/^\((.*)\)$/, (whole, inner: string) => (tree.text(arg) === '0' ? inner : whole)),
  );
}

/** The call that the loop repeated. */
function tellRoot(draft: Draft, tree: FunctionTree, call: Node, c: Carrier): void {
  if (c.kind === 'new-mask') return appendArgument(draft, tree, call, `${c.base} | __GFP_NOFAIL`);
  if (c.kind === 'new-bool') return appendArgument(draft, tree, call, 'true');
  const arg = tree.args(call)[c.index];
  if (arg === undefined) throw new Refused(`the call of ${tree.callee(call)}() has fewer arguments than parameters`);
  replaceArgument(draft, tree, call, arg, c.kind === 'bool' ? 'true' : withFlag(tree, arg, c.kind === 'bit' ? c.bit : '__GFP_NOFAIL'));
}

const squeeze = (text: string): string => text.replace(/\s+/g, '');
