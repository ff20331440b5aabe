/** Small charts of plain text. */

const LEVELS = ' .:-=+*#%@';

/** A chart `width` columns wide and `height` rows high; the largest value reaches the top row. */
export function textChart(values: readonly number[], width: number, height: number): string[] {
  const max = Math.max(1e-9, ...values);
  const columns = Array.from({ length: width }, (_, i) => {
    const from = Math.floor((i * values.length) / width);
    const to = Math.max(from + 1, Math.floor(((i + 1) * values.length) / width));
    return Math.min(...values.slice(from, to)) / max;
  });
  const rows: string[] = [];
  for (let r = height; r > 0; r--) {
    rows.push(
      columns
        .map((c) => (c * height >= r ? '#' : c * height > r - 1 ? LEVELS[Math.floor((c * height - r + 1) * 9)] : ' '))
        .join('')
        .trimEnd(),
    );
  }
  return rows;
}
