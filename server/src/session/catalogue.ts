/** The catalogue that an audit runs with. */
import { chooseProfile } from '../../../simulator/src/index.js';
import type { UserCatalogue } from '../catalog/config.js';
import { createCatalogue, type Catalogue } from '../catalog/lookup.js';
import type { ProfileId } from '../catalog/model.js';
import { parseVersion } from '../catalog/version.js';

/** Tables of a kernel version ('6.12', '6.1.90'), with the additions of a configuration on top. */
export function catalogueFor(version: string, user?: UserCatalogue): Catalogue {
  const gfp = chooseProfile(version).profile;
  const number = parseVersion(version);
  if (number === undefined || number === null) throw new RangeError(`not a kernel version: ${version}`);
  return createCatalogue({ id: gfp.id as ProfileId, version, number }, gfp, user);
}
