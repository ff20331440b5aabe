/** A tree in which a few files have another text: what is not redefined there is the tree's that it was made from. */
import type { ConstantFacts, FileFacts, GlobalFacts } from '../facts/model.js';
import type { FunctionRef } from '../flow/model.js';
import { Tree, type Defined } from './tree.js';

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

  override named(name: string): readonly FunctionRef[] {
    return this.over(super.named(name), this.base.named(name));
  }

  override constantsNamed(name: string): readonly Defined<ConstantFacts>[] {
    return this.over(super.constantsNamed(name), this.base.constantsNamed(name));
  }

  override globalsNamed(name: string): readonly Defined<GlobalFacts>[] {
    return this.over(super.globalsNamed(name), this.base.globalsNamed(name));
  }

  override fieldType(struct: string, field: string): string | undefined {
    return super.fieldType(struct, field) ?? this.base.fieldType(struct, field);
  }

  override structsWith(field: string): readonly string[] {
    return this.base.structsWith(field);
  }

  override declaredReturns(name: string): string | undefined {
    return super.declaredReturns(name) ?? this.base.declaredReturns(name);
  }

  override declaredGfp(name: string): number | undefined {
    return super.declaredGfp(name) ?? this.base.declaredGfp(name);
  }

  private over<T extends { file: FileFacts }>(own: readonly T[], others: readonly T[]): readonly T[] {
    return own.length === 0 && !others.some((o) => this.replaced.has(o.file.path))
      ? others
      : [...others.filter((o) => !this.replaced.has(o.file.path)), ...own];
  }
}
