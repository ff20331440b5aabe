import type { Body, Edge, Event, Expr } from './model.js';

/** What a postfix operator is applied to: casts and prefix operators bind less. */
function printBase(expr: Expr): string {
  const text = printExpr(expr, true);
  const loose = typeof expr === 'object' && (expr[0] === 'cast' || (expr[0] === 'u' && !expr[1].startsWith('post')));
  return loose ? `(${text})` : text;
}

/** C-like text of a reduced expression; operators inside operators get parentheses. */
export function printExpr(expr: Expr, inner = false): string {
  if (typeof expr === 'string') return expr;
  if (typeof expr === 'number') return String(expr);
  const wrap = (text: string): string => (inner ? `(${text})` : text);
  switch (expr[0]) {
    case 'call':
      return `${printBase(expr[1])}(${expr
        .slice(2)
        .map((arg) => printExpr(arg as Expr))
        .join(', ')})`;
    case '->':
    case '.':
      return `${printBase(expr[1])}${expr[0]}${expr[2]}`;
    case '[]':
      return `${printBase(expr[1])}[${printExpr(expr[2])}]`;
    case 'u':
      return expr[1].startsWith('post') ? `${printExpr(expr[2], true)}${expr[1].slice(4)}` : `${expr[1]}${printExpr(expr[2], true)}`;
    case 'b':
      return wrap(`${printExpr(expr[2], true)} ${expr[1]} ${printExpr(expr[3], true)}`);
    case '?':
      return wrap(`${printExpr(expr[1], true)} ? ${printExpr(expr[2], true)} : ${printExpr(expr[3], true)}`);
    case 'cast':
      return `(${expr[1]})${printExpr(expr[2], true)}`;
    case '=':
      return wrap(`${printExpr(expr[2], true)} ${expr[1]} ${printExpr(expr[3], true)}`);
    case ',':
      return wrap(`${printExpr(expr[1], true)}, ${printExpr(expr[2], true)}`);
    case 'sizeof':
      return `sizeof(${expr[1]})`;
    case 'str':
      return `"${expr[1]}"`;
    case 'config':
      return `#${expr[1]}`;
    case 'opaque':
      return `<${expr[1]}>`;
  }
}

export function printEvent(event: Event): string {
  switch (event.k) {
    case 'call':
      return `call ${event.to === undefined ? '' : `${printExpr(event.to)} <- `}${printExpr(['call', event.fn, ...event.args])} ${event.use}`;
    case 'set':
      return event.op === '++' || event.op === '--'
        ? `set ${printExpr(event.to)}${event.op}`
        : `set ${printExpr(event.to)} ${event.op} ${printExpr(event.value)}`;
    case 'ret':
      return event.value === undefined ? 'ret' : `ret ${printExpr(event.value)}`;
    case 'deref':
      return `deref ${event.v}`;
  }
}

function printEdge(edge: Edge): string {
  const to = edge.to === 1 ? 'exit' : `B${edge.to}`;
  if (edge.when === undefined) return `-> ${to}`;
  return `${edge.is === false ? 'unless' : 'if'} ${printExpr(edge.when)} -> ${to}`;
}

/**
 * A body as lines of text, one per block, event and edge; lines count from the function's first line, as in Pos.
 * For tests and for looking at what the extractor made of a function.
 */
export function printBody(body: Body): string {
  const out: string[] = [];
  body.blocks.forEach((block, index) => {
    if (index === 1) return;
    out.push(`B${index}:`);
    for (const event of block.ev) out.push(`  ${printEvent(event)}`);
    for (const edge of block.next) out.push(`  ${printEdge(edge)}`);
  });
  for (const loop of body.loops) {
    const name = loop.label ?? loop.macro;
    out.push(
      `loop ${loop.kind}${name === undefined ? '' : ` ${name}`} head B${loop.head} blocks ${loop.blocks.join(',')} back ${loop.back.join(',')} lines ${loop.pos[0]}-${loop.pos[2]}`,
    );
  }
  for (const { flag, kind, pos } of body.flags) out.push(`flag ${flag} ${kind} ${pos[0]}`);
  if (body.damaged) out.push('damaged');
  return out.join('\n');
}
