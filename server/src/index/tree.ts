/** All functions, structures and constants of a tree by name, and which definition a name means where it is used. */
import type { ConstantFacts, FileFacts, GlobalFacts, StructFacts } from '../facts/model.js';
import type { FunctionRef } from '../flow/model.js';
import { choose, NONE, realmOf, User } from './reach.js';

/** Something at file scope, and where. */
export interface Defined<T> {
  file: Pick<FileFacts, 'path'>;
  facts: T;
}

/** Everything of a tree that has a name, whatever file it stands in: what a store keeps beside the files' own facts. */
export interface TreeTables {
  structs: ReadonlyMap<string, StructFacts>;
  constants: ReadonlyMap<string, readonly Defined<ConstantFacts>[]>;
  globals: ReadonlyMap<string, readonly Defined<GlobalFacts>[]>;
  returns: ReadonlyMap<string, string>;
  gfp: ReadonlyMap<string, number>;
}

/** Where braces do not match, an `if` may look like the head of a function. */
const NO_NAME = /^(if|for|while|switch|do|else|return|sizeof)$/;

/** `int CONCATENATE(a, b)(void) { }` has no name before the preprocessor has run. */
export const isNamed = ({ facts }: FunctionRef): boolean =>
  !NO_NAME.test(facts.name) && (facts.macro === true || !/^[A-Z][A-Z0-9_]*$/.test(facts.name));

export class Tree {
  private readonly list: FunctionRef[] = [];
  private byFile: Map<string, { facts: FileFacts; functions: FunctionRef[] }> | undefined;
  private readonly byName = new Map<string, FunctionRef[]>();
  private readonly structs = new Map<string, StructFacts>();
  /** Fields of the structures that somebody has asked about. */
  private readonly fields = new Map<string, ReadonlyMap<string, string>>();
  /** The one structure that has a field of this name; '' where several have. */
  private fieldOwners: Map<string, string> | undefined;
  private doubles: Set<string> | undefined;
  private readonly constants = new Map<string, Defined<ConstantFacts>[]>();
  private readonly globals = new Map<string, Defined<GlobalFacts>[]>();
  private readonly prototypeReturns = new Map<string, string>();
  private readonly users = new Map<FileFacts, User>();
  /** gfp_t parameter index by prototype name. */
  private readonly prototypeGfp = new Map<string, number>();

  constructor(private readonly all: readonly FileFacts[]) {
    for (const file of all) {
      for (const facts of file.functions) {
        const ref = { file, facts };
        this.list.push(ref);
        if (isNamed(ref)) push(this.byName, facts.name, ref);
      }
      for (const s of file.structs) {
        // Two structures of one name: the one with more fields is the real one, the other a stub of an #if arm.
        const old = this.structs.get(s.name);
        if (!old || Object.keys(s.fields).length > Object.keys(old.fields).length) this.structs.set(s.name, s);
      }
      for (const facts of file.constants) push(this.constants, facts.name, { file, facts });
      for (const facts of file.globals) push(this.globals, facts.name, { file, facts });
      for (const p of file.prototypes) {
        if (!this.prototypeReturns.has(p.name)) this.prototypeReturns.set(p.name, p.returns);
        const gfp = p.params.findIndex((x) => /\bgfp_t\b/.test(x.type) && !/\*/.test(x.type));
        if (gfp >= 0 && !realmOf(file.path)) this.prototypeGfp.set(p.name, gfp);
      }
    }
  }

  get files(): readonly FileFacts[] {
    return this.all;
  }

  get functions(): readonly FunctionRef[] {
    return this.list;
  }

  private at(path: string): { facts: FileFacts; functions: FunctionRef[] } | undefined {
    if (!this.byFile) {
      this.byFile = new Map(this.all.map((facts) => [facts.path, { facts, functions: [] }]));
      for (const ref of this.list) this.byFile.get(ref.file.path)!.functions.push(ref);
    }
    return this.byFile.get(path);
  }

  /** The file of this path; undefined when the tree has none. */
  file(path: string): FileFacts | undefined {
    return this.at(path)?.facts;
  }

  /** The functions of one file, in their order. */
  functionsIn(path: string): readonly FunctionRef[] {
    return this.at(path)?.functions ?? [];
  }

  tables(): TreeTables {
    return {
      structs: this.structs,
      constants: this.constants,
      globals: this.globals,
      returns: this.prototypeReturns,
      gfp: this.prototypeGfp,
    };
  }

