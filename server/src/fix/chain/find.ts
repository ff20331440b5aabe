/** From a call that fails for want of memory down to every allocation that can be the reason. */
import { GFP } from '../../../../simulator/src/index.js';
import { constantOf } from '../../flow/know.js';
import type { CallPoint, FunctionFlow, FunctionRef, Site } from '../../flow/model.js';
import { hasBody } from '../../facts/codec.js';
import { calleesOf } from '../../index/link.js';
import { passedOn } from './passes-on.js';
import { placeOf, Refused, type Sources } from './sources.js';

/** A call that makes its function fail for want of memory. */
export type Weak = { kind: 'site'; site: Site } | { kind: 'call'; point: CallPoint; callee: FunctionRef };

/** A function on the way, with all that can make it fail. */
export interface Link {
  ref: FunctionRef;
  flow: FunctionFlow;
  weak: Weak[];
}

/** Functions looked at for one loop: beyond this nobody would review the change. */
const MAX_FUNCTIONS = 400;
/** Calls between the loop and an allocation. */
const MAX_DEPTH = 16;

export class Chain {
  /** Functions that can fail for want of memory, callees before callers. */
  readonly links: Link[] = [];
  /** Where the chain cannot be followed or __GFP_NOFAIL cannot be honoured, each a sentence without full stop. */
  readonly obstacles: string[] = [];
  private readonly seen = new Map<FunctionRef['facts'], Link | undefined>();

  /** `all`: every call counts, also one whose failure seems not to be passed on. */
  private constructor(
    private readonly sources: Sources,
    private readonly all = false,
  ) {}

  /** Follows a call of a function of the tree. */
  static async below(callee: FunctionRef, sources: Sources): Promise<Chain> {
    const chain = new Chain(sources);
    await chain.follow(callee, 0);
    return chain;
  }

  /** Whether no allocation at all lies below a function that could fail, or its failure surely goes no further. */
  static async cannotFail(callee: FunctionRef, sources: Sources): Promise<boolean> {
    const chain = new Chain(sources, true);
    return (await chain.follow(callee, 0)) === undefined && chain.obstacles.length === 0;
  }

  link(ref: FunctionRef): Link | undefined {
    return this.seen.get(ref.facts);
  }

  /** The function with what can make it fail; undefined when it cannot. A cycle adds nothing to itself. */
  private async follow(ref: FunctionRef, depth: number): Promise<Link | undefined> {
    if (this.seen.has(ref.facts)) return this.seen.get(ref.facts);
    if (this.seen.size >= MAX_FUNCTIONS || depth > MAX_DEPTH)
      throw new Refused(
        `more than ${this.seen.size >= MAX_FUNCTIONS ? `${MAX_FUNCTIONS} functions` : `${MAX_DEPTH} calls`} lie between the loop and its allocations`,
      );
    this.seen.set(ref.facts, undefined);
    const flow = ref.facts.macro && !hasBody(ref.facts) ? undefined : await this.read(ref);
    if (!flow) {
      await this.macro(ref, depth);
      return undefined;
    }
    if (alwaysSucceeds(flow)) return undefined;
    if (this.all && flow.exits.every((e) => e.value === 'void')) return undefined;
    const weak: Weak[] = [];
    for (const { point, asIs } of this.all ? flow.calls.map((point) => ({ point, asIs: true })) : passedOn(flow)) {
      const site = flow.sites.find((s) => s.at.line === point.at.line && s.at.column === point.at.column);
      if (site && site.traits !== undefined) {
        if (!surelyGiven(site) && site.gfpText !== '0') weak.push({ kind: 'site', site });
        continue;
      }
      const callee = await this.callee(point, asIs, ref, depth);
      if (callee) weak.push({ kind: 'call', point, callee });
    }
    if (weak.length === 0) return undefined;
    const link = { ref, flow, weak };
    this.seen.set(ref.facts, link);
    this.links.push(link);
    for (const w of weak) this.judge(w, link);
    return link;
  }

  private async read(ref: FunctionRef): Promise<FunctionFlow | undefined> {
    try {
      return await this.sources.flow(ref);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.obstacles.push(error.message);
      return undefined;
    }
  }

  /** A macro of which only the names it calls are known: it cannot be changed, so nothing below it may fail. */
  private async macro(ref: FunctionRef, depth: number): Promise<void> {
    if (!ref.facts.macro) return;
    for (const name of calleesOf(ref)) {
      for (const target of this.sources.world.program.tree.resolve(name, ref.file)) {
        if (target.facts === ref.facts || !(await this.follow(target, depth + 1))) continue;
        this.obstacles.push(
          `the macro ${ref.facts.name}() at ${placeOf(ref)} calls ${name}(), which can fail for want of memory, and its other users share it`,
        );
        return;
      }
    }
  }

