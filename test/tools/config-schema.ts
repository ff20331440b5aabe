/** Writes the JSON schemas in docs/ from the schemas that check the files themselves (npm run docs). */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configJsonSchema, jsonSchemaOf } from '../../server/src/catalog/config-schema.js';
import { SUPPRESSIONS_SCHEMA } from '../../server/src/session/suppressions.js';

const inDocs = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
const text = (schema: unknown): string => `${JSON.stringify(schema, null, 2)}\n`;

export const schemaFile = inDocs('gfp-audit.schema.json');
export const schemaText = (): string => text(configJsonSchema());

export const suppressionsFile = inDocs('suppressions.schema.json');
export const suppressionsText = (): string =>
  text(jsonSchemaOf(SUPPRESSIONS_SCHEMA, 'Suppressions', 'Findings of GFP Audit that may stay, each with a reason'));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(schemaFile, schemaText());
  writeFileSync(suppressionsFile, suppressionsText());
}
