import { ASM, ATTRIBUTE_CALLS, ATTRIBUTES, KEYWORDS, STATEMENT_KEYWORDS, TYPE_WORDS, TYPEOF } from './tables.js';

/** What the normaliser does with a word. */
export const Word = {
  None: 0,
  Attribute: 1,
  AttributeCall: 2,
  Typeof: 3,
  Asm: 4,
  Control: 5, // if, for, while, switch: a condition in parentheses follows, then a statement
  ElseDo: 6, // else, do: a statement follows
  Case: 7, // case, default
  Jump: 8, // return, goto, break, continue
  Aggregate: 9, // struct, union, enum
  Type: 10, // int, const, ...
  Keyword: 11, // sizeof and the other words that no call begins with
} as const;

const category = new Map<string, number>();
for (const word of KEYWORDS) category.set(word, Word.Keyword);
for (const word of TYPE_WORDS) category.set(word, Word.Type);
for (const word of STATEMENT_KEYWORDS) category.set(word, Word.Control);
for (const word of ['else', 'do']) category.set(word, Word.ElseDo);
for (const word of ['case', 'default']) category.set(word, Word.Case);
for (const word of ['return', 'goto', 'break', 'continue']) category.set(word, Word.Jump);
for (const word of ['struct', 'union', 'enum']) category.set(word, Word.Aggregate);
for (const word of ATTRIBUTES) category.set(word, Word.Attribute);
for (const word of ATTRIBUTE_CALLS) category.set(word, Word.AttributeCall);
for (const word of TYPEOF) category.set(word, Word.Typeof);
for (const word of ASM) category.set(word, Word.Asm);

/** The category of a word; Word.None for an ordinary identifier. */
export function categoryOf(word: string): number {
  return category.get(word) ?? Word.None;
}
