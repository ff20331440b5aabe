/** "Did you mean": the same for commands, options, rules and configuration keys. */
export { nearest } from '../catalog/nearest.js';
