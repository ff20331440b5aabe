/** What the files say elsewhere that makes a callback in a table another one than the catalogue has it. */
import type { CallbackEntry } from '../catalog/model.js';
import type { Expr } from '../facts/model.js';
import { hasBody } from '../facts/codec.js';
import type { FunctionRef } from '../flow/model.js';
import { calleesOf } from './link.js';

/** What a callback in a table is in this file. */
export function asHere(entry: CallbackEntry, file: FunctionRef['file']): CallbackEntry {
  if (pinned(entry, file)) return { ...entry, sure: false };
  if (
    !entry.sure &&
    entry.context === 'process' &&
    RUNTIME.test(entry.field ?? entry.register ?? '') &&
    !calls(file, 'pm_runtime_irq_safe')
  )
    return { ...entry, sure: true };
  return entry.struct === 'hrtimer' && softTimers(file) ? { ...entry, context: 'softirq', why: `${entry.why}, run in softirq` } : entry;
}

/** Runtime power management calls a device's callbacks where it may sleep, unless its driver said otherwise (rpm_callback(), drivers/base/power/runtime.c, 5.10 to 6.12). */
const RUNTIME = /^runtime_(suspend|resume|idle)$|RUNTIME_(DEV_)?PM_OPS$|^UNIVERSAL_DEV_PM_OPS$/;

const calls = (file: FunctionRef['file'], name: string): boolean =>
  file.functions.some((facts) => calleesOf({ file, facts }).includes(name));

const TIMER_SET_UP = ['hrtimer_init', 'hrtimer_setup'];

/** Timers set up with HRTIMER_MODE_..._SOFT run in softirq context (kernel/time/hrtimer.c, 4.16 on). */
const softTimers = (file: FunctionRef['file']): boolean =>
  file.functions.some((facts) =>
    TIMER_SET_UP.some(
      (name) =>
        calleesOf({ file, facts }).includes(name) &&
        argumentsOf(facts, name).some((arg) => typeof arg === 'string' && arg.endsWith('_SOFT')),
    ),
  );

/** The arguments of a function's calls of another, as far as they were kept. */
function argumentsOf(facts: FunctionRef['facts'], name: string): unknown[] {
  if (!hasBody(facts)) return (facts.callees ?? []).flatMap(([callee, , args]) => (callee === name ? (args ?? []) : []));
  return facts.body!.blocks.flatMap(({ ev }) => ev.flatMap((e): Expr[] => (e.k === 'call' && e.fn === name ? e.args : [])));
}

/** Inodes of a file system that lives in memory are pinned by their dentries until somebody removes them: reclaim evicts none (kill_litter_super(), fs/super.c). */
const pinned = (entry: CallbackEntry, file: FunctionRef['file']): boolean =>
  entry.context === 'reclaim' &&
  entry.struct === 'super_operations' &&
  (file.ops.some((op) => op.fn === 'kill_litter_super') || calls(file, 'kill_litter_super'));
