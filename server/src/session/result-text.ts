/** An audit's result as text for the cache, in pieces; what findings and sites share is written once. */
import type { AuditResult, SiteRecord } from '../engine.js';
import type { Context, Finding, Step } from '../rules/model.js';
import type { Simulation } from './simulation.js';

/** Findings or sites in one piece: no text grows beyond what the platform can hold. */
const PER_PIECE = 20_000;

type Kept = Omit<AuditResult, 'run'>;
type Replaced<T> = { [K in keyof T]: unknown };

interface Tables {
  steps: Step[];
  paths: number[][];
  contexts: Replaced<Context>[];
  lists: number[][];
  simulations: Simulation[];
}

interface Head {
  rest: Omit<Kept, 'findings' | 'echoes' | 'sites'>;
  pieces: number;
  echoes: boolean;
}

interface Piece {
  /** What the records of this piece add to the tables. */
  tables: Tables;
  findings?: Replaced<Finding>[];
  echoes?: Replaced<Finding>[];
  sites?: Replaced<SiteRecord>[];
}

const noTables = (): Tables => ({ steps: [], paths: [], contexts: [], lists: [], simulations: [] });

/** The pieces of a result, the head first. */
export function* resultTexts(result: Kept): Generator<string> {
  const { findings, echoes, sites, ...rest } = result;
  const lists = { findings, ...(echoes && { echoes }), sites };
  const pieces = Object.values(lists).reduce((n, list) => n + Math.ceil(list.length / PER_PIECE), 0);
  yield JSON.stringify({ rest, pieces, echoes: echoes !== undefined } satisfies Head);
  const writer = new Writer();
  for (const kind of ['findings', 'echoes', 'sites'] as const) {
    const list = lists[kind] ?? [];
    for (let at = 0; at < list.length; at += PER_PIECE) {
      const part = list.slice(at, at + PER_PIECE);
      yield writer.piece(
        kind === 'sites'
          ? { sites: (part as SiteRecord[]).map((s) => writer.site(s)) }
          : { [kind]: (part as Finding[]).map((f) => writer.finding(f)) },
      );
    }
  }
}

class Writer {
  private tables = noTables();
  private readonly numbers = new Map<object, number>();
  private readonly counts = { steps: 0, paths: 0, contexts: 0, lists: 0, simulations: 0 };

  piece(records: Omit<Piece, 'tables'>): string {
    const text = JSON.stringify({ tables: this.tables, ...records } satisfies Piece);
    this.tables = noTables();
    return text;
  }

  finding(f: Finding): Replaced<Finding> {
    return { ...f, contexts: this.contextList(f.contexts), path: this.path(f.path), data: this.simulated(f.data) };
  }

  site(s: SiteRecord): Replaced<SiteRecord> {
    return this.simulated({ ...s, contexts: this.contextList(s.contexts) }) as Replaced<SiteRecord>;
  }

  private simulated(record: object): Record<string, unknown> {
    const { simulation } = record as { simulation?: Simulation };
    if (simulation === undefined) return record as Record<string, unknown>;
    return { ...record, simulation: this.number('simulations', simulation, () => simulation) };
  }

  private contextList(list: Context[]): number {
    return this.number('lists', list, () => list.map((c) => this.context(c)));
  }

  private context(c: Context): number {
    return this.number('contexts', c, () => ({ ...c, path: this.path(c.path) }));
  }

  private path(path: Step[]): number {
    return this.number('paths', path, () => path.map((s) => this.number('steps', s, () => s)));
  }

  private number<K extends keyof Tables>(table: K, value: object, row: () => Tables[K][number]): number {
    let at = this.numbers.get(value);
    if (at === undefined) {
      const made = row();
      at = this.counts[table]++;
      this.numbers.set(value, at);
      (this.tables[table] as unknown[]).push(made);
    }
    return at;
  }
}

/** Reads what resultTexts wrote; null when a piece is missing or is not what it should be. */
export async function readResult(piece: (index: number) => Promise<string | null>): Promise<Kept | null> {
  const head = parsed<Head>(await piece(0));
  if (!head) return null;
  const out: Kept = { ...head.rest, findings: [], ...(head.echoes ? { echoes: [] } : {}), sites: [] } as unknown as Kept;
  const reader = new Reader();
  for (let i = 1; i <= head.pieces; i++) {
    const part = parsed<Piece>(await piece(i));
    if (!part) return null;
    reader.add(part.tables);
    for (const f of part.findings ?? []) out.findings.push(reader.finding(f));
    for (const f of part.echoes ?? []) out.echoes?.push(reader.finding(f));
    for (const s of part.sites ?? []) out.sites.push(reader.site(s));
  }
  return out;
}

function parsed<T>(text: string | null): T | null {
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

class Reader {
  private readonly steps: Step[] = [];
  private readonly paths: Step[][] = [];
  private readonly contexts: Context[] = [];
  private readonly lists: Context[][] = [];
  private readonly simulations: Simulation[] = [];

  add({ steps, paths, contexts, lists, simulations }: Tables): void {
    for (const s of steps) this.steps.push(s);
    for (const p of paths) this.paths.push(p.map((i) => this.steps[i]!));
    for (const c of contexts) this.contexts.push({ ...c, path: this.paths[c.path as number]! } as Context);
    for (const l of lists) this.lists.push(l.map((i) => this.contexts[i]!));
    for (const s of simulations) this.simulations.push(s);
  }

  finding(f: Replaced<Finding>): Finding {
    return {
      ...f,
      contexts: this.lists[f.contexts as number]!,
      path: this.paths[f.path as number]!,
      data: this.simulated(f.data as Record<string, unknown>),
    } as Finding;
  }

  site(s: Replaced<SiteRecord>): SiteRecord {
    return this.simulated({ ...s, contexts: this.lists[s.contexts as number]! }) as unknown as SiteRecord;
  }

  private simulated(record: Record<string, unknown>): Record<string, unknown> {
    const { simulation } = record;
    return typeof simulation === 'number' ? { ...record, simulation: this.simulations[simulation]! } : record;
  }
}
