/** A tree whose files are read from the store when somebody asks for one. */
import type { ConstantFacts, FileFacts, FunctionFacts, GlobalFacts } from '../../facts/model.js';
import { Tree, type Defined } from '../tree.js';
import type { PlacedRef } from '../reach.js';
import type { Meaning } from './names.js';

/** A file of a kept tree and the number of its first function. */
export interface KeptFile {
  path: string;
  first: number;
}

/** What a kept tree is read from. */
export interface TreeSource {
  readonly files: readonly KeptFile[];
  readonly functions: number;
  meaning<K extends keyof Meaning>(kind: K, name: string): Meaning[K] | undefined;
  /** Facts as they were when the tree was linked. @throws {KeptLost} when the store has others */
  facts(file: number): FileFacts;
}

/** The store no longer has what belongs to a linked tree: it has to be linked anew. */
export class KeptLost extends Error {
  override readonly name = 'KeptLost';
}

/** A function of a kept tree. */
export class KeptRef implements PlacedRef {
  constructor(
    private readonly tree: KeptTree,
    readonly id: number,
    private readonly at: number,
    readonly path: string,
    private readonly first: number,
    /** As its name tells; without that its facts do. */
    private readonly known: boolean | undefined,
  ) {}

  get isStatic(): boolean {
    return this.known ?? this.facts.static;
  }

  get loaded(): boolean {
    return this.tree.hasRead(this.at);
  }

  get file(): FileFacts {
    return this.tree.fileAt(this.at);
  }

  get facts(): FunctionFacts {
    return this.file.functions[this.id - this.first]!;
  }
}

export class KeptTree extends Tree {
  private readonly read: (FileFacts | undefined)[];
  private readonly refs = new Map<number, KeptRef>();
  private readonly ids = new WeakMap<FunctionFacts, number>();
  private readonly places: ReadonlyMap<string, number>;
  private readonly structs_ = new Map<string, ReadonlyMap<string, string> | undefined>();
  private readonly named_ = new Map<string, readonly KeptRef[]>();
  private readonly constants_ = new Map<string, readonly Defined<ConstantFacts>[]>();
  private readonly globals_ = new Map<string, readonly Defined<GlobalFacts>[]>();

  constructor(private readonly source: TreeSource) {
    super([]);
    this.read = new Array<FileFacts | undefined>(source.files.length);
    this.places = new Map(source.files.map(({ path }, i) => [path, i]));
  }

  hasRead(file: number): boolean {
    return this.read[file] !== undefined;
  }

  fileAt(file: number): FileFacts {
    let facts = this.read[file];
    if (!facts) {
      facts = this.source.facts(file);
      this.read[file] = facts;
      const { first } = this.source.files[file]!;
      facts.functions.forEach((f, i) => this.ids.set(f, first + i));
    }
    return facts;
  }

  /** A function by its number. @param isStatic where it is known */
  ref(id: number, isStatic?: boolean): KeptRef {
    let ref = this.refs.get(id);
    if (!ref) {
      const at = this.fileOf(id);
      const { path, first } = this.source.files[at]!;
      this.refs.set(id, (ref = new KeptRef(this, id, at, path, first, isStatic)));
    }
    return ref;
  }

  /** Number of a function; undefined for one that is not of this tree. */
  idOf(facts: FunctionFacts): number | undefined {
    return this.ids.get(facts);
  }

  /** Number of the file that a function stands in. */
  fileOf(id: number): number {
    const { files } = this.source;
    let [low, high] = [0, files.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (files[middle]!.first <= id) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Reads every file. */
  override get files(): readonly FileFacts[] {
    return this.source.files.map((_, i) => this.fileAt(i));
  }

  override get functions(): readonly KeptRef[] {
    return Array.from({ length: this.source.functions }, (_, id) => this.ref(id));
  }

  override file(path: string): FileFacts | undefined {
    const at = this.places.get(path);
    return at === undefined ? undefined : this.fileAt(at);
  }

  override functionsIn(path: string): readonly KeptRef[] {
    const at = this.places.get(path);
    if (at === undefined) return [];
    const { first } = this.source.files[at]!;
    return this.fileAt(at).functions.map((_, i) => this.ref(first + i));
  }

  override named(name: string): readonly KeptRef[] {
    return remembered(this.named_, name, () => (this.source.meaning('fn', name) ?? []).map((n) => this.ref(n >> 1, (n & 1) === 1)));
  }

  override fieldType(struct: string, field: string): string | undefined {
    return this.fieldsOf(struct)?.get(field);
  }

  override fieldsOf(struct: string): ReadonlyMap<string, string> | undefined {
    return remembered(this.structs_, struct, () => {
      const fields = this.source.meaning('struct', struct);
      return fields && new Map(Object.entries(fields));
    });
  }

  override constantsNamed(name: string): readonly Defined<ConstantFacts>[] {
    return remembered(this.constants_, name, () => this.placed(this.source.meaning('constant', name)));
  }

  override globalsNamed(name: string): readonly Defined<GlobalFacts>[] {
    return remembered(this.globals_, name, () => this.placed(this.source.meaning('global', name)));
  }

  override declaredReturns(name: string): string | undefined {
    return this.source.meaning('returns', name);
  }

  override declaredGfp(name: string): number | undefined {
    return this.source.meaning('gfp', name);
  }

  private placed<T>(list: readonly [number, T][] = []): Defined<T>[] {
    return list.map(([file, facts]) => ({ file: this.source.files[file]!, facts }));
  }
}

function remembered<T>(map: Map<string, T>, key: string, find: () => T): T {
  const known = map.get(key);
  if (known !== undefined || map.has(key)) return known!;
  const found = find();
  map.set(key, found);
  return found;
}
