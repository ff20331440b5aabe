/** Hover: allocations, gfp flags and masks, scope calls, retry loops, calls that take a lock. */
import { MarkupKind, type Hover, type Position, type Range } from 'vscode-languageserver';
import { findingsHover, flagHover, loopHover, scopeHover, siteHover } from '../explain/hover.js';
import { lockHover } from '../explain/lock.js';
import { plainText } from '../explain/markdown.js';
import { pictureOf, type Room } from '../explain/picture.js';
import type { Where } from '../flow/model.js';
import type { Step } from '../rules/model.js';
import { COMMANDS, type ExplainResult } from './requests.js';
import type { Known } from './session.js';
import type { Abilities } from './capabilities.js';
import { toPlace, toRange } from './positions.js';

export interface HoverHost {
  abilities: Abilities;
  /** URI of a file of a project by its name. */
  uriOf(name: string, base: string): string;
  /** Show pictures on a ground of this kind; undefined: words only. */
  pictures: 'light' | 'dark' | undefined;
  /** Commands that links may carry; none where undefined. */
  commands: readonly string[] | undefined;
  /** The client shows the findings on a word beside the hover. */
  showsFindings: boolean;
}

/** The hover's words as a page of their own. */
export function explain(known: Known, position: Position, host: HoverHost): ExplainResult | null {
  const word = wordAt(known, position) ?? callOn(known, position);
  if (!word) return null;
  const parts = describe(known, word.range.start, word, linkTo(known, host));
  if (parts.length === 0) return null;
  return { title: word.text, markdown: [...atop(known, word.range.start, host, 'beside'), ...parts].join('\n\n---\n\n') };
}

/** What a client can show more than words, on top because the box is small: the picture of an allocation, and where to go from here. */
function atop({ document, name, inspection }: Known, position: Position, { pictures, commands = [] }: HoverHost, room: Room): string[] {
  const { line, column } = toPlace(position);
  const simulation = inspection.siteAt(name, line, column)?.record.simulation;
  if (!simulation) return [];
  const link = (title: string, command: string): string[] => {
    const args = encodeURIComponent(JSON.stringify([document.uri, position]));
    return commands.includes(command) ? [`[${title}](command:${command}?${args})`] : [];
  };
  const links = [...link('Simulate', COMMANDS.simulate), ...link('Contexts', COMMANDS.contexts), ...link('Explain', COMMANDS.explain)];
  const picture = pictures === undefined ? [] : [pictureOf(simulation, pictures, room)];
  const parts = [...picture, links.join(' · ')].filter((part) => part !== '');
  return parts.length === 0 ? [] : [parts.join('\n\n')];
}

const linkTo =
  (known: Known, host: HoverHost) =>
  (step: Step): string => {
    const place = `${step.file}:${step.line}`;
    return `[${place}](${host.uriOf(step.file, known.project.base)}#L${step.line}) \`${step.function}()\``;
  };

export function hover(known: Known, position: Position, host: HoverHost): Hover | null {
  const word = wordAt(known, position);
  if (!word) return null;
  const told = describe(known, position, word, linkTo(known, host), host.showsFindings);
  if (told.length === 0) return null;
  const parts = host.abilities.markdown ? [...atop(known, position, host, 'hover'), ...told] : told;
  const value = parts.join('\n\n---\n\n');
  return {
    range: word.range,
    contents: host.abilities.markdown ? { kind: MarkupKind.Markdown, value } : { kind: MarkupKind.PlainText, value: plainText(value) },
  };
}

function describe(
  { name, project, inspection }: Known,
  position: Position,
  at: Word,
  link: (step: Step) => string,
  elsewhere = false,
): string[] {
  const { line, column } = toPlace(position);
  const { text: word } = at;
  const kernel = project.kernel.version;
  const profile = project.live.cat.gfp;
  const scope = scopeHover(word, inspection.scopesAt(name, line));
  if (scope !== undefined) return [scope, ...findings(name, line)];
  const isFlag = /^_{0,3}GFP_/.test(word);
  const flag = isFlag ? flagHover(word, profile, kernel) : undefined;
  const found = inspection.siteAt(name, line, column);
  const onSite = found && (found.record.api === word || new RegExp(`\\b${word}\\b`).test(found.record.gfp.text));
  if (onSite) {
    const loops = inspection.loopsAt(name, found.record.line).map(loopHover);
    return [
      // What a mask of several flags contains is said of the call.
      ...(flag === undefined || !word.startsWith('__') ? [] : [flag]),
      siteHover(found.record, found.site, profile, kernel, link, project.live.placed ? 'the tree shows' : 'the open files show'),
      ...loops,
      ...findings(name, found.record.line),
    ];
  }
  if (flag !== undefined) return [flag];
  const lock = at.next === '(' ? inspection.lockAt(name, line, at.range.start.character + 1) : undefined;
  if (lock) return [lockHover(lock, project.live.options.rt, link), ...findings(name, line)];
  const opens = /^(?:do|while|for|goto)$/.test(word) || at.next === ':';
  const loops = opens ? inspection.loopsAt(name, line).filter((loop) => loop.line === line || loop.endLine === line) : [];
  return loops.length === 0 ? [] : [...loops.map(loopHover), ...findings(name, loops[0]!.line)];

  function findings(file: string, at: number): string[] {
    const here = inspection.findingsIn(file).filter((f) => f.at.line === at);
    const shown = new Set(elsewhere ? project.shown(here).filter((f) => standsOn(f.at, position)) : []);
    const told = here.filter((f) => !shown.has(f));
    return told.length === 0 ? [] : [findingsHover(told)];
  }
}

/** Whether a client marks a place for a finding. */
function standsOn(at: Where, { line, character }: Position): boolean {
  const { start, end } = toRange(at);
  return start.line === line && start.character <= character && character <= end.character;
}

interface Word {
  text: string;
  range: Range;
  /** What follows on the line, blanks apart: one character, or none. */
  next: string;
}

function wordAt({ document }: Known, position: Position): Word | undefined {
  const { line, character } = position;
  if (line < 0 || line >= document.lineCount) return undefined;
  const text = document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
  let from = Math.min(character, text.length);
  let to = from;
  while (from > 0 && /\w/.test(text[from - 1]!)) from--;
  while (to < text.length && /\w/.test(text[to]!)) to++;
  if (from === to || /\d/.test(text[from]!)) return undefined;
  const range = { start: { line, character: from }, end: { line, character: to } };
  return { text: text.slice(from, to), range, next: text.slice(to).trimStart().slice(0, 1) };
}

/** The first word of a line of which something is known: a place between words means its line. */
function callOn(known: Known, { line }: Position): Word | undefined {
  if (line < 0 || line >= known.document.lineCount) return undefined;
  const text = known.document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
  for (const { index } of text.matchAll(/\b[A-Za-z_]\w*/g)) {
    const word = wordAt(known, { line, character: index });
    if (word && describe(known, word.range.start, word, () => '').length > 0) return word;
  }
  return undefined;
}
