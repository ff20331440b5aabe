/** The one order of findings: file, line, column, rule; by code unit, so that it is the same on every machine. */
import type { Finding } from './model.js';

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Compares two findings by where they stand, then by what they say. */
export const byPlace = (a: Finding, b: Finding): number =>
  compareText(a.at.file, b.at.file) ||
  a.at.line - b.at.line ||
  a.at.column - b.at.column ||
  compareText(a.ruleId, b.ruleId) ||
  compareText(a.message, b.message);
