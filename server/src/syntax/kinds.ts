/**
 * Symbol and field ids of tree-sitter-c 0.23.6, so that code above compares numbers. Where the
 * grammar has several symbols of one name the first id stands for all (see canonicalKind); a test holds this table to
 * the two engines.
 */

/** Named node types. */
export const KIND = {
  identifier: 1, preproc_arg: 18, preproc_directive: 19, ms_restrict_modifier: 59, ms_unsigned_ptr_modifier: 60,
  ms_signed_ptr_modifier: 61, primitive_type: 93, number_literal: 141, character: 147, string_content: 153,
  escape_sequence: 154, system_lib_string: 155, true: 156, false: 157, comment: 160, translation_unit: 161,
  preproc_include: 164, preproc_def: 165, preproc_function_def: 166, preproc_params: 167, preproc_call: 168,
  preproc_if: 169, preproc_ifdef: 170, preproc_else: 171, preproc_elif: 172, preproc_elifdef: 173,
  parenthesized_expression: 190, preproc_defined: 191, unary_expression: 192, call_expression: 193,
  argument_list: 194, binary_expression: 195, function_definition: 196, declaration: 198, type_definition: 199,
  linkage_specification: 204, attribute_specifier: 205, attribute: 206, attribute_declaration: 207,
  ms_declspec_modifier: 208, ms_based_modifier: 209, ms_call_modifier: 210, ms_unaligned_ptr_modifier: 211,
  ms_pointer_modifier: 212, declaration_list: 213, parenthesized_declarator: 219,
  abstract_parenthesized_declarator: 222, attributed_declarator: 223, pointer_declarator: 226,
  abstract_pointer_declarator: 229, function_declarator: 230, abstract_function_declarator: 234,
  array_declarator: 236, abstract_array_declarator: 239, init_declarator: 240, compound_statement: 241,
  storage_class_specifier: 242, type_qualifier: 243, alignas_qualifier: 244, sized_type_specifier: 246,
  enum_specifier: 247, enumerator_list: 248, struct_specifier: 249, union_specifier: 250, field_declaration_list: 251,
  field_declaration: 253, bitfield_clause: 255, enumerator: 256, variadic_parameter: 257, parameter_list: 258,
  parameter_declaration: 260, attributed_statement: 261, labeled_statement: 264, expression_statement: 265,
  if_statement: 267, else_clause: 268, switch_statement: 269, case_statement: 270, while_statement: 271,
  do_statement: 272, for_statement: 273, return_statement: 275, break_statement: 276, continue_statement: 277,
  goto_statement: 278, seh_try_statement: 279, seh_except_clause: 280, seh_finally_clause: 281,
  seh_leave_statement: 282, comma_expression: 285, conditional_expression: 286, assignment_expression: 287,
  pointer_expression: 288, update_expression: 291, cast_expression: 292, type_descriptor: 293, sizeof_expression: 294,
  alignof_expression: 295, offsetof_expression: 296, generic_expression: 297, subscript_expression: 298,
  gnu_asm_expression: 300, gnu_asm_qualifier: 301, gnu_asm_output_operand_list: 302, gnu_asm_output_operand: 303,
  gnu_asm_input_operand_list: 304, gnu_asm_input_operand: 305, gnu_asm_clobber_list: 306, gnu_asm_goto_list: 307,
  extension_expression: 308, field_expression: 310, compound_literal_expression: 311, initializer_list: 313,
  initializer_pair: 314, subscript_designator: 315, subscript_range_designator: 316, field_designator: 317,
  char_literal: 318, concatenated_string: 319, string_literal: 320, null: 321, macro_type_specifier: 323,
  field_identifier: 360, statement_identifier: 361, type_identifier: 362,
  ERROR: 65535,
} as const;

