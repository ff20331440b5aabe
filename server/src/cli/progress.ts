/** The progress line on stderr: phase, share, files/s, time left and what is being read. Only on a terminal. */
import type { Progress } from '../engine.js';
import type { Io } from './io.js';

const redrawEveryMs = 100;
/** Speed is taken over the last seconds, so that a slow folder shows. */
const speedWindowMs = 5000;
const barWidth = 20;

export interface ProgressLine {
  show(progress: Progress): void;
  /** Wipes the line: call before anything else is written to the terminal. */
  clear(): void;
}

export const silent: ProgressLine = { show: () => undefined, clear: () => undefined };

/** A line for this run; a silent one where stderr is no terminal. */
export function progressLine(io: Io, wanted: boolean): ProgressLine {
  if (!wanted || io.err.isTTY !== true || io.env['TERM'] === 'dumb') return silent;
  const marks: { at: number; done: number }[] = [];
  let phase = '';
  let drawnAt = -Infinity;
  let visible = false;
  return {
    show(progress) {
      const now = io.host.now();
      if (progress.phase !== phase) {
        phase = progress.phase;
        marks.length = 0;
        drawnAt = -Infinity;
      }
      if (now - drawnAt < redrawEveryMs) return;
      drawnAt = now;
      marks.push({ at: now, done: progress.done });
      while (marks.length > 2 && now - (marks[0]?.at ?? now) > speedWindowMs) marks.shift();
      const first = marks[0] ?? { at: now, done: 0 };
      const perSecond = now > first.at ? ((progress.done - first.done) * 1000) / (now - first.at) : 0;
      io.err.write(`\r\x1b[2K${progressText(progress, perSecond, (io.err.columns || 80) - 1)}`);
      visible = true;
    },
    clear() {
      if (visible) io.err.write('\r\x1b[2K');
      visible = false;
    },
  };
}

/** One line of at most `columns` characters. `perSecond` is files per second, 0 while unknown. */
export function progressText(progress: Progress, perSecond: number, columns: number): string {
  const { phase, done, total, file } = progress;
  const parts = [phase];
  if (total > 0) {
    const share = Math.min(1, done / total);
    const full = Math.round(share * barWidth);
    parts.push(`[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`, `${Math.floor(share * 100)}%`, `${done}/${total}`);
  } else if (done > 0) parts.push(String(done));
  if (perSecond > 0) {
    parts.push(`${Math.round(perSecond)}${file === undefined ? '' : ' files'}/s`);
    if (total > done) parts.push(`${clock((total - done) / perSecond)} left`);
  }
  const line = parts.join(' ');
  const room = columns - line.length - 1;
  if (file === undefined || room < 8) return line.slice(0, Math.max(0, columns));
  // The end of a path says more than its beginning; a file name may hold anything, control characters too.
  const printable = [...file].map((char) => (char < ' ' || char === '\x7f' ? '?' : char)).join('');
  return `${line} ${printable.length > room ? `..${printable.slice(printable.length - room + 2)}` : printable}`;
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
