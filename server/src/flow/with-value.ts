/** Where a function gets to when something has a value that is known from elsewhere: the event that a notifier is called for. */
import type { Body, Edge } from '../facts/model.js';
import { reached } from '../facts/reached.js';
import { atomOf } from './know.js';

/** Blocks that can be reached where `subject` (a canonical text, `range.event`) is the constant of that name, and no other. */
export function reachedWith(body: Body, subject: string, value: string): ReadonlySet<number> {
  const says = ({ when, is }: Edge): boolean | undefined => {
    const atom = when === undefined || is === undefined ? null : atomOf(when, is);
    if (!atom || atom.subject !== subject || typeof atom.value !== 'string') return undefined;
    return (atom.rel === '==') === (atom.value === value);
  };
  const isCase = (b: number): boolean => body.blocks[b]!.next.some((edge) => edge.is === true && says(edge) === true);
  // What a switch does by default it does for none of its cases.
  return reached(body.blocks, (edge, b) => (edge.when === undefined ? !isCase(b) : says(edge) !== false));
}
