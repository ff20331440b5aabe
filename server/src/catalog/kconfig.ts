/** A kernel's .config, as far as it answers questions about one tree. */

export interface KernelConfig {
  /** 'y', 'm', 'n' (said not to be set), the text of a value, or undefined when the file does not say. */
  get(name: string): string | undefined;
  readonly rt: boolean;
}

/** Reads a .config. Lines that are none are passed over: the file is written by a program. */
export function parseKernelConfig(text: string): KernelConfig {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const set = /^(CONFIG_\w+)=(.*?)\s*$/.exec(line);
    if (set) values.set(set[1]!, set[2]!.replace(/^"(.*)"$/, '$1'));
    const unset = /^# (CONFIG_\w+) is not set/.exec(line);
    if (unset) values.set(unset[1]!, 'n');
  }
  return { get: (name) => values.get(name), rt: values.get('CONFIG_PREEMPT_RT') === 'y' };
}
