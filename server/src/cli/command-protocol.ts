/** What the process and the thread that runs a command say to each other: plain data. */

/** A terminal or not, and how wide. */
export interface StreamTraits {
  isTTY?: boolean;
  columns?: number;
}

export type ToCommand =
  /** `out`, `err`: what the thread's streams stand for. */
  | { kind: 'run'; argv: readonly string[]; cwd: string; version: string; out: StreamTraits; err: StreamTraits }
  | { kind: 'resize'; columns: number }
  | { kind: 'stdin'; bytes: Uint8Array }
  | { kind: 'abort' };

export type FromCommand =
  | { kind: 'write'; to: 'out' | 'err'; text: string | Uint8Array }
  /** All of standard input is wanted. */
  | { kind: 'stdin' }
  | { kind: 'end'; status: number };
