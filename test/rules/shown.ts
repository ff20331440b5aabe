/** What an audit shows by default, by the marks that stand in the text: `kfree(p); // here`. */
import { auditText, type TextAuditOptions } from '../../server/src/engine.js';

/** @returns mark and rule of each finding, `line N` where no mark stands on its line */
export async function shownAt(files: Record<string, string>, options: TextAuditOptions): Promise<{ rule: string; mark: string }[]> {
  const list = await auditText(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    options,
  );
  const mark = (file: string, line: number): string => /\/\/ (\w+)/.exec(files[file]?.split('\n')[line - 1] ?? '')?.[1] ?? `line ${line}`;
  return list.filter((f) => f.confidence !== 'possible').map((f) => ({ rule: f.ruleId, mark: mark(f.at.file, f.at.line) }));
}
