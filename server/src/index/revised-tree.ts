/** A tree in which a few files have another text: what is not redefined there is the tree's that it was made from. */
import type { ConstantFacts, FileFacts, GlobalFacts } from '../facts/model.js';
import type { FunctionRef } from '../flow/model.js';
import { Tree, type Defined } from './tree.js';
import { pathOf } from './reach.js';

export class RevisedTree extends Tree {
  private readonly replaced: ReadonlySet<string>;

  /** `files` and `functions` are those of the changed files only; every question about a name answers for the whole tree. */
  constructor(
    private readonly base: Tree,
    changed: readonly FileFacts[],
  ) {
    super(changed);
    this.replaced = new Set(changed.map((f) => f.path));
  }

  override file(path: string): FileFacts | undefined {
    return super.file(path) ?? this.base.file(path);
  }

  override functionsIn(path: string): readonly FunctionRef[] {
    return this.replaced.has(path) ? super.functionsIn(path) : this.base.functionsIn(path);
  }

  override named(name: string): readonly FunctionRef[] {
    return this.over(super.named(name), this.base.named(name), pathOf);
  }

  override constantsNamed(name: string): readonly Defined<ConstantFacts>[] {
    return this.over(super.constantsNamed(name), this.base.constantsNamed(name), ({ file }) => file.path);
  }

  override globalsNamed(name: string): readonly Defined<GlobalFacts>[] {
    return this.over(super.globalsNamed(name), this.base.globalsNamed(name), ({ file }) => file.path);
  }

  override fieldType(struct: string, field: string): string | undefined {
    return super.fieldType(struct, field) ?? this.base.fieldType(struct, field);
  }

  override fieldsOf(struct: string): ReadonlyMap<string, string> | undefined {
    const [own, others] = [super.fieldsOf(struct), this.base.fieldsOf(struct)];
    return own && others ? new Map([...others, ...own]) : (own ?? others);
  }

  override onlyIn(struct: string, field: string): boolean {
    return this.base.onlyIn(struct, field);
  }

  override declaredReturns(name: string): string | undefined {
    return super.declaredReturns(name) ?? this.base.declaredReturns(name);
  }

  override declaredGfp(name: string): number | undefined {
    return super.declaredGfp(name) ?? this.base.declaredGfp(name);
  }

  private over<T>(own: readonly T[], others: readonly T[], path: (of: T) => string): readonly T[] {
    return own.length === 0 && !others.some((o) => this.replaced.has(path(o)))
      ? others
      : [...others.filter((o) => !this.replaced.has(path(o))), ...own];
  }
}