/** Anonymous node types: keywords, operators and punctuation, by their text. */
export const TOKEN = {
  '#include': 2, '#define': 4, '(': 5, '...': 6, ',': 7, ')': 8, '#if': 9, '\n': 10, '#endif': 11, '#ifdef': 12,
  '#ifndef': 13, '#else': 14, '#elif': 15, '#elifdef': 16, '#elifndef': 17, defined: 21, '!': 22, '~': 23, '-': 24,
  '+': 25, '*': 26, '/': 27, '%': 28, '||': 29, '&&': 30, '|': 31, '^': 32, '&': 33, '==': 34, '!=': 35, '>': 36,
  '>=': 37, '<=': 38, '<': 39, '<<': 40, '>>': 41, ';': 42, __extension__: 43, typedef: 44, extern: 45,
  __attribute__: 46, __attribute: 47, '::': 48, '[[': 49, ']]': 50, __declspec: 51, __based: 52, __cdecl: 53,
  __clrcall: 54, __stdcall: 55, __fastcall: 56, __thiscall: 57, __vectorcall: 58, _unaligned: 62, __unaligned: 63,
  '{': 64, '}': 65, signed: 66, unsigned: 67, long: 68, short: 69, '[': 70, static: 71, ']': 72, '=': 73, auto: 74,
  register: 75, inline: 76, __inline: 77, __inline__: 78, __forceinline: 79, thread_local: 80, __thread: 81,
  const: 82, constexpr: 83, volatile: 84, restrict: 85, __restrict__: 86, _Atomic: 87, _Noreturn: 88, noreturn: 89,
  _Nonnull: 90, alignas: 91, _Alignas: 92, enum: 94, ':': 95, struct: 96, union: 97, if: 98, else: 99, switch: 100,
  case: 101, default: 102, while: 103, do: 104, for: 105, return: 106, break: 107, continue: 108, goto: 109,
  __try: 110, __except: 111, __finally: 112, __leave: 113, '?': 114, '*=': 115, '/=': 116, '%=': 117, '+=': 118,
  '-=': 119, '<<=': 120, '>>=': 121, '&=': 122, '^=': 123, '|=': 124, '--': 125, '++': 126, sizeof: 127,
  __alignof__: 128, __alignof: 129, _alignof: 130, alignof: 131, _Alignof: 132, offsetof: 133, _Generic: 134,
  asm: 135, __asm__: 136, __asm: 137, __volatile__: 138, '.': 139, '->': 140, 'L\'': 142, 'u\'': 143, 'U\'': 144,
  'u8\'': 145, '\'': 146, 'L"': 148, 'u"': 149, 'U"': 150, 'u8"': 151, '"': 152, NULL: 158, nullptr: 159,
} as const;

/** Field ids; 0 means no field. */
export const FIELD = {
  alternative: 1, argument: 2, arguments: 3, assembly_code: 4, body: 5, clobbers: 6, condition: 7, consequence: 8,
  constraint: 9, declarator: 10, designator: 11, directive: 12, end: 13, field: 14, filter: 15, function: 16,
  goto_labels: 17, index: 18, initializer: 19, input_operands: 20, label: 21, left: 22, member: 23, name: 24,
  operand: 25, operator: 26, output_operands: 27, parameters: 28, path: 29, prefix: 30, register: 31, right: 32,
  size: 33, start: 34, symbol: 35, type: 36, underlying_type: 37, update: 38, value: 39,
} as const;

/** Further symbols of the grammar with the name of one above: [symbol, the id that stands for it here]. */
const SAME_NAME: readonly (readonly [number, number])[] = [
  [20, 5], [174, 169], [175, 170], [176, 171], [177, 172], [178, 173], [179, 169], [180, 170], [181, 171], [182, 172],
  [183, 173], [184, 169], [185, 170], [186, 171], [187, 172], [188, 173], [197, 196], [220, 219], [221, 219],
  [224, 223], [225, 223], [227, 226], [228, 226], [231, 230], [232, 230], [233, 230], [235, 230], [237, 236],
  [238, 236], [259, 258], [266, 265], [289, 192], [290, 195], [299, 193], [309, 194], [312, 190],
];


const kindNames: string[] = [];
const named: boolean[] = [];
for (const [name, id] of Object.entries(TOKEN)) kindNames[id] = name;
for (const [name, id] of Object.entries(KIND)) {
  kindNames[id] = name;
  named[id] = true;
}
const canonical = Uint16Array.from({ length: 65536 }, (_, id) => id);
for (const [id, stands] of SAME_NAME) canonical[id] = stands;
const fieldNames: string[] = [''];
for (const [name, id] of Object.entries(FIELD)) fieldNames[id] = name;

/** tree-sitter-c's name of a node type; '' for an id no visible node can have. */
export function kindName(kind: number): string {
  return kindNames[kind] ?? '';
}

/** Name of a field; '' for 0. */
export function fieldName(field: number): string {
  return fieldNames[field] ?? '';
}

/** The one id that stands for a node type, where an engine reports another symbol of the same name. */
export function canonicalKind(id: number): number {
  return canonical[id]!;
}

/** True for a named node type ('identifier'), false for a token ('('). */
export function isNamedKind(kind: number): boolean {
  return named[kind] === true;
}