  /** Definitions that a call of `name` in `from` can mean, nearest kind first only; empty when unknown or too many. */
  resolve(name: string, from: FileFacts): readonly FunctionRef[] {
    const all = this.named(name);
    if (!all.length) return all;
    let user = this.users.get(from);
    if (!user) this.users.set(from, (user = new User(from.path)));
    // Most names have one definition: only what must choose is remembered.
    if (all.length === 1) return user.owns(all[0]!) || user.sees(all[0]!) ? all : NONE;
    let hit = user.chosen.get(name);
    if (!hit) user.chosen.set(name, (hit = choose(all, user)));
    return hit;
  }

  fieldType(struct: string, field: string): string | undefined {
    return this.fieldsOf(struct)?.get(field);
  }

  /** Fields of a structure with their types; undefined for an unknown one. */
  fieldsOf(struct: string): ReadonlyMap<string, string> | undefined {
    let fields = this.fields.get(struct);
    const facts = fields ? undefined : this.structs.get(struct);
    if (facts) this.fields.set(struct, (fields = new Map(Object.entries(facts.fields))));
    return fields;
  }

  /** Whether several files define a structure of this name. */
  definedOften(struct: string): boolean {
    if (!this.doubles) {
      const first = new Map<string, FileFacts>();
      this.doubles = new Set();
      for (const file of this.all) {
        if (realmOf(file.path)) continue;
        for (const { name } of file.structs) {
          const known = first.get(name);
          if (!known) first.set(name, file);
          else if (known !== file) this.doubles.add(name);
        }
      }
    }
    return this.doubles.has(struct);
  }

  /** Whether no structure of the tree but this one has a field of this name. */
  onlyIn(struct: string, field: string): boolean {
    if (!this.fieldOwners) {
      this.fieldOwners = new Map();
      for (const [name, { fields }] of this.structs) for (const f in fields) this.fieldOwners.set(f, this.fieldOwners.has(f) ? '' : name);
    }
    const owner = this.fieldOwners.get(field);
    return owner === undefined || owner === struct;
  }

  constant(name: string, from: FileFacts): ConstantFacts | undefined {
    return nearest(this.constantsNamed(name), from);
  }

  global(name: string, from: FileFacts): GlobalFacts | undefined {
    const list = this.globalsNamed(name).filter((g) => g.file.path === from.path || !g.facts.static);
    return nearest(list, from);
  }

  /** Return type text of a function, by definition or prototype. */
  returns(name: string, from: FileFacts): string | undefined {
    return this.resolve(name, from).find((r) => r.facts.returns)?.facts.returns ?? this.declaredReturns(name);
  }

  /** Index of the first gfp_t parameter, by definition or prototype. */
  gfpParameter(name: string, from: FileFacts): number | undefined {
    for (const r of this.resolve(name, from)) {
      const i = r.facts.params.findIndex((p) => /\bgfp_t\b/.test(p.type) && !/\*/.test(p.type));
      if (i >= 0) return i;
    }
    return this.named(name).length ? undefined : this.declaredGfp(name);
  }

  /** How many parameters a function has; undefined when it is unknown, takes any number, or its definitions differ. */
  parameters(name: string, from: FileFacts): number | undefined {
    const [first, ...more] = this.resolve(name, from).map(({ facts: { params } }) =>
      params.some((p) => p.type === '...') ? NaN : params.length,
    );
    return first !== undefined && more.every((n) => n === first) && !Number.isNaN(first) ? first : undefined;
  }

  named(name: string): readonly FunctionRef[] {
    return this.byName.get(name) ?? [];
  }

  constantsNamed(name: string): readonly Defined<ConstantFacts>[] {
    return this.constants.get(name) ?? [];
  }

  globalsNamed(name: string): readonly Defined<GlobalFacts>[] {
    return this.globals.get(name) ?? [];
  }

  /** Return type text by prototype. */
  declaredReturns(name: string): string | undefined {
    return this.prototypeReturns.get(name);
  }

  /** Index of the first gfp_t parameter by prototype. */
  declaredGfp(name: string): number | undefined {
    return this.prototypeGfp.get(name);
  }
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function nearest<T>(list: readonly Defined<T>[], from: FileFacts): T | undefined {
  if (!list.length) return undefined;
  if (list.length === 1) return list[0]!.facts;
  const own = list.find((e) => e.file.path === from.path);
  if (own) return own.facts;
  let best = list[0]!;
  let score = -1;
  for (const e of list) {
    let n = 0;
    const [a, b] = [e.file.path, from.path];
    while (n < a.length && n < b.length && a[n] === b[n]) n++;
    const s = n + (a.startsWith('include/linux/') ? 4 : 0);
    if (s > score) [best, score] = [e, s];
  }
  return best.facts;
}
