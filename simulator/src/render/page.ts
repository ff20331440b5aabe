/** The page of one named scenario: claim, run, reading, a table per group of kernels with equal results, and a chart. */
import { PROFILE_IDS, profileById } from '../profiles/index.js';
import type { Claim } from '../scenarios/claims.js';
import type { Scenario, Variant } from '../scenarios/kit.js';
import { barsSvg, chartSvg } from './chart.js';
import { matrixSvg } from './matrix.js';

export interface ScenarioPage {
  markdown: string;
  svg: string;
  /** Results by profile, for tests of the reading. */
  results: ReadonlyMap<string, readonly Variant[]>;
}

/** Seed of every page. */
export const PAGE_SEED = 1;
const HORIZON_MS = 60_000;
/** Kernel that line charts show. */
const SERIES_PROFILE = '6.12';

export function scenarioPage(scenario: Scenario, claim: Claim): ScenarioPage {
  const results = new Map<string, readonly Variant[]>();
  for (const id of PROFILE_IDS) results.set(id, scenario.run({ profile: profileById(id), seed: PAGE_SEED, horizonMs: HORIZON_MS }));
  const out = [
    `# ${claim.title}`,
    '',
    `Scenario \`${scenario.name}\`: \`gfp-audit simulate --scenario ${scenario.name} --kernel VERSION\``,
    '',
    '## The claim',
    '',
    claim.claim,
    '',
    `Where it stands: ${claim.source}`,
    '',
    '## What is run',
    '',
    claim.run,
    '',
    '## What came out',
    '',
    claim.reading,
    '',
    `![${claim.title}](${scenario.name}.svg)`,
    '',
  ];
  for (const [ids, variants] of groups(results)) {
    out.push(`### ${ids.join(', ')}`, '', ...table(variants), '');
    for (const v of variants) if (v.cycle && v.result === 'deadlock') out.push(`Cycle in "${v.name}": ${v.cycle.join('; ')}.`, '');
  }
  out.push(
    `Seed ${PAGE_SEED}. Times are those of the model: sleeps are exact, cpu time is nominal. This page is generated; a test compares it with a new run.`,
    '',
  );
  return { markdown: out.join('\n'), svg: chart(scenario, claim, results), results };
}

/** Profiles whose tables are equal, together. */
function groups(results: ReadonlyMap<string, readonly Variant[]>): [string[], readonly Variant[]][] {
  const byTable = new Map<string, [string[], readonly Variant[]]>();
  for (const [id, variants] of results) {
    const key = table(variants).join('\n');
    const known = byTable.get(key);
    if (known) known[0].push(id);
    else byTable.set(key, [[id], variants]);
  }
  return [...byTable.values()];
}

function table(variants: readonly Variant[]): string[] {
  const columns = Object.keys(variants[0]?.metrics ?? {}).filter((c) => c !== 'cycle' && c !== 'result');
  const escape = (s: string): string => s.replace(/\|/g, '\\|');
  const row = (cells: readonly (string | number)[]): string => `| ${cells.map((c) => escape(String(c))).join(' | ')} |`;
  return [
    row(['case', 'result', ...columns]),
    row(['---', '---', ...columns.map(() => '---')]),
    ...variants.map((v) => row([v.name, v.result, ...columns.map((c) => v.metrics[c] ?? '')])),
  ];
}

function chart(scenario: Scenario, claim: Claim, results: ReadonlyMap<string, readonly Variant[]>): string {
  const { chart: how } = claim;
  if (how === 'result') {
    const rows = [...new Set([...results.values()].flatMap((vs) => vs.map((v) => v.name)))];
    const columns = [...results.keys()];
    const cells = rows.map((name) => columns.map((id) => results.get(id)?.find((v) => v.name === name)?.result ?? ''));
    return matrixSvg(claim.title, rows, columns, cells);
  }
  if ('series' in how) {
    const variants = results.get(SERIES_PROFILE) ?? [];
    const shown = how.variants.map((i) => variants[i]).filter((v) => v !== undefined);
    return chartSvg({
      title: `${claim.title}, ${SERIES_PROFILE}: free pages`,
      x: 'milliseconds',
      y: 'free pages',
      t: commonTimes(shown),
      lines: shown.map((v) => ({ name: v.name, values: resample(v, how.series, commonTimes(shown)) })),
      marks: [{ name: 'min', value: 512 }],
    });
  }
  const groups = ['5.10', SERIES_PROFILE].map((id) => ({
    title: `Linux ${id}`,
    bars: (results.get(id) ?? []).map((v) => ({
      label: v.name,
      value: figure(v.metrics[how.metric]),
      note: `${v.metrics[how.metric] ?? ''} ${how.unit === '%' ? '' : how.unit}`.trim(),
    })),
  }));
  return barsSvg(`${claim.title}: ${how.metric}`, how.unit, groups);
}

const figure = (v: number | string | undefined): number => (typeof v === 'number' ? v : parseFloat(v ?? '') || 0);

const CHART_STEPS = 120;

/** Even steps over the longest run shown. */
function commonTimes(variants: readonly Variant[]): number[] {
  const end = Math.max(0, ...variants.map((v) => v.series.t?.[v.series.t.length - 1] ?? 0));
  return Array.from({ length: CHART_STEPS + 1 }, (_, i) => (end * i) / CHART_STEPS);
}

/** The last value at or before each time. */
function resample(v: Variant, name: string, times: readonly number[]): number[] {
  const t = v.series.t ?? [];
  const values = v.series[name] ?? [];
  let i = 0;
  return times.map((time) => {
    while (i + 1 < t.length && (t[i + 1] ?? 0) <= time) i++;
    return values[i] ?? 0;
  });
}
