/** Commands of the extension by their ids in package.json; the last three also stand in hovers, lenses and actions of the server. */
import { COMMANDS as AT } from '../../server/src/lsp/requests.js';

export const COMMANDS = {
  auditWorkspace: 'gfpAudit.auditWorkspace',
  auditFolder: 'gfpAudit.auditFolder',
  auditFile: 'gfpAudit.auditFile',
  exportSarif: 'gfpAudit.exportSarif',
  clearAudit: 'gfpAudit.clearAudit',
  simulate: 'gfpAudit.simulate',
  showContexts: 'gfpAudit.showContexts',
  explain: 'gfpAudit.explain',
  selectKernel: 'gfpAudit.selectKernel',
  showRule: 'gfpAudit.showRule',
  buildIndex: 'gfpAudit.buildIndex',
  stopIndex: 'gfpAudit.stopIndex',
  showLog: 'gfpAudit.showLog',
  restartServer: 'gfpAudit.restartServer',
  explainAt: AT.explain,
  simulateAt: AT.simulate,
  contextsAt: AT.contexts,
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

/** Section of the settings; the language client reads `gfpAudit.trace.server` by it. */
export const SECTION = 'gfpAudit';
