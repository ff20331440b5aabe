/** What can be done about a finding, in words. */
import type { Advice, Refusal } from '../fix/model.js';
import type { Fix } from '../rules/model.js';
import { prose } from './markdown.js';

/** Empty where nothing is to be said. */
export function mendsWords(mends: {
  fixes: readonly Fix[];
  advice: readonly Pick<Advice, 'title' | 'detail'>[];
  refusals: readonly Pick<Refusal, 'title' | 'reason'>[];
}): string {
  const lines = [
    ...mends.fixes.map(
      ({ title, safety, detail }) => `- **${prose(title)}** (a fix${safety === 'safe' ? '' : ', to be reviewed'}). ${prose(detail ?? '')}`,
    ),
    ...mends.advice.map(({ title, detail }) => `- **${prose(title)}** (by hand). ${prose(detail)}`),
    ...mends.refusals.map(({ title, reason }) => `- **${prose(title)}**: not offered, ${prose(reason)}.`),
  ];
  return lines.length === 0 ? '' : ['**What can be done**', '', ...lines.map((line) => line.replace(/\.\.$/, '.').trimEnd())].join('\n');
}
