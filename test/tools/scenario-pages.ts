/** Writes docs/scenarios: one page and one chart per named scenario, and their index. Run: node --import tsx test/tools/scenario-pages.ts */
import { writeFileSync, mkdirSync } from 'node:fs';
import { scenarioPage } from '../../simulator/src/render/page.js';
import { CLAIMS, claimOf } from '../../simulator/src/scenarios/claims.js';
import { NAMED } from '../../simulator/src/scenarios/index.js';

const folder = new URL('../../docs/scenarios/', import.meta.url);

/** Text of the index page. */
export function indexPage(): string {
  return [
    '# Scenarios',
    '',
    "Each page states a claim from the kernel's mailing lists, runs it in the allocator model on every kernel line, and shows what came out.",
    '',
    ...CLAIMS.map((c) => `- [${c.title}](${c.scenario}.md)`),
    '',
  ].join('\n');
}

function main(): void {
  mkdirSync(folder, { recursive: true });
  for (const scenario of NAMED) {
    const claim = claimOf(scenario.name);
    if (!claim) throw new Error(`no claim for scenario ${scenario.name}`);
    const page = scenarioPage(scenario, claim);
    writeFileSync(new URL(`${scenario.name}.md`, folder), page.markdown);
    writeFileSync(new URL(`${scenario.name}.svg`, folder), page.svg);
  }
  writeFileSync(new URL('README.md', folder), indexPage());
}

if (process.argv[1] !== undefined && import.meta.url === new URL(`file://${process.argv[1]}`).href) main();
