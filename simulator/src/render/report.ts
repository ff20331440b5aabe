/** An answer as text for a terminal, or as one SVG chart. */
import type { SimulateAnswer } from '../simulate.js';
import { warnWords } from '../verdict/text.js';
import { chartSvg } from './chart.js';
import { textChart } from './spark.js';

const CHART_WIDTH = 60;
const CHART_HEIGHT = 8;
const EVENTS_SHOWN = 20;

export function answerText(a: SimulateAnswer): string {
  const out: string[] = [];
  out.push(`kernel     ${a.profile}${a.profileNote !== undefined ? `  (${a.profileNote})` : ''}`);
  if (a.scenario !== 'watermarks' && !a.variants) {
    out.push(
      `request    ${a.request.api}(${a.request.flags.join('|')}, order ${a.request.order}) = ${a.request.mask} in ${a.request.context}${a.request.scope.length > 0 ? `, scope ${a.request.scope.join('+')}` : ''}`,
    );
  }
  out.push(`scenario   ${a.scenario}`, `min_free_kbytes ${a.machine.minFreeKbytes}`, '');
  out.push(
    table([
      ['zone', 'managed', 'min', 'low', 'high', 'free at end'],
      ...a.machine.zones.map((z) =>
        [z.name, z.managed, z.min, z.low, z.high, a.outcome.zones.find((o) => o.name === z.name)?.free ?? ''].map(String),
      ),
    ]),
  );
  if (a.scenario === 'watermarks') {
    out.push('', 'lowmem reserve (pages withheld from requests that may use the zone in the column)');
    const names = Object.keys(a.machine.zones[0]?.lowmemReserve ?? {});
    out.push(table([['zone', ...names], ...a.machine.zones.map((z) => [z.name, ...names.map((n) => String(z.lowmemReserve[n] ?? 0))])]));
    return out.join('\n') + '\n';
  }
  if (a.variants) return [...out, '', ...a.variants.flatMap(variantLines)].join('\n') + '\n';
  const o = a.outcome;
  out.push('', `result     ${o.result}${o.reason !== undefined ? ` (${o.reason})` : ''}`);
  out.push(`time       ${o.milliseconds} ms, ${o.slept} ms of it asleep`);
  out.push(`OOM kills  ${o.oomKills}`);
  out.push(`reserve    ${o.reserve.floorPages} pages left in ${o.reserve.zone}, ${o.reserve.floorOfMin} of its min watermark`);
  if (o.atomicFailuresCaused > 0) out.push(`GFP_ATOMIC ${o.atomicFailuresCaused} failures caused to others`);
  for (const step of o.cycle) out.push(`cycle      ${step}`);
  for (const w of o.warned) out.push(`warning    ${warnWords(w)}`);
  const free = a.series.free ?? [];
  if (free.length > 2) {
    out.push('', `free pages, ${Math.min(...free)} to ${Math.max(...free)}, over ${a.series.t?.[a.series.t.length - 1] ?? 0} ms`);
    for (const row of textChart(free, CHART_WIDTH, CHART_HEIGHT)) out.push('  |' + row);
    out.push('  +' + '-'.repeat(CHART_WIDTH));
  }
  if (a.events.length > 0) {
    out.push('', 'events');
    for (const e of a.events.slice(0, EVENTS_SHOWN)) {
      const { t, actor, event, ...rest } = e;
      const more = Object.entries(rest)
        .map(([k, v]) => `${k}=${v}`)
        .join(' ');
      out.push(`  ${String(t).padStart(10)} ms  ${actor.padEnd(12)} ${event} ${more}`.trimEnd());
    }
    const hidden = a.events.length - EVENTS_SHOWN + (a.eventsDropped ?? 0);
    if (hidden > 0) out.push(`  ... and ${hidden} more`);
  }
  return out.join('\n') + '\n';
}

function variantLines(v: NonNullable<SimulateAnswer['variants']>[number]): string[] {
  const figures = Object.entries(v.metrics)
    .filter(([name, value]) => name !== 'result' && name !== 'cycle' && value !== '')
    .map(([name, value]) => `${name} ${value}`);
  return [
    `${v.outcome.result.padEnd(10)} ${v.name}`,
    ...(figures.length > 0 ? [`           ${figures.join(', ')}`] : []),
    ...v.outcome.cycle.map((c) => `           ${c}`),
  ];
}

/** Rows as aligned columns, the first to the left and the rest to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((r) => (r[i] ?? '').length))) ?? [];
  return rows
    .map((r) =>
      r
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function answerSvg(a: SimulateAnswer): string {
  const t = a.series.t ?? [0];
  const lines = Object.entries(a.series)
    .filter(([name]) => name !== 't')
    .map(([name, values]) => ({ name, values }));
  const top = a.machine.zones[a.machine.zones.length - 1];
  return chartSvg({
    title: `${a.scenario}: ${a.request.flags.join('|')} order ${a.request.order}, ${a.profile}: ${a.outcome.result}`,
    x: 'milliseconds',
    y: 'free pages',
    t,
    lines: lines.length > 0 ? lines : a.machine.zones.map((z) => ({ name: z.name, values: [z.managed] })),
    marks: top
      ? [
          { name: 'min', value: top.min },
          { name: 'low', value: top.low },
          { name: 'high', value: top.high },
        ]
      : [],
  });
}
