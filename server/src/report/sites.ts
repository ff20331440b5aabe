/** `sites` as text: one line an entry, grouped by kind, so that grep and a person can both read it. */
import type { AuditResult, SiteRecord } from '../engine.js';
import type { Context } from '../rules/model.js';
import { palette, printable } from './colour.js';
import { byFile, counted } from './order.js';

export interface SitesOptions {
  colour: boolean;
  /** Leave out the totals. */
  quiet: boolean;
}

export function renderSites(result: AuditResult, { colour, quiet }: SitesOptions): string {
  const colours = palette(colour);
  const lines: string[] = [];
  const section = <T extends { file: string }>(title: string, items: readonly T[], line: (item: T) => string): void => {
    if (items.length === 0) return;
    lines.push(colours.bold(title));
    for (const group of byFile(items, (item) => item.file).values()) for (const item of group) lines.push(`  ${line(item)}`);
    lines.push('');
  };
  const at = (item: { file: string; line: number; function: string }): string =>
    `${printable(item.file)}:${item.line} ${printable(item.function)}()`;
  section('allocation sites', result.sites, (site) => `${at(site)}: ${describeSite(site)}`);
  section('retry loops', result.retryLoops, (loop) => {
    const backoff = loop.backoff.length > 0 ? `, backs off with ${loop.backoff.join(', ')}` : '';
    const reasons = loop.reasons.length > 0 ? ` (${loop.reasons.join(', ')})` : '';
    return `${at(loop)}: retries ${printable(loop.callee)}()${backoff}: ${loop.verdict}${reasons}`;
  });
  section('scopes', result.scopes, (scope) => {
    const ends = scope.restores.length > 0 ? `restored on line ${scope.restores.join(', ')}` : 'no restore here';
    const balanced = scope.balanced === 'elsewhere' ? ', balanced elsewhere' : scope.balanced ? '' : ', unbalanced';
    return `${at(scope)}: ${scope.kind}, ${ends}${balanced}`;
  });
  section('waits', result.waits, (wait) => `${at(wait)}: ${wait.api}`);
  section(
    'non-blocking sections',
    result.nonBlock,
    (block) => `${at(block)}: ${block.ends.length > 0 ? `ends on line ${block.ends.join(', ')}` : 'no end here'}`,
  );
  section('gfp flags outside calls', result.flagUses, (use) => `${at(use)}: ${use.flag} (${use.kind})`);
  if (!quiet) {
    const { sites, retryLoops, scopes, waits, nonBlock, flagUses, kernel } = result;
    lines.push(
      [
        counted(sites.length, 'site'),
        counted(retryLoops.length, 'retry loop'),
        counted(scopes.length, 'scope'),
        counted(waits.length, 'wait'),
        counted(nonBlock.length, 'non-blocking section'),
        counted(flagUses.length, 'flag use'),
      ].join(', '),
      `kernel ${kernel.version} (${kernel.from}), profile ${kernel.profile}`,
    );
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** 'kmalloc(GFP_NOFS | __GFP_NOFAIL) slab, cannot fail, in a nofs scope, under mutex foo.lock' */
function describeSite(site: SiteRecord): string {
  const order = site.order !== null && site.order > 0 ? `, order ${site.order}` : '';
  const nofail = site.nofail === 'must' ? ', cannot fail' : site.nofail === 'may' ? ', cannot fail on some paths' : '';
  const checked = site.nullChecked ? '' : ', result not tested';
  const contexts = [...new Set(site.contexts.map(contextWords))].filter((words) => words !== '');
  const where = contexts.length > 0 ? `, ${contexts.join(' or ')}` : '';
  return `${printable(site.api)}(${printable(site.gfp.text)}) ${site.class}${order}${nofail}${checked}${where}`;
}

/** A context in a few words; '' for a plain one (nothing held, no scope). */
export function contextWords(context: Context): string {
  const atomic = context.atomic === 'must' ? 'may not sleep' : context.atomic === 'may' ? 'may not sleep on some paths' : '';
  const why = atomic !== '' && context.why !== '' ? ` (${printable(context.why)})` : '';
  const locks = context.locks.map((lock) => `${lock.kind} ${printable(lock.class)}`.trim());
  return [
    atomic + why,
    context.scopes.length > 0 ? `in ${context.scopes.join('+')} scope` : '',
    locks.length > 0 ? `under ${locks.join(', ')}` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}
