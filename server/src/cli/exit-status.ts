/** What the command line ends with. */
export const exitStatus = { clean: 0, findings: 1, failed: 2, interrupted: 130 } as const;
