/** Every fixer, in the order in which their offers are shown. */
import type { Fixer } from './model.js';

export const FIXERS: readonly Fixer[] = [];