  /** The function that a call leads to, when it can fail for want of memory. */
  private async callee(point: CallPoint, asIs: boolean, from: FunctionRef, depth: number): Promise<FunctionRef | undefined> {
    const { program } = this.sources.world;
    const here = `${from.facts.name}() at ${from.file.path}:${point.at.line}`;
    if (point.name === '') {
      if (!asIs) return undefined;
      this.obstacles.push(`${here} calls through a pointer, and what stands behind it may return -ENOMEM`);
      return undefined;
    }
    const { cat } = program;
    if (cat.lock(point.name) || cat.neverSleeps(point.name) || PLAIN.test(point.name)) return undefined;
    const targets = program.tree.resolve(point.name, from.file);
    if (targets.length === 0) {
      // Yes or no is no error code.
      if (!asIs || /\bbool\b/.test(from.facts.returns) || cat.sleeper(point.name) || /^[A-Z0-9_]+$/.test(point.name)) return undefined;
      this.obstacles.push(`${here} calls ${point.name}(), which is not among the sources read and may return -ENOMEM`);
      return undefined;
    }
    const failing: FunctionRef[] = [];
    for (const target of targets) if (target.facts !== from.facts && (await this.follow(target, depth + 1))) failing.push(target);
    if (failing.length === 0) return undefined;
    if (targets.length > 1) {
      this.obstacles.push(
        `${point.name}() has ${targets.length} definitions, and which of them ${here} calls depends on the configuration`,
      );
      return undefined;
    }
    return failing[0];
  }

  /** Can __GFP_NOFAIL be honoured there? */
  private judge(weak: Weak, { ref }: Link): void {
    const point = weak.kind === 'site' ? weak.site : weak.point;
    const here = `${ref.facts.name}() at ${ref.file.path}:${point.at.line}`;
    const held = point.states.flatMap((s) => s.held).find((h) => h.atomic);
    if (held) {
      const what = weak.kind === 'site' ? `allocates with ${weak.site.gfpText || 'its own mask'}` : `calls ${point.name}()`;
      this.obstacles.push(
        `${here} ${what} with ${held.text === '' ? 'sleeping forbidden' : `'${held.text}' held`}: a request that may not wait cannot be promised to succeed, __GFP_NOFAIL is not honoured there; allocate before the lock is taken`,
      );
      return;
    }
    if (weak.kind !== 'site') return;
    const { site } = weak;
    if (site.traits!.nofail === 'ignored')
      this.obstacles.push(`${here} uses ${site.api}(), which does not honour __GFP_NOFAIL in this kernel`);
    else if (site.gfpText === '') this.obstacles.push(`${here} uses ${site.api}(), which takes no mask`);
    else if (site.order !== null && site.order > 1)
      this.obstacles.push(`${here} asks for ${2 ** site.order} pages in one piece: above order 1 __GFP_NOFAIL is not supported`);
    else if (
      site.requested.length > 0 &&
      site.requested.every((m) => m.params.length === 0 && !m.unknown && !(m.may & GFP.__GFP_DIRECT_RECLAIM))
    )
      this.obstacles.push(
        `${here} asks with ${site.gfpText}, which may not wait: __GFP_NOFAIL is not honoured without direct reclaim; allocate where sleeping is allowed first`,
      );
  }
}

/** Helpers of the language and of error values, which the facts keep as calls here and there. */
const PLAIN =
  /^(IS_ERR|PTR_ERR|ERR_PTR|ERR_CAST|min|max|container_of|READ_ONCE|WARN_ON|likely|unlikely|le(16|32|64)_to_cpu|be(16|32|64)_to_cpu)\w*$/;

/** Every way out returns 0 (or the like): its callers see no failure at all. */
function alwaysSucceeds(flow: FunctionFlow): boolean {
  return flow.exits.length > 0 && flow.exits.every((e) => e.value === 'zero' || e.value === 'void' || e.value === 'true');
}

/** Never fails as it stands: __GFP_NOFAIL in every case, or a pool that waits. */
function surelyGiven(site: Site): boolean {
  const all = (bit: number): boolean => site.requested.length > 0 && site.requested.every((m) => (m.must & bit) !== 0);
  if (all(GFP.__GFP_NOFAIL)) return true;
  if (site.traits?.waits === true && (site.traits.gfp === null || all(GFP.__GFP_DIRECT_RECLAIM))) return true;
  const size = site.traits?.size === undefined ? undefined : site.args[site.traits.size];
  return size !== undefined && constantOf(size) === 0;
}
