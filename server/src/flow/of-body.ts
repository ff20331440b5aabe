/** What is worked out of a function's graph once and asked for many times while the function is looked at. */
import type { Body } from '../facts/model.js';

/**
 * `make`, asked once for each graph as long as no other one comes between. Functions are looked at one after another; a WeakMap would keep what was
 * worked out as long as its graph, and each of its entries is gone through whenever garbage is collected.
 * @param make the same for the same graph, whatever it is given besides
 */
export function ofBody<T, Given extends unknown[]>(make: (body: Body, ...given: Given) => T): (body: Body, ...given: Given) => T {
  let at: Body | undefined;
  let made: T;
  return (body, ...given) => {
    if (body !== at) {
      made = make(body, ...given);
      at = body;
    }
    return made;
  };
}
