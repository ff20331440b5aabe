import { surveyFunction } from './callees.js';

export { Why } from './why.js';

/** Why the function with this body needs a tree, as a mask of `Why` bits; 0 when names and callees are enough. */
export function relevance(body: string): number {
  return surveyFunction(body, 0, body.length).why;
}

/** True when a function with this body needs a tree. */
export function isRelevant(body: string): boolean {
  return relevance(body) !== 0;
}
