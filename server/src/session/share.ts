/**
 * One object for equal steps, paths and contexts. A tree's findings and sites name the same ways down again and again: written out
 * each for itself they fill gigabytes, and every copy costs time between threads and in the cache.
 */
import type { SiteRecord } from '../engine.js';
import type { Context, Finding, Step } from '../rules/model.js';

export class Shared {
  private readonly steps = new Map<string, Step>();
  private readonly paths = new Map<string, Step[]>();
  private readonly contexts = new Map<string, Context>();
  private readonly lists = new Map<string, Context[]>();
  private readonly numbers = new Map<object, number>();

  finding(f: Finding): Finding {
    return { ...f, contexts: this.contextList(f.contexts), path: this.path(f.path) };
  }

  site(s: SiteRecord): SiteRecord {
    return { ...s, contexts: this.contextList(s.contexts) };
  }

  private contextList(list: Context[]): Context[] {
    const shared = list.map((c) => this.context(c));
    return this.one(this.lists, this.key(shared), shared);
  }

  private context(c: Context): Context {
    const path = this.path(c.path);
    const key = JSON.stringify([this.number(path), c.atomic, c.why, c.task, c.scopes, c.locks]);
    return this.one(this.contexts, key, path === c.path ? c : { ...c, path });
  }

  private path(path: Step[]): Step[] {
    const shared = path.map((s) => this.step(s));
    return this.one(this.paths, this.key(shared), shared);
  }

  private step(s: Step): Step {
    return this.one(this.steps, `${s.file}\n${s.line}\n${s.function}\n${s.what}`, s);
  }

  private one<T extends object>(known: Map<string, T>, key: string, made: T): T {
    const old = known.get(key);
    if (old) return old;
    known.set(key, made);
    this.numbers.set(made, this.numbers.size);
    return made;
  }

  private key(list: readonly object[]): string {
    return list.map((x) => this.number(x)).join();
  }

  private number(x: object): number {
    return this.numbers.get(x)!;
  }
}
