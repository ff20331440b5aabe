/** The tree of contexts: why a function runs in the context it does, asked for level by level. */
import { code } from '../explain/markdown.js';
import type { EntryContext, FunctionRef } from '../flow/model.js';
import type { Inspection } from '../session/inspection.js';
import type { Known } from './session.js';
import { toPlace } from './positions.js';
import type { ContextItem, ContextsParams, ContextsResult, IndexState, Location } from './requests.js';

/** Callers of callers, so deep. */
const MAX_DEPTH = 12;
/** Callers listed of one function. */
const MAX_CALLERS = 100;

export interface ContextsHost {
  uriOf(name: string, base: string): string;
  basis: IndexState;
}

/** Items are named by the way to them: 'c0', 'callers', 'caller:fs/a.c:12:name/...'. */
export function contextsOf(known: Known, params: ContextsParams, host: ContextsHost): ContextsResult | null {
  return new Contexts(known, host).answer(params);
}

class Contexts {
  private readonly inspection: Inspection;

  constructor(
    private readonly known: Known,
    private readonly host: ContextsHost,
  ) {
    this.inspection = known.inspection;
  }

  answer(params: ContextsParams): ContextsResult | null {
    const { basis } = this.host;
    if ('item' in params) return { title: '', items: this.children(params.item), basis };
    const ref = this.inspection.functionAt(this.known.name, toPlace(params.position).line);
    if (!ref) return null;
    return { title: `${ref.facts.name}()`, location: this.locationOf(ref), items: this.roots(ref), basis };
  }

  private roots(ref: FunctionRef): ContextItem[] {
    const id = idOf(ref);
    const contexts = this.inspection.contextsOf(ref).map((context, i) => this.context(context, `${id}|c${i}`));
    const sites = this.inspection.sitesOf(ref);
    const items = [...contexts];
    const callers = this.inspection.callersOf(ref);
    if (callers.length > 0)
      items.push({
        id: `${id}|callers`,
        kind: 'caller',
        label: callers.length === 1 ? 'called from 1 place' : `called from ${callers.length} places`,
        ...(this.inspection.callersComplete(ref) ? {} : { description: 'and perhaps from others' }),
        hasChildren: true,
      });
    if (sites.length > 0)
      items.push({
        id: `${id}|sites`,
        kind: 'allocation',
        label: sites.length === 1 ? '1 allocation' : `${sites.length} allocations`,
        hasChildren: true,
      });
    return items;
  }

  private children(item: string): ContextItem[] {
    const [owner = '', what = '', ...way] = item.split('|');
    const ref = this.find(owner);
    if (!ref) return [];
    if (what === 'callers') return this.callers(ref, item, way.filter((step) => step === 'x').length);
    if (what === 'sites')
      return this.inspection.sitesOf(ref).map((site, i) => ({
        id: `${owner}|site${i}`,
        kind: 'allocation',
        label: `${site.api}(${site.gfp.text})`,
        description: `line ${site.line}`,
        ...(site.simulation ? { tooltip: site.simulation.text } : {}),
        atomic: site.contexts.some((c) => c.atomic === 'must') ? 'must' : site.contexts.some((c) => c.atomic === 'may') ? 'may' : 'no',
        location: this.at(site.file, site.line),
        hasChildren: false,
      }));
    if (!/^c\d+$/.test(what)) return [];
    const context = this.inspection.contextsOf(ref)[Number(what.slice(1))];
    if (!context) return [];
    const steps = context.path.map((step, i): ContextItem => ({
      id: `${owner}|${what}|s${i}`,
      kind: 'step',
      label: step.what || `${step.function}()`,
      description: `${step.function ? `${step.function}() ` : ''}${step.file}:${step.line}`,
      location: this.at(step.file, step.line),
      hasChildren: false,
    }));
    const held = context.held.map((lock, i): ContextItem => ({
      id: `${owner}|${what}|h${i}`,
      kind: 'held',
      label: `${lock.kind}${lock.class ? ` ${lock.class}` : ''}`,
      description: lock.atomic ? 'forbids sleeping' : 'sleeping is allowed under it',
      atomic: lock.atomic ? 'must' : 'no',
      location: this.at(lock.at.file, lock.at.line),
      hasChildren: false,
    }));
    const scopes = context.scopes.map((scope, i): ContextItem => ({
      id: `${owner}|${what}|o${i}`,
      kind: 'scope',
      label: `${scope.kind} scope`,
      description: scope.by,
      location: this.at(scope.at.file, scope.at.line),
      hasChildren: false,
    }));
    return [...steps, ...held, ...scopes];
  }

