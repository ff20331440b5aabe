/** The census as a table for the terminal, and as JSON. */
import { palette, printable } from '../colour.js';
import { counted } from '../order.js';
import type { Change, Comparison } from './compare.js';
import { COUNTED, type Census, type CensusSite, type Counted, type Counts } from './count.js';

export interface CensusTextOptions {
  colour: boolean;
  /** Only the table. */
  quiet: boolean;
}

/** Columns of the table: heading and what it counts. */
const COLUMNS: readonly [string, Counted][] = [
  ['sites', 'sites'],
  ['NOFS', 'nofs'],
  ['in scope', 'nofsInScope'],
  ['NOIO', 'noio'],
  ['ATOMIC', 'atomic'],
  ['NOWAIT', 'nowait'],
  ['NOFAIL', 'nofail'],
  ['nofs scopes', 'scopesNofs'],
  ['noio scopes', 'scopesNoio'],
  ['retry loops', 'retryLoops'],
  ['mempools', 'mempools'],
];
/** Subsystems that a terminal shows; JSON and HTML have them all. */
const ROWS = 25;
const NAME = 44;

export function renderCensusText(census: Census, { colour, quiet }: CensusTextOptions): string {
  const lines = table(
    census.subsystems.map(({ name, counts }) => [name, counts] as const),
    census.total,
    (n) => (n === 0 ? '.' : String(n)),
    colour,
  );
  if (!quiet)
    lines.push('', ...inventory(census), `kernel ${census.kernel.version} (${census.kernel.from}), ${counted(census.stats.files, 'file')}`);
  return `${lines.join('\n')}\n`;
}

export function renderComparisonText(comparison: Comparison, { colour, quiet }: CensusTextOptions): string {
  const { from, to, difference, subsystems, changes } = comparison;
  const signed = (n: number): string => (n === 0 ? '.' : n > 0 ? `+${n}` : String(n));
  const lines = table(
    subsystems.map((s) => [s.name, s.difference] as const),
    difference,
    signed,
    colour,
  );
  if (quiet) return `${lines.join('\n')}\n`;
  lines.push('', `from ${from.kernel.version} to ${to.kernel.version}:`);
  for (const key of Object.keys(COUNTED) as Counted[])
    lines.push(`  ${COUNTED[key]}: ${from.total[key]} to ${to.total[key]} (${difference[key] > 0 ? '+' : ''}${difference[key]})`);
  const kinds = { appeared: 'appeared', gone: 'went', changed: 'ask with another mask' } as const;
  lines.push('');
  for (const kind of ['changed', 'gone', 'appeared'] as const) {
    const of = changes.filter((c) => c.kind === kind);
    if (of.length === 0) continue;
    lines.push(`${counted(of.length, 'site')} ${kinds[kind]}${of.length > ROWS ? ` (the first ${ROWS}; --format json lists all)` : ''}:`);
    lines.push(...of.slice(0, ROWS).map((change) => `  ${changeWords(change)}`));
  }
  return `${lines.join('\n')}\n`;
}

/** 'fs/a.c:12 grow(): kmalloc(GFP_NOFS) is now kmalloc(GFP_KERNEL)' */
export function changeWords({ before, after }: Change): string {
  const site = (after ?? before)!;
  const call = (s: CensusSite): string => `${printable(s.api)}(${printable(s.gfp.replace(/\s+/g, ' '))})`;
  const where = `${printable(site.file)}:${site.line} ${printable(site.function)}()`;
  if (before && after)
    return `${where}: ${call(before)} is now ${call(after)}${before.file === after.file ? '' : `, was in ${printable(before.file)}`}`;
  return `${where}: ${call(site)}`;
}

function inventory({ total }: Census): string[] {
  const scope =
    total.nofs === 0 ? '' : `; ${total.nofsInScope} stand in a scope that says so already on every known way, ${total.nofsPartly} on some`;
  return [
    `${counted(total.nofs, 'GFP_NOFS site')}${scope}`,
    `${counted(total.retryLoops, 'retry loop')}, ${total.convertible} convertible; ${counted(total.congestionWaits, 'congestion wait')}, ${total.retryWaits} memalloc_retry_wait`,
  ];
}

function table(rows: readonly (readonly [string, Counts])[], total: Counts, show: (n: number) => string, colour: boolean): string[] {
  const colours = palette(colour);
  const shown = rows.slice(0, ROWS);
  const widths = COLUMNS.map(([heading, key]) =>
    Math.max(heading.length, ...[...shown.map(([, c]) => c), total].map((c) => show(c[key]).length)),
  );
  const line = (name: string, cells: readonly string[]): string =>
    `${printable(name.length > NAME ? `${name.slice(0, NAME - 3)}...` : name).padEnd(NAME)}${cells.map((cell, i) => `  ${cell.padStart(widths[i]!)}`).join('')}`;
  const cells = (counts: Counts): string[] => COLUMNS.map(([, key]) => show(counts[key]));
  const out = [
    colours.bold(
      line(
        'subsystem',
        COLUMNS.map(([heading]) => heading),
      ),
    ),
    ...shown.map(([name, counts]) => line(name, cells(counts))),
  ];
  if (rows.length > shown.length) out.push(colours.dim(`${rows.length - shown.length} more subsystems`));
  out.push(colours.bold(line('all', cells(total))));
  return out;
}

/** What `census --format json` prints; sites without a counted mask are left out. */
export function censusRecord({ kernel, stats, total, subsystems, sites }: Census): Record<string, unknown> {
  return { kernel, stats, total, subsystems, sites: sites.filter((site) => site.masks.length > 0) };
}

export function renderCensusJson(census: Census, version: string, comparison?: Comparison): string {
  const tool = { name: 'gfp-audit', version };
  const doc = comparison
    ? {
        tool,
        from: censusRecord(comparison.from),
        to: censusRecord(comparison.to),
        difference: comparison.difference,
        subsystems: comparison.subsystems,
        changes: comparison.changes,
      }
    : { tool, ...censusRecord(census) };
  return `${JSON.stringify(doc, null, 2)}\n`;
}
