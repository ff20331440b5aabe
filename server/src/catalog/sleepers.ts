/** Sleeping calls by kernel version, out of data/sleepers.ts. */
import { DEVICE_SLEEPERS } from './data/sleepers-devices.js';
import { SLEEPERS } from './data/sleepers.js';
import type { SleeperEntry } from './model.js';
import { VersionedTable, checkWords, index, parseTable, type Row } from './table.js';

let table: VersionedTable<SleeperEntry> | undefined;

/** Sleepers by function name, every version. */
export function sleeperTable(): VersionedTable<SleeperEntry> {
  return (table ??= new VersionedTable(
    [SLEEPERS, DEVICE_SLEEPERS]
      .flatMap((text) => parseTable(text))
      .map((row) => ({ name: row.name, range: row.range, entry: entryOf(row) })),
  ));
}

function entryOf(row: Row): SleeperEntry {
  checkWords(row, ['why', 'maybe', 'fault', 'yields', 'gfp', 'nonzero', 'drops', 'mapped-in']);
  const why = row.values.get('why');
  if (!why) throw new Error(`${row.name}: no why=`);
  const gfp = index(row, 'gfp');
  const nonzero = index(row, 'nonzero');
  const drops = index(row, 'drops');
  const mapped = row.values.get('mapped-in');
  return {
    name: row.name,
    why,
    ...(gfp !== undefined ? { when: { gfp } } : nonzero !== undefined ? { when: { nonzero } } : {}),
    sure: !row.words.has('maybe'),
    ...(drops === undefined ? {} : { drops }),
    ...(mapped === undefined ? {} : { unsureIn: mapped.split(',').map((arch) => `arch/${arch}/`) }),
    ...(row.words.has('fault') ? { fault: true } : {}),
    ...(row.words.has('yields') ? { yields: true } : {}),
  };
}
