import { FIELD, KIND } from '../syntax/kinds.js';
import { typeText } from './expr.js';
import type { Tree } from './tree.js';

/** Name that a declarator declares, '' when there is none (an abstract one, or damage). */
export function declaredName(tree: Tree, declarator: number): string {
  let at = declarator;
  for (let depth = 0; depth < 32 && at >= 0; depth++) {
    switch (tree.kind[at]) {
      case KIND.identifier:
      case KIND.field_identifier:
      case KIND.type_identifier:
        return tree.textOf(at);
      case KIND.parenthesized_declarator:
      case KIND.attributed_declarator:
        at = tree.inner(at);
        break;
      default:
        at = tree.child(at, FIELD.declarator);
    }
  }
  return '';
}

/** Type text of a declared name: the specifier's text and what the declarator adds ('struct foo *', 'int []', 'void (*)(int)'). */
export function declaredType(tree: Tree, base: string, declarator: number): string {
  let stars = '';
  let suffix = '';
  let at = declarator;
  for (let depth = 0; depth < 32 && at >= 0; depth++) {
    switch (tree.kind[at]) {
      case KIND.pointer_declarator:
        stars += '*';
        at = tree.child(at, FIELD.declarator);
        break;
      case KIND.array_declarator:
        suffix += '[]';
        at = tree.child(at, FIELD.declarator);
        break;
      case KIND.function_declarator: {
        const parameters = tree.child(at, FIELD.parameters);
        const text = parameters < 0 ? '()' : typeText(tree.textOf(parameters));
        return typeText(`${base} ${stars}(*)${text}`);
      }
      case KIND.parenthesized_declarator:
      case KIND.attributed_declarator:
        at = tree.inner(at);
        break;
      default:
        at = -1;
    }
  }
  // An inferred type is not known here; the normaliser writes C23's `auto` as `Auto`.
  const type = base === 'Auto' || base === '__auto_type' ? '' : typeText(base);
  return `${type}${stars === '' ? '' : ` ${stars}`}${suffix === '' ? '' : ` ${suffix}`}`.trim();
}
