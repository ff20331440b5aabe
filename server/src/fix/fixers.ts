/** Every fixer, in the order in which their offers are shown. */
import type { Fixer } from './model.js';
import { retryFixer } from './retry/fixer.js';
import { sleepInAtomicFixer } from './sleep-in-atomic.js';

export const FIXERS: readonly Fixer[] = [sleepInAtomicFixer, retryFixer];