  private context(context: EntryContext, id: string): ContextItem {
    const atomic = context.nonBlock || context.held.some((h) => h.atomic);
    const held = [...new Set(context.held.map((h) => h.class || h.kind.replace('_', ' ')))];
    const what = [
      ...(context.task === 'unknown' || context.task === 'process' ? [] : [`${context.task} context`]),
      ...(held.length > 0 ? [`holds ${held.join(', ')}`] : []),
      ...context.scopes.map((s) => `${s.kind} scope`),
      ...(context.nonBlock ? ['inside non_block_start()'] : []),
    ];
    const first = context.path[0];
    return {
      id,
      kind: 'context',
      label: `${atomic ? 'may not sleep' : 'may sleep'}${what.length > 0 ? `: ${what.join(', ')}` : ''}`,
      ...(first ? { description: `${first.function ? `${first.function}() ` : ''}${first.file}:${first.line}` } : {}),
      tooltip: `${context.why}${context.sure ? '' : ' (on some paths)'}\n\n${context.path.map((s) => `- ${code(`${s.file}:${s.line}`)} ${s.what}`).join('\n')}`,
      atomic: atomic ? (context.sure ? 'must' : 'may') : 'no',
      ...(first ? { location: this.at(first.file, first.line) } : {}),
      hasChildren: context.path.length > 0 || context.held.length > 0,
    };
  }

  private callers(ref: FunctionRef, id: string, depth: number): ContextItem[] {
    return (
      this.inspection
        .callersOf(ref)
        .slice(0, MAX_CALLERS)
        .map(({ caller, line, held, several }) => ({
          id: `${idOf(caller)}|callers${'|x'.repeat(depth + 1)}`,
          kind: 'caller',
          label: `${caller.facts.name}()`,
          description: [
            `${caller.file.path}:${line}`,
            ...(held.length > 0 ? [`with ${held.join(', ')}`] : []),
            ...(several ? ['perhaps'] : []),
          ].join(' '),
          location: this.at(caller.file.path, line),
          hasChildren: depth < MAX_DEPTH && this.inspection.callersOf(caller).length > 0,
        }))
        // One place that is called twice on a line is one item.
        .filter((item, i, all) => all.findIndex((o) => o.description === item.description && o.label === item.label) === i)
        .map((item, i): ContextItem => ({ ...item, kind: 'caller', id: `${item.id}|${id.length}.${i}` }))
    );
  }

  private find(id: string): FunctionRef | undefined {
    const at = id.lastIndexOf('#');
    return this.inspection.functionsNamed(id.slice(at + 1)).find((ref) => idOf(ref) === id);
  }

  private locationOf(ref: FunctionRef): Location {
    return this.at(ref.file.path, this.inspection.linesOf(ref).first);
  }

  private at(file: string, line: number): Location {
    const place = { line: Math.max(0, line - 1), character: 0 };
    return { uri: this.host.uriOf(file, this.known.project.base), range: { start: place, end: place } };
  }
}

/** A function of one state of the texts: its line may be a far one, and no '|' is in it. */
const idOf = ({ file, facts }: FunctionRef): string => `${file.path}#${facts.line}#${facts.name}`.replaceAll('|', '_');
