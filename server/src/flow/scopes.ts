/** The life of each memalloc scope of a function: where it opens, where it is restored, where it leaks. */
import type { Event } from '../facts/model.js';
import type { CallPoint, ExitState, OpenScope, ScopeUse, Where } from './model.js';
import type { State } from './state.js';
import type { ScopeListener } from './scope-calls.js';
import type { Transfer } from './transfer.js';

const idOf = (at: Where): string => `${at.line}:${at.column}`;

export class ScopeRecorder implements ScopeListener {
  private readonly uses = new Map<string, ScopeUse>();

  constructor(private readonly transfer: Transfer) {}

  private use(scope: OpenScope): ScopeUse {
    const id = idOf(scope.at);
    let use = this.uses.get(id);
    if (!use) {
      use = {
        kind: scope.kind,
        by: scope.by,
        at: scope.at,
        cookie: scope.cookie,
        restores: [],
        balanced: true,
        leaks: [],
        wrong: [],
        inside: [],
      };
      this.uses.set(id, use);
    }
    return use;
  }

  opened(ev: Event, before: State, after: readonly State[]): void {
    if (ev.k !== 'call' && ev.k !== 'set') return;
    for (const s of after) {
      if (s.scopes === before.scopes) continue;
      for (const o of s.scopes) if (!before.scopes.includes(o) && o.origin === 'local') this.use(o);
    }
  }

  closed(scope: OpenScope, at: Where): void {
    const use = this.use(scope);
    if (!use.restores.some((r) => idOf(r) === idOf(at))) use.restores.push(at);
  }

  wrong(at: Where, why: 'other-cookie' | 'order' | 'other-kind' | 'unopened', scope: OpenScope | undefined): void {
    if (!scope) return;
    const use = this.use(scope);
    if (!use.wrong.some((w) => idOf(w.at) === idOf(at) && w.why === why)) use.wrong.push({ at, why });
  }

  /** Notes a call made while scopes are open. */
  inside(point: CallPoint, states: readonly State[]): void {
    for (const s of states) {
      for (const o of s.scopes) {
        if (o.origin !== 'local') continue;
        const use = this.use(o);
        if (!use.inside.includes(point)) use.inside.push(point);
      }
    }
  }

  /** A cookie that leaves the function makes the restore someone else's business. */
  private escapes(use: ScopeUse): boolean {
    if (use.by === 'PF_MEMALLOC') return false;
    const { cookie } = use;
    if (cookie === '') return true;
    if (!/^\w+$/.test(cookie)) return true;
    const { facts } = this.transfer.ref;
    if (!(cookie in (facts.body?.vars ?? {})) && !facts.params.some((p) => p.name === cookie)) return true;
    for (const block of facts.body?.blocks ?? []) {
      for (const ev of block.ev) {
        if (ev.k === 'ret' && ev.value === cookie) return true;
        if (ev.k === 'set' && ev.value === cookie && typeof ev.to !== 'string') return true;
        if (ev.k === 'call' && ev.args.some((a) => Array.isArray(a) && a[0] === 'u' && a[1] === '&' && a[2] === cookie)) return true;
      }
    }
    return false;
  }

  finish(exits: readonly ExitState[]): ScopeUse[] {
    for (const exit of exits) {
      for (const o of exit.state.scopes) {
        if (o.origin !== 'local') continue;
        const use = this.use(o);
        if (!use.leaks.some((l) => idOf(l) === idOf(exit.at))) use.leaks.push(exit.at);
      }
    }
    const list = [...this.uses.values()].sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
    for (const use of list) {
      use.restores.sort((a, b) => a.line - b.line);
      if (!use.leaks.length) continue;
      use.balanced = this.escapes(use) || this.transfer.cat.scope(use.by)?.implied ? 'elsewhere' : false;
      if (use.balanced === 'elsewhere' && !use.restores.length) use.leaks = [];
    }
    return list;
  }
}
