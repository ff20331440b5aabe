/** Public face of the simulator. */
export * from './gfp.js';
export * from './profiles/index.js';
