/** Writes docs/gfp-audit.schema.json from the schema that checks gfp-audit.json (npm run docs). */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configJsonSchema } from '../../server/src/catalog/config-schema.js';

export const schemaFile = fileURLToPath(new URL('../../docs/gfp-audit.schema.json', import.meta.url));

export const schemaText = (): string => `${JSON.stringify(configJsonSchema(), null, 2)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(schemaFile, schemaText());
