/** The configuration's schema as JSON Schema, for editors (docs/gfp-audit.schema.json). */
import { CONFIG_SCHEMA } from './config.js';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

interface AnySchema {
  type: string;
  entries?: Record<string, AnySchema>;
  wrapped?: AnySchema;
  item?: AnySchema;
  value?: AnySchema;
  options?: readonly (AnySchema | string)[];
  pipe?: readonly { type: string; requirement?: unknown; description?: string }[];
}

export const configJsonSchema = (): Json =>
  jsonSchemaOf(CONFIG_SCHEMA, 'gfp-audit.json', 'What a kernel tree or module tells GFP Audit about itself');

/** A valibot schema as JSON Schema. */
export function jsonSchemaOf(schema: unknown, title: string, description: string): Json {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title,
    description,
    ...(convert(schema as AnySchema) as Record<string, Json>),
  };
}

function convert(schema: AnySchema): Json {
  return { ...(base(schema) as Record<string, Json>), ...actions(schema) };
}

function base(schema: AnySchema): Json {
  switch (schema.type) {
    case 'optional':
      return convert(schema.wrapped!);
    case 'nullable': {
      const inner = convert(schema.wrapped!) as Record<string, Json>;
      return { ...inner, type: [inner['type']!, 'null'] };
    }
    case 'string':
    case 'boolean':
    case 'number':
      return { type: schema.type };
    case 'picklist':
      return { type: 'string', enum: [...(schema.options as readonly string[])] };
    case 'array':
      return { type: 'array', items: convert(schema.item!) };
    case 'record':
      return { type: 'object', additionalProperties: convert(schema.value!) };
    case 'union':
      return { anyOf: (schema.options as readonly AnySchema[]).map(convert) };
    case 'strict_object': {
      const entries = Object.entries(schema.entries!);
      const required = entries.filter(([, s]) => s.type !== 'optional').map(([key]) => key);
      return {
        type: 'object',
        additionalProperties: false,
        ...(required.length ? { required } : {}),
        properties: Object.fromEntries(entries.map(([key, s]) => [key, convert(s)])),
      };
    }
    default:
      throw new Error(`no JSON Schema for '${schema.type}'`);
  }
}

/** What a pipe adds; the schema it begins with is the outer one itself, nested pipes included. */
function actions(schema: AnySchema): Record<string, Json> {
  const out: Record<string, Json> = {};
  for (const step of schema.pipe ?? []) {
    const inner = step as unknown as AnySchema;
    if (inner.pipe && step !== (schema as unknown)) Object.assign(out, actions(inner));
    const limit = step.requirement as number;
    if (step.type === 'description') out['description'] = step.description!;
    else if (step.type === 'regex') out['pattern'] = (step.requirement as RegExp).source;
    else if (step.type === 'integer') out['type'] = 'integer';
    else if (step.type === 'min_value') out['minimum'] = limit;
    else if (step.type === 'max_value') out['maximum'] = limit;
    else if (step.type === 'min_length') out['minLength'] = limit;
  }
  return out;
}
