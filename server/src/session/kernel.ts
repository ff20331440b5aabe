/** Which kernel a run judges by: what was asked for, what the configuration says, what the tree is. */
import { profileForTree, type TreeProfile } from '../catalog/profile.js';
import { InputError } from '../engine.js';
import { ReadError, type Host } from '../host/host.js';
import { CONFIG_NAME } from './config.js';

/**
 * @param asked 'auto' or a version, from the command line or a setting; @param configured the configuration's word, second to it
 * @throws {InputError} for a version that is unknown, or a Makefile that states none.
 */
export async function kernelOf(host: Host, root: string | null, asked: string, configured?: string): Promise<TreeProfile> {
  const byConfig = asked === 'auto' && configured !== undefined && configured !== 'auto';
  const tree = await profileOf(host, root, byConfig ? configured : asked);
  return byConfig ? { ...tree, from: CONFIG_NAME } : tree;
}

async function profileOf(host: Host, root: string | null, asked: string): Promise<TreeProfile> {
  const read = async (path: string): Promise<string | null> => {
    const file = host.resolve(path, root!);
    return (await host.stat(file)).kind === 'file' ? new TextDecoder().decode(await host.readBytes(file)) : null;
  };
  try {
    return await profileForTree(root === null ? null : read, asked);
  } catch (error) {
    if (error instanceof ReadError) throw new InputError(`${error.file}: ${error.message}`);
    if (error instanceof Error && error.constructor !== TypeError) throw new InputError(error.message, { cause: error });
    throw error;
  }
}
