/** Public face of the simulator. */
export * from './gfp.js';
export * from './profiles/index.js';
export { simulate, type SimulateAnswer } from './simulate.js';
export { normalise, RequestError, type SimulateRequest } from './request.js';
export { SCENARIOS, SCENARIO_NAMES } from './scenarios/names.js';
export { apiClass, APIS, type ApiClass } from './api/index.js';
export { CONTEXTS, type TaskContext } from './alloc/alloc-flags.js';
export { siteVerdict, type SiteVerdict, type VerdictRequest, type StateResult } from './verdict/verdict.js';
export { STATES } from './verdict/states.js';
export { warnWords } from './verdict/text.js';
export { answerSvg, answerText } from './render/report.js';
export { chartOfResults, RESULT_WORDS, verdictChart } from './verdict/chart.js';
