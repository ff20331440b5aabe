/** Finds the places that a text report names, so that a click leads there. Pure: positions in, positions out. */

export interface ReportLink {
  /** Line of the report and the characters on it, from 0. */
  line: number;
  from: number;
  to: number;
  /** File as the report names it, and the place in it, from 1. */
  file: string;
  at: { line: number; column: number };
}

const FILE = /^(\S.*\.[ch])$/;
const FINDING = /^(\s+)((\d+):(\d+)) (?:error|warning|note) /;
const STEP = /^(\s+)((\S+\.[ch]):(\d+)) /;

/** The report of `audit`: a file on a line of its own, its findings as LINE:COLUMN below it, steps as FILE:LINE. */
export function reportLinks(report: string): ReportLink[] {
  const links: ReportLink[] = [];
  let file: string | undefined;
  for (const [line, text] of report.split('\n').entries()) {
    const heading = FILE.exec(text);
    if (heading) {
      file = heading[1]!;
      continue;
    }
    const finding = file === undefined ? null : FINDING.exec(text);
    if (finding) {
      const from = finding[1]!.length;
      links.push({ line, from, to: from + finding[2]!.length, file: file!, at: { line: Number(finding[3]), column: Number(finding[4]) } });
      continue;
    }
    const step = STEP.exec(text);
    if (step) {
      const from = step[1]!.length;
      links.push({ line, from, to: from + step[2]!.length, file: step[3]!, at: { line: Number(step[4]), column: 1 } });
    }
  }
  return links;
}
