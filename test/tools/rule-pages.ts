/** `npm run docs`: writes docs/rules from the metadata of the rules. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rulePage, ruleTable } from '../../server/src/report/rules.js';
import { RULES } from '../../server/src/rules/index.js';

/** The folder of the pages. */
export const pagesFolder = fileURLToPath(new URL('../../docs/rules', import.meta.url));

/** Every page by file name, the index included. */
export function rulePages(): Map<string, string> {
  const rules = RULES.map((rule) => rule.meta);
  const index = `# Rules\n\nGenerated from the rules' metadata by \`npm run docs\`.\n\n${ruleTable(rules)}`;
  const pages = rules.map((meta): [string, string] => [
    `${meta.id}.md`,
    `<!-- Generated from server/src/rules/${meta.id}.ts by npm run docs. -->\n${rulePage(meta)}`,
  ]);
  return new Map([['README.md', index], ...pages]);
}

/** Brings the folder up to date. @returns the names of the pages that were not. */
export function writeRulePages(): string[] {
  const pages = rulePages();
  mkdirSync(pagesFolder, { recursive: true });
  const there = readdirSync(pagesFolder);
  const stale = there.filter((name) => !pages.has(name));
  for (const name of stale) rmSync(join(pagesFolder, name));
  for (const [name, text] of pages) {
    if (there.includes(name) && readFileSync(join(pagesFolder, name), 'utf8') === text) continue;
    writeFileSync(join(pagesFolder, name), text);
    stale.push(name);
  }
  return stale;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeRulePages();
