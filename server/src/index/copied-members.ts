/**
 * Members that nobody fills by a function's name, because they are copied: `dev->unwrap = link->unwrap`, where drivers fill link's. Of a copy the two
 * structures tell: members of one name and one type, in one folder, and only one of them is filled.
 */
import type { FileFacts } from '../facts/model.js';

interface Member {
  struct: string;
  field: string;
  folder: string;
  type: string;
}

const POINTS_TO_FUNCTION = /^[^(]*\(\s*\*\s*\)\s*\(/;
/** Parameters have a name in one header and none in the other. */
const UNNAMED = /(\*|\s)\w+(?=\s*[,)])/g;
const plain = (type: string): string => type.replace(UNNAMED, '$1').replace(/\s+/g, '');

/**
 * Such members with those that they are copied from, each as `struct.field`.
 *
 * @param filled whether some function's name stands in a member
 */
export function* copiedMembers(files: readonly FileFacts[], filled: (member: string) => boolean): Generator<[to: string, from: string]> {
  const full = new Map<string, Member[]>();
  const empty: Member[] = [];
  for (const file of files) {
    const folder = file.path.slice(0, file.path.lastIndexOf('/'));
    // What all drivers see is filled by all of them.
    if (folder.startsWith('include/')) continue;
    for (const { name: struct, fields } of file.structs) {
      for (const [field, type] of Object.entries(fields)) {
        if (!POINTS_TO_FUNCTION.test(type)) continue;
        const member: Member = { struct, field, folder, type: plain(type) };
        if (!filled(`${struct}.${field}`)) empty.push(member);
        else full.set(`${folder}/${field}`, [...(full.get(`${folder}/${field}`) ?? []), member]);
      }
    }
  }
  for (const { struct, field, folder, type } of empty) {
    const [only, ...more] = full.get(`${folder}/${field}`)?.filter((m) => m.struct !== struct && m.type === type) ?? [];
    if (only && more.length === 0) yield [`${struct}.${field}`, `${only.struct}.${field}`];
  }
}
